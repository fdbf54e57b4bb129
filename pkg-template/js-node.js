// The same functions as `require('weapp-opendata/js')` gives: one module instance, one OpenDataError, however it is loaded.
import api from './js.cjs';

export const {
  checkWatermark,
  decrypt,
  decryptMany,
  decryptPhoneNumber,
  decryptUserInfo,
  diagnose,
  init,
  maskPhoneNumber,
  OpenDataError,
  parseAvatar,
  parsePhoneNumber,
  readCloudData,
  readPhoneNumberResponse,
  resizeAvatar,
} = api;
