// What both loaders for Node have in common.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { moduleRefused } from './errors.js';
import { startBaseline, startModern } from './modern.js';

/**
 * A file of the package beside the code, where it is installed; bundled, there is none, or one of another length.
 * @param {string} folder
 * @param {string} name
 */
export function moduleFile(folder, name) {
  try {
    return readFileSync(join(folder, 'wasm', name));
  } catch (_) {
    return undefined;
  }
}

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
