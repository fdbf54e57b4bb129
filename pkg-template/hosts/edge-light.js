/// <reference path="./ambient.d.ts" />

// Vercel's edge runtime: as in workerd, with the suffix by which its bundler knows a module.

import { loadOnUse } from '../core/host.js';
import { startModern } from '../core/modern.js';
import { encoderCodec } from '../core/text.js';
import module from './wasm/modern.wasm?module';

loadOnUse(() => startModern(module), encoderCodec);

export * from '../core/api.js';
