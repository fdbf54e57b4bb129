// Node: the module is inlined and loads by itself, synchronously, on first use.

import { brotliDecompressSync } from 'node:zlib';
import { createApi } from '../core/api.js';
import { Exchange } from '../core/exchange.js';
import { bufferCodec } from '../core/text.js';
import { instantiate } from '../core/modern.js';
import wasm from '../generated/wasm.js';

/** @type {Exchange | undefined} */
let exchange;

function connect() {
  return exchange || (exchange = new Exchange(instantiate(brotliDecompressSync(Buffer.from(wasm, 'base64'))), bufferCodec));
}

export { OpenDataError } from '../core/errors.js';
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
} = createApi(connect);

/** Loads the module now rather than on first use. */
export async function init() {
  connect();
}
