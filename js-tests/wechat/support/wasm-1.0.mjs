// Is a module WebAssembly 1.0? V8 cannot be told to refuse what came later, so others judge: binaryen's validator with every later
// feature off, and the list of sections, since binaryen reads some later ones without a word.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

import { readUnsigned } from '../../support/leb128.mjs';

const require = createRequire(import.meta.url);
const wasmOpt = path.join(path.dirname(require.resolve('binaryen/package.json')), 'bin/wasm-opt');

/** Of WebAssembly 1.0; 12 (data count) came with bulk memory, 13 (tags) with exceptions. */
const LAST_SECTION = 11;

/** What is beyond WebAssembly 1.0, or null. */
export function beyondOne(bytes) {
  const section = laterSection(bytes);
  if (section !== null) return `section ${section}`;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasm-'));
  try {
    const file = path.join(folder, 'module.wasm');
    fs.writeFileSync(file, bytes);
    const judged = spawnSync(wasmOpt, ['--mvp-features', file, '-o', path.join(folder, 'out.wasm')], { encoding: 'utf8' });
    if (judged.error) throw judged.error;
    return judged.status === 0 ? null : `${judged.stdout}${judged.stderr}`.trim() || `wasm-opt: ${judged.status}`;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function laterSection(bytes) {
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at++];
    if (id > LAST_SECTION) return id;
    const [length, start] = readUnsigned(bytes, at);
    at = start + length;
  }
  return null;
}
