// Any host with WebAssembly 1.0: the baseline module is inlined and loads by itself, synchronously, on first use.

import { loadedOnUse, wholeApi } from '../core/host.js';
import { startBaseline } from '../core/modern.js';
import { bufferCodec, encoderCodec } from '../core/text.js';
import baseline from '../generated/baseline.js';

const load = () => startBaseline(new WebAssembly.Module(bytesOf(baseline)));

/** @param {string} base64 */
function bytesOf(base64) {
  if (typeof Buffer === 'function') return Buffer.from(base64, 'base64');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const { connect, init } = loadedOnUse(load, typeof Buffer === 'function' ? bufferCodec : encoderCodec);

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
