// Node, Bun, Deno, cloud functions, by `require` and, through it, by `import`: loads by itself, synchronously, on first use. Where the
// package is installed, the module is read from the file beside this one, which is quicker than unpacking the inlined one that
// bundles need.

import { loadOnUse } from '../core/host.js';
import { moduleFile, startEither } from '../core/node.js';
import '../core/node-random.js';
import { bufferCodec } from '../core/text.js';
import modern, { length } from '../generated/modern-brotli.js';

function load() {
  let bytes = moduleFile(__dirname, 'modern.wasm');
  // A bundle may lie beside a file of that name: another build's is not taken.
  if (!bytes || bytes.length !== length) bytes = require('node:zlib').brotliDecompressSync(Buffer.from(modern, 'base64'));
  return startEither(bytes, () => moduleFile(__dirname, 'baseline.wasm'));
}

loadOnUse(load, bufferCodec);

export * from '../core/api.js';
