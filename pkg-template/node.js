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
  openChannel,
  OpenDataError,
  parseAvatar,
  parsePhoneNumber,
  readCloudData,
  readPhoneNumberResponse,
  resizeAvatar,
  sealChannel,
  signPayment,
  signWithSessionKey,
  verifySignature,
} = api;
