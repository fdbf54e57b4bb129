// The stand-in refuses what a mini-program refuses. Otherwise the other tests would prove nothing.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import zlib from 'node:zlib';

import binaryen from 'binaryen';

import { ABSENT, makeWXWebAssembly, openPage, start } from './support/mini-program.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'code-package-'));
after(() => fs.rmSync(folder, { recursive: true }));

function put(name, text) {
  fs.mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}

function wasm(name, text) {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.All);
  put(name, module.emitBinary());
  module.dispose();
}

const ONE = '(module (memory (export "memory") 1) (func (export "f") (result i32) (i32.const 7)))';

test('WXWebAssembly takes a path of the code package and an imports object, nothing else', async () => {
  wasm('one.wasm', ONE);
  put('deep/one.wasm.br', zlib.brotliCompressSync(fs.readFileSync(path.join(folder, 'one.wasm'))));
  const { instantiate } = makeWXWebAssembly(folder, { gives: 'instance' });
  for (const file of ['/one.wasm', 'one.wasm', '/deep/one.wasm.br']) assert.equal((await instantiate(file, {})).exports.f(), 7);
  assert.equal((await makeWXWebAssembly(folder, { gives: 'object' }).instantiate('/one.wasm', {})).instance.exports.f(), 7);
  const bytes = fs.readFileSync(path.join(folder, 'one.wasm'));
  for (const source of [bytes, new Uint8Array(bytes).buffer, new WebAssembly.Module(bytes), undefined, null, {}, new URL('file:///one.wasm')]) {
    await assert.rejects(instantiate(source, {}), TypeError);
  }
  for (const file of ['', '/two.wasm', '/one.bin', 'https://example.com/one.wasm', 'wxfile://usr/one.wasm', '/../one.wasm', '/deep/one.wasm']) {
    await assert.rejects(instantiate(file, {}), Error, file);
  }
  for (const imports of [undefined, null, 7]) assert.throws(() => instantiate('/one.wasm', imports), /crashed/);
});

const LATER = {
  'exported Global': '(module (global (export "g") i32 (i32.const 1)))',
  'exported mutable Global': '(module (global (export "g") (mut i32) (i32.const 1)))',
  'sign extension': '(module (func (export "f") (param i32) (result i32) (i32.extend8_s (local.get 0))))',
  'non-trapping conversion': '(module (func (export "f") (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0))))',
  'bulk memory': '(module (memory 1) (func (export "f") (memory.copy (i32.const 0) (i32.const 1) (i32.const 2))))',
  'several results': '(module (func (export "f") (result i32 i32) (i32.const 1) (i32.const 2)))',
  'reference types': '(module (table 1 externref) (func (export "f") (param externref) (result externref) (local.get 0)))',
  'vectors': '(module (func (export "f") (result i32) (i32x4.extract_lane 0 (v128.const i32x4 1 2 3 4))))',
  'tail calls': '(module (func $g (result i32) (i32.const 1)) (func (export "f") (result i32) (return_call $g)))',
  'shared memory': '(module (memory (export "memory") 1 1 shared))',
};
for (const [name, text] of Object.entries(LATER)) {
  test(`WXWebAssembly refuses: ${name}`, async () => {
    wasm('later.wasm', text);
    await assert.rejects(makeWXWebAssembly(folder, { gives: 'instance' }).instantiate('/later.wasm', {}), /1\.0|Global/);
  });
}

test('WXWebAssembly refuses what is missing among the imports, and sections of later years', async () => {
  const { instantiate } = makeWXWebAssembly(folder, { gives: 'instance' });
  wasm('imports.wasm', '(module (import "env" "f" (func)))');
  await assert.rejects(instantiate('/imports.wasm', {}));
  await assert.rejects(instantiate('/imports.wasm', { env: {} }));
  await instantiate('/imports.wasm', { env: { f() {} } });
  put('count.wasm', Buffer.concat([fs.readFileSync(path.join(folder, 'one.wasm')), Buffer.from([12, 1, 0])]));
  await assert.rejects(instantiate('/count.wasm', {}), /section 12/);
});

test('the context has nothing that a mini-program lacks', () => {
  put('index.js', '');
  const program = start(folder);
  for (const name of [...ABSENT, 'globalThis', 'require', 'module', 'setImmediate', 'WeakRef']) assert.equal(program.run(`typeof ${name}`), 'undefined', name);
  assert.equal(program.run('typeof WXWebAssembly.instantiate'), 'function');
  assert.equal(start(folder, { wxWebAssembly: null }).run('typeof WXWebAssembly'), 'undefined');
  for (const code of ["eval('1')", "new Function('return 1')()", "Function('return 1')()"]) assert.throws(() => program.run(code), /Code generation/, code);
  for (const later of ['Object.fromEntries', '[].flat', "''.matchAll", "''.trimEnd", 'Promise.allSettled', '[].at']) {
    assert.equal(program.run(`typeof ${later}`), 'undefined', later);
  }
});

test('require() finds files of the code package, and packages in miniprogram_npm', () => {
  put('a.js', "exports.b = require('./pages/b').name; exports.npm = require('pkg').name;");
  put('pages/b.js', "exports.name = 'b' + require('../lib/index').n + require('pkg').name;");
  put('lib/index.js', 'exports.n = 1;');
  put('miniprogram_npm/pkg/index.js', "exports.name = 'pkg' + require('./other').n;");
  put('miniprogram_npm/pkg/other.js', 'module.exports = { n: 2 };');
  put('strict.js', 'exports.strict = (function () { return this === undefined; })();');
  const program = start(folder);
  assert.deepEqual({ ...program.require('./a') }, { b: 'b1pkg2', npm: 'pkg2' });
  assert.equal(program.require('./a'), program.require('./a.js'));
  assert.equal(program.require('./strict').strict, true);
  put('miniprogram_npm/pkg/bad.js', '');
  for (const name of ['fs', 'node:fs', 'missing', './missing', '../outside', 'pkg/missing']) assert.throws(() => program.require(name), /is not defined/, name);
});

test('a page gets what setData copies, and refuses what the view layer cannot be sent', () => {
  put('page.js', "Page({ data: { a: 1, list: [] }, onLoad() { this.setData({ a: 2 }); return 'loaded'; }, bad() { this.setData({ a: undefined }); } });");
  const { page, loaded } = openPage(start(folder), './page.js');
  assert.equal(loaded, 'loaded');
  assert.equal(page.data.a, 2);
  assert.throws(() => page.bad(), /undefined/);
});
