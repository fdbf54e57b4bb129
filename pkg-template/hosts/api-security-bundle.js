// `weapp-opendata/api-security` in bundles for Node that are ES modules: everything inlined, nothing beside it.

import * as crypto from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import { createApiSecurityApi } from '../core/api-security.js';
import { startBaseline } from '../core/baseline.js';
import { connect, init, loadOnUse } from '../core/host.js';
import { provideRandom } from '../core/random.js';
import { bufferCodec } from '../core/text.js';
import packed from '../generated/api-security-brotli.js';

const load = () => startBaseline(new WebAssembly.Module(brotliDecompressSync(Buffer.from(packed, 'base64'))));

loadOnUse(load, bufferCodec);
provideRandom(crypto.randomFillSync);

export { OpenDataError } from '../core/errors.js';
export { init };
export const { createApiSecurity } = createApiSecurityApi(connect, crypto);
