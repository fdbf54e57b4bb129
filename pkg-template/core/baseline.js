// A module with plain exports: it imports nothing and needs no start.

/**
 * @param {WebAssembly.Module} module
 * @returns {import('./exchange.js').Engine}
 */
export function startBaseline(module) {
  /** @type {any} */
  const { exports } = new WebAssembly.Instance(module, {});
  return exports;
}
