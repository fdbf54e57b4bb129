// The modern module: what wasm-bindgen generated, with our own loader in place of its.

import { __wbg_set_wasm, __wbindgen_init_externref_table } from '../generated/weapp_opendata_bg.js';

export { startBaseline } from './baseline.js';

/** By name, so that bundles leave out what the exchange does without. `xtask/artefacts.json` says what the module imports. */
const IMPORTS = { './weapp_opendata_bg.js': { __wbindgen_init_externref_table } };

/**
 * @param {WebAssembly.Module} module
 * @returns {import('./exchange.js').Engine}
 */
export function startModern(module) {
  /** @type {any} */
  const { exports } = new WebAssembly.Instance(module, IMPORTS);
  __wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return exports;
}
