// The modern module: what wasm-bindgen generated, with our own loader in place of its.

import * as glue from '../generated/weapp_opendata_bg.js';

/**
 * @param {BufferSource} bytes
 * @returns {import('./exchange.js').Engine}
 */
export function instantiate(bytes) {
  /** @type {any} */
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { './weapp_opendata_bg.js': /** @type {any} */ (glue) });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return exports;
}
