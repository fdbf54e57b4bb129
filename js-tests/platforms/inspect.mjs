// The mini-program's JavaScript: ES2017, CommonJS, and no global that is missing there. node inspect.mjs
//
// INSTALLED names the folder into which the tarball was installed. What each script refers to is compared with xtask/artefacts.json.

import fs from 'node:fs';
import path from 'node:path';

import { parse } from 'acorn';
import { analyze } from 'eslint-scope';

import { packageFolder, root } from '../support/installed.mjs';

/** ES2017. */
const ECMA_VERSION = 8;
/** Absent from the mini-program or from one of its hosts, or of another module system. */
const FORBIDDEN = [
  'Atomics', 'BigInt', 'BigInt64Array', 'Buffer', 'Blob', 'Function', 'SharedArrayBuffer', 'TextDecoder', 'TextEncoder', 'URL', 'WeakRef', 'WebAssembly', 'atob',
  'btoa', 'crypto', 'document', 'eval', 'exports', 'fetch', 'globalThis', 'navigator', 'performance', 'process', 'queueMicrotask', 'self', 'setImmediate',
  'structuredClone', 'window',
];

/** The identifiers that a script refers to without declaring them. Throws if it is no ES2017 script. */
export function globalsOf(text) {
  const options = { ecmaVersion: ECMA_VERSION, sourceType: 'script' };
  const scopes = analyze(parse(text, { ...options, ranges: true, locations: true }), options);
  return [...new Set(scopes.globalScope.through.map(({ identifier }) => identifier.name))].sort();
}

/** What cannot fail finds nothing: each of these has to be found. */
function selfTest() {
  for (const newer of ['a ?? b', 'a?.b', 'async function* f() {}', '({ ...a })', 'try {} catch {}', 'import "a"', '1n', 'a ||= b', 'class A { x = 1 }']) {
    let refused = false;
    try {
      globalsOf(newer);
    } catch {
      refused = true;
    }
    if (!refused) throw new Error(`taken for ES2017: ${newer}`);
  }
  const found = globalsOf('var a = 1; function f(URL) { return URL + atob(a) + typeof process + this.fetch; } { let Buffer; Buffer = 1 } TextDecoder = f');
  if (String(found) !== 'TextDecoder,atob,process') throw new Error(`globals found: ${found}`);
}

selfTest();
const expected = JSON.parse(fs.readFileSync(path.join(root, 'xtask/artefacts.json'), 'utf8')).miniProgramGlobals;
const folder = path.join(packageFolder, 'miniprogram');
const found = {};
const wrong = [];
for (const file of fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js')).sort()) {
  try {
    found[file] = globalsOf(fs.readFileSync(path.join(folder, file), 'utf8'));
    const forbidden = found[file].filter((name) => FORBIDDEN.includes(name));
    if (forbidden.length > 0) wrong.push(`${file} refers to ${forbidden.join(', ')}`);
    console.log(`    ${file}: ES2017, refers to ${found[file].join(', ')}`);
  } catch (error) {
    wrong.push(`${file} is no ES2017 script: ${error.message}`);
  }
}
if (Object.keys(found).length === 0) wrong.push('there is no script');
if (JSON.stringify(found) !== JSON.stringify(expected)) {
  wrong.push(`xtask/artefacts.json has other globals; if these are meant, its \`miniProgramGlobals\` become:\n${JSON.stringify(found, null, 2)}`);
}
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exitCode = 1;
