// The tarball as an npm package.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';

import { build } from 'esbuild';

import { manifest, packageFolder, project, readPackageFile, readSource, vectors } from '../support/installed.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'package-'));
after(() => fs.rmSync(folder, { recursive: true }));

const packageFiles = () => fs.readdirSync(packageFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));

test('it depends on nothing and runs nothing when installed', () => {
  const { dependencies, peerDependencies, optionalDependencies, bundledDependencies, scripts } = manifest();
  assert.deepEqual({ dependencies, peerDependencies, optionalDependencies, bundledDependencies, scripts }, {
    dependencies: undefined, peerDependencies: undefined, optionalDependencies: undefined, bundledDependencies: undefined, scripts: undefined,
  });
  assert.deepEqual(fs.readdirSync(path.join(project, 'node_modules')).filter((name) => !name.startsWith('.')), ['weapp-opendata']);
});

test('every path of the manifest is a file, and every file of the list is there', () => {
  const paths = [];
  const walk = (value) => (typeof value === 'string' ? paths.push(value) : Object.values(value).forEach(walk));
  const { exports, main, module, types } = manifest();
  walk([exports, main, module ?? main, types]);
  assert.ok(paths.length >= 8);
  // `folder/*` stands for the files of a folder, which the list below holds.
  for (const name of paths.filter((text) => !text.endsWith('/*'))) assert.ok(fs.statSync(path.join(packageFolder, name)).isFile(), name);
  const listed = readSource('js-tests/packaging/files.txt').trimEnd().split('\n');
  assert.deepEqual(listed, [...listed].sort());
  assert.deepEqual(packageFiles().map((file) => path.relative(packageFolder, file)).sort(), listed);
});

test('a user’s import and require give one module', () => {
  const script = `
    import { createRequire } from 'node:module';
    import * as esm from 'weapp-opendata';
    const cjs = createRequire(import.meta.url)('weapp-opendata');
    const same = Object.keys(cjs).every((name) => cjs[name] === esm[name]) && Object.keys(cjs).length === Object.keys(esm).length;
    let thrown;
    try { esm.decrypt(); } catch (error) { thrown = error instanceof cjs.OpenDataError; }
    console.log(JSON.stringify({ same, thrown, manifest: typeof createRequire(import.meta.url)('weapp-opendata/package.json').version }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: project, encoding: 'utf8', stdio: 'pipe' });
  assert.deepEqual(JSON.parse(output), { same: true, thrown: true, manifest: 'string' });
});

const USE = `
  const vector = ${JSON.stringify(vectors()[0])};
  const policy = { sessionKey: vector.sessionKey, appid: vector.appid };
  let code;
  try { api.decrypt(vector, { ...policy, appid: 'wx' }); } catch (error) { code = error instanceof api.OpenDataError && error.code; }
  console.log(JSON.stringify({ value: api.decrypt(vector, policy), code }));`;

for (const [name, format, entry] of [
  ['one CommonJS file', 'cjs', `const api = require('weapp-opendata');${USE}`],
  ['one CommonJS file from import', 'cjs', `import * as api from 'weapp-opendata';${USE}`],
  ['one ES module', 'esm', `import * as api from 'weapp-opendata';${USE}`],
]) {
  for (const minify of [false, true]) {
    test(`bundled into ${name}${minify ? ', minified' : ''}, it runs from another folder`, async () => {
      const outfile = path.join(folder, `${name.replaceAll(' ', '-')}-${minify}.${format === 'esm' ? 'mjs' : 'cjs'}`);
      await build({
        stdin: { contents: entry, resolveDir: project }, bundle: true, platform: 'node', format, outfile, minify, logLevel: 'silent',
      });
      const output = execFileSync(process.execPath, [outfile], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
      assert.deepEqual(JSON.parse(output), { value: JSON.parse(vectors()[0].plaintext), code: 'APPID_MISMATCH' });
    });
  }
}

test('no file tells where it was made', () => {
  const traces = /\/root\/|\/home\/|\/Users\/|registry|[A-Z]:\\Users/i;
  const files = packageFiles().map((file) => [path.relative(packageFolder, file), fs.readFileSync(file, 'latin1')]);
  // The module is inlined, compressed.
  const [inlined] = /[A-Za-z0-9+/]{20000,}={0,2}/.exec(readPackageFile('node.cjs'));
  const module = brotliDecompressSync(Buffer.from(inlined, 'base64'));
  assert.ok(WebAssembly.validate(module), 'the module was found');
  files.push(['the WebAssembly module', module.toString('latin1')]);
  for (const [name, content] of files) assert.equal(traces.exec(content)?.index, undefined, name);
});

test('the code asks for nothing of Node but what loading takes, and evaluates nothing', () => {
  const allowed = ['node:crypto', 'node:fs', 'node:path', 'node:zlib'];
  for (const name of ['node.cjs', 'node.js']) {
    const code = readPackageFile(name).replace(/[A-Za-z0-9+/]{20000,}={0,2}/, '').replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '');
    assert.doesNotMatch(code, /\beval\(|new Function|\bfetch\(|XMLHttpRequest|process\.env|child_process|node:https?/, name);
    const asked = [...code.matchAll(/(?:require\(|from )["']([^"']+)["']/g)].map(([, module]) => module);
    assert.deepEqual(asked.filter((module) => !allowed.includes(module) && module !== './node.cjs'), [], name);
  }
});
