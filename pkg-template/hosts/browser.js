// Browsers: the module is a file beside this one, and has to be awaited. `init(source)` takes a URL, a Response, bytes or a module
// in its place.

import { moduleRefused } from '../core/errors.js';
import { loadByInit } from '../core/host.js';
import { startBaseline, startModern } from '../core/modern.js';
import { encoderCodec } from '../core/text.js';

/** @param {any} source */
async function bytesOf(source) {
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return /** @type {BufferSource} */ (source);
  const response = await (source instanceof Response ? source : fetch(source));
  if (!response.ok) throw new Error(`weapp-opendata: HTTP ${response.status} for the WebAssembly module`);
  return response.arrayBuffer();
}

/** @param {WebAssembly.Module} module */
function start(module) {
  // Only the modern module imports anything.
  return WebAssembly.Module.imports(module).length > 0 ? startModern(module) : startBaseline(module);
}

/** @param {any} [source] */
async function load(source) {
  if (source instanceof WebAssembly.Module) return start(source);
  let bytes = await bytesOf(source === undefined ? new URL('./wasm/modern.wasm', import.meta.url) : source);
  if (source === undefined && !WebAssembly.validate(bytes)) {
    bytes = await bytesOf(new URL('./wasm/baseline.wasm', import.meta.url));
  }
  try {
    return start(await WebAssembly.compile(bytes));
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) throw moduleRefused();
    throw error;
  }
}

loadByInit(load, encoderCodec);

export * from '../core/api.js';
