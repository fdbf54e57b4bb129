// Node, Bun, Deno, cloud functions: the modern module is inlined and loads by itself, synchronously, on first use. Where it does not
// compile (Node 16), the baseline module's file is taken; a bundle does not carry that and says so.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { moduleRefused } from '../core/errors.js';
import { loadedOnUse, wholeApi } from '../core/host.js';
import { startBaseline, startModern } from '../core/modern.js';
import { bufferCodec } from '../core/text.js';
import modern from '../generated/modern-brotli.js';

function load() {
  const bytes = brotliDecompressSync(Buffer.from(modern, 'base64'));
  if (WebAssembly.validate(bytes)) return startModern(new WebAssembly.Module(bytes));
  try {
    return startBaseline(new WebAssembly.Module(readFileSync(join(__dirname, 'wasm', 'baseline.wasm'))));
  } catch (_) {
    throw moduleRefused();
  }
}

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
