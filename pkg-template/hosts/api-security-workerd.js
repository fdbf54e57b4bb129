/// <reference path="./ambient.d.ts" />

// `weapp-opendata/api-security` in workerd, with its flag nodejs_compat: code may not be compiled at run time, so the module is imported
// as one.

import * as crypto from 'node:crypto';
import { createApiSecurityApi } from '../core/api-security.js';
import { startBaseline } from '../core/baseline.js';
import { connect, init, loadOnUse } from '../core/host.js';
import { encoderCodec } from '../core/text.js';
import module from './wasm/api-security.wasm';

loadOnUse(() => startBaseline(module), encoderCodec);

/**
 * workerd takes no KeyObject where there is a padding beside it. So a key is tried, and then kept as it came.
 * @type {import('../core/api-security.js').KeyOf}
 */
function keyOf(create, options) {
  create(options);
  return { ...options, key: Buffer.from(options.key) };
}

export { OpenDataError } from '../core/errors.js';
export { init };
export const { createApiSecurity } = createApiSecurityApi(connect, crypto, keyOf);
