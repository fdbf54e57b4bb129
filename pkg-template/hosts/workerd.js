/// <reference path="./ambient.d.ts" />

// workerd: code may not be compiled at run time, so the module is imported as one.

import { loadedOnUse, wholeApi } from '../core/host.js';
import { startModern } from '../core/modern.js';
import { encoderCodec } from '../core/text.js';
import module from './wasm/modern.wasm';

const { connect, init } = loadedOnUse(() => startModern(module), encoderCodec);

export { OpenDataError } from '../core/errors.js';
export { init };
export const {
  checkWatermark,
  decrypt,
  decryptMany,
  decryptPhoneNumber,
  decryptUserInfo,
  diagnose,
  maskPhoneNumber,
  parseAvatar,
  parsePhoneNumber,
  readCloudData,
  readPhoneNumberResponse,
  resizeAvatar,
} = wholeApi(connect);
