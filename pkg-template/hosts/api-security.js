// `weapp-opendata/api-security` on Node, Bun, Deno and cloud functions, by `require` and, through it, by `import`: loads by itself,
// synchronously, on first use, as node.js does.

import * as crypto from 'node:crypto';
import { createApiSecurityApi } from '../core/api-security.js';
import { startBaseline } from '../core/baseline.js';
import { connect, init, loadOnUse } from '../core/host.js';
import { moduleFile } from '../core/module-file.js';
import { provideRandom } from '../core/random.js';
import { bufferCodec } from '../core/text.js';
import packed, { length } from '../generated/api-security-brotli.js';

function load() {
  let bytes = moduleFile(__dirname, 'api-security.wasm');
  // A bundle may lie beside a file of that name: another build's is not taken.
  if (!bytes || bytes.length !== length) bytes = require('node:zlib').brotliDecompressSync(Buffer.from(packed, 'base64'));
  return startBaseline(new WebAssembly.Module(/** @type {BufferSource} */ (bytes)));
}

loadOnUse(load, bufferCodec);
provideRandom(crypto.randomFillSync);

export { OpenDataError } from '../core/errors.js';
export { init };
export const { createApiSecurity } = createApiSecurityApi(connect, crypto);
