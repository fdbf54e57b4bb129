/// <reference path="./ambient.d.ts" />

// workerd: code may not be compiled at run time, so the module is imported as one.

import { loadOnUse } from '../core/host.js';
import { startModern } from '../core/modern.js';
import { encoderCodec } from '../core/text.js';
import module from './wasm/modern.wasm';

loadOnUse(() => startModern(module), encoderCodec);

export * from '../core/api.js';
