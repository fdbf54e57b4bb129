// What both loaders for Node have in common.

import { moduleRefused } from './errors.js';
import { startBaseline, startModern } from './modern.js';

export { moduleFile } from './module-file.js';

/**
 * The modern module, or where this Node does not compile it (16) the baseline module's file, which a bundle does not carry.
 * @param {BufferSource} modern
 * @param {() => BufferSource | undefined} baseline
 */
export function startEither(modern, baseline) {
  try {
    return startModern(new WebAssembly.Module(modern));
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
  }
  const bytes = baseline();
  if (!bytes) throw moduleRefused();
  return startBaseline(new WebAssembly.Module(bytes));
}
