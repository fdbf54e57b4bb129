// Hosts without WebAssembly: the baseline module as plain JavaScript, made by wasm2js.

import { loadedOnUse, wholeApi } from '../core/host.js';
import { plainCodec } from '../core/text.js';
import * as engine from '../generated/baseline-js.js';

const { connect, init } = loadedOnUse(() => /** @type {any} */ (engine), plainCodec);

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
