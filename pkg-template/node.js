// The same functions as `require` gives: one module instance, one OpenDataError, however it is loaded.
import api from './node.cjs';

export const {
  checkWatermark,
  decrypt,
  decryptMany,
  decryptPhoneNumber,
  decryptUserInfo,
  diagnose,
  init,
  maskPhoneNumber,
  MessagePush,
  OpenDataError,
  parseAvatar,
  parsePhoneNumber,
  readCloudData,
  readPhoneNumberResponse,
  resizeAvatar,
  signPayment,
  signWithSessionKey,
  verifySignature,
} = api;
