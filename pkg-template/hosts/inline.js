// Any other host, and bundles for one that nobody named: the modern module is inlined and loads by itself, synchronously, on first use.

import { loadedOnUse, wholeApi } from '../core/host.js';
import { moduleRefused } from '../core/errors.js';
import { startModern } from '../core/modern.js';
import { bytesOfBase64, hostCodec } from '../core/text.js';
import modern from '../generated/modern.js';

function load() {
  try {
    return startModern(new WebAssembly.Module(bytesOfBase64(modern)));
  } catch (_) {
    // Too old a host, or one that compiles nothing: a page's policy, workerd.
    throw moduleRefused();
  }
}

const { connect, init } = loadedOnUse(load, hostCodec);

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
