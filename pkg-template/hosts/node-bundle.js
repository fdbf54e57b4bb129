// Bundles for Node that are ES modules: everything inlined, nothing beside it. Loads by itself, synchronously, on first use.

import { randomFillSync } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import { loadOnUse } from '../core/host.js';
import { startEither } from '../core/node.js';
import { provideRandom } from '../core/random.js';
import { bufferCodec } from '../core/text.js';
import modern from '../generated/modern-brotli.js';

const load = () => startEither(brotliDecompressSync(Buffer.from(modern, 'base64')), () => undefined);

loadOnUse(load, bufferCodec);
provideRandom(randomFillSync);

export * from '../core/api.js';
