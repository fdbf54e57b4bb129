// A module that lies beside the code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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
