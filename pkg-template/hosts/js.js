// Hosts without WebAssembly: the baseline module as plain JavaScript, made by wasm2js.

import { loadOnUse } from '../core/host.js';
import '../core/node-random.js';
import { plainCodec } from '../core/text.js';
import * as engine from '../generated/baseline-js.js';

loadOnUse(() => /** @type {any} */ (engine), plainCodec);

export * from '../core/api.js';
