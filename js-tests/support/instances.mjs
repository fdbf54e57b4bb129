// Fresh copies of the package, each with a WebAssembly instance of its own whose memory and exports a test can look at.

import { requireInstalled } from './installed.mjs';

/**
 * @param {{ exports?: (exports: Record<string, any>) => Record<string, any> }} [wrap] what the package gets to see of the exports
 * @param {string} [entry]
 */
export function freshInstance(wrap = {}, entry = 'weapp-opendata') {
  const file = requireInstalled.resolve(entry);
  const seen = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const instance = new Instance(module, imports);
    seen.push(instance);
    return wrap.exports ? { exports: wrap.exports(instance.exports) } : instance;
  };
  const before = requireInstalled.cache[file];
  delete requireInstalled.cache[file];
  try {
    const api = requireInstalled(file);
    // Loading happens on first use; init() does it at once, before it returns its promise.
    api.init();
    if (seen.length !== 1) throw new Error(`${seen.length} WebAssembly instances were made, so their memory cannot be found`);
    const { memory } = seen[0].exports;
    return { api, memory, bytes: () => new Uint8Array(memory.buffer) };
  } finally {
    WebAssembly.Instance = Instance;
    if (before) requireInstalled.cache[file] = before;
  }
}
