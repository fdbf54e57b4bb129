// The same functions as `require('weapp-opendata/baseline')` gives: one module instance, one OpenDataError, however it is loaded.
import api from './baseline.cjs';

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
