// Any other host, and bundles for one that nobody named: the modern module is inlined and loads by itself, synchronously, on first use.

import { loadedOnUse, wholeApi } from '../core/host.js';
import { moduleRefused } from '../core/errors.js';
import { startModern } from '../core/modern.js';
import { bytesOfBase64, hostCodec } from '../core/text.js';
import modern from '../generated/modern.js';

function load() {
  const bytes = bytesOfBase64(modern);
  if (!WebAssembly.validate(bytes)) throw moduleRefused();
  return startModern(new WebAssembly.Module(bytes));
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
