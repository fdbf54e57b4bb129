// Bundles for Node that are ES modules: everything inlined, nothing beside it. Loads by itself, synchronously, on first use.

import { brotliDecompressSync } from 'node:zlib';
import { loadedOnUse, wholeApi } from '../core/host.js';
import { startEither } from '../core/node.js';
import { bufferCodec } from '../core/text.js';
import modern from '../generated/modern-brotli.js';

const load = () => startEither(brotliDecompressSync(Buffer.from(modern, 'base64')), () => undefined);

const { connect, init } = loadedOnUse(load, bufferCodec);

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
