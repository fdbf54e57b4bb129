/// <reference path="./ambient.d.ts" />

// Vercel's edge runtime: as in workerd, with the suffix by which its bundler knows a module.

import { loadedOnUse, wholeApi } from '../core/host.js';
import { startModern } from '../core/modern.js';
import { encoderCodec } from '../core/text.js';
import module from './wasm/modern.wasm?module';

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
