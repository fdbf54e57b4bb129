// The modern module: what wasm-bindgen generated, with our own loader in place of its.

import * as glue from '../generated/weapp_opendata_bg.js';

export { startBaseline } from './baseline.js';

const IMPORTS = { './weapp_opendata_bg.js': /** @type {any} */ (glue) };

/**
 * @param {WebAssembly.Module} module
 * @returns {import('./exchange.js').Engine}
 */
export function startModern(module) {
  /** @type {any} */
  const { exports } = new WebAssembly.Instance(module, IMPORTS);
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return exports;
}
