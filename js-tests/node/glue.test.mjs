// What has to be said twice, in Rust and in JavaScript or in the types, is the same in both places.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { errorCodes, readPackageFile, readSource, requireInstalled } from '../support/installed.mjs';

const api = requireInstalled('weapp-opendata');
const error = readSource('src/error.rs');

/** A string literal of Rust, with its escapes resolved. */
const literals = (text) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inner]) => inner.replace(/\\"/g, '"'));

test('the codes of the types are those of the table', () => {
  const [, body] = /fn as_str\(self\)[^{]*\{\s*match self \{([\s\S]*?)\n {8}\}/.exec(error);
  assert.deepEqual(literals(body), errorCodes());
});

test('the words for a module that is not loaded are those of the table', async () => {
  const errors = await import('../../pkg-template/core/errors.js');
  const makers = Object.values(errors).filter((value) => typeof value === 'function' && value !== errors.OpenDataError);
  assert.ok(makers.length >= 1);
  const table = new Set(literals(error));
  for (const make of makers) {
    const raised = make();
    assert.ok(raised instanceof errors.OpenDataError);
    assert.equal(raised.code, 'NOT_INITIALIZED');
    const [english, chinese] = raised.hint.split(' / ');
    for (const words of [raised.message, english, chinese]) assert.ok(table.has(words), words);
    if (raised.reason !== undefined) assert.ok(table.has(raised.reason), raised.reason);
  }
});

test('an api without a module says so, for every function', async () => {
  // No loader has said how the engine comes to be.
  const { OpenDataError, init, ...unloaded } = await import('../../pkg-template/core/api.js');
  assert.equal(typeof init, 'function');
  const names = Object.keys(unloaded);
  assert.deepEqual([...names, 'OpenDataError', 'init'].sort(), Object.keys(api).sort());
  for (const name of names) {
    for (const values of [[], [{}, {}], ['x', 46]]) {
      assert.throws(
        () => unloaded[name](...values),
        (thrown) => thrown instanceof OpenDataError && thrown.code === 'NOT_INITIALIZED' && thrown.errcode === undefined,
        name,
      );
    }
  }
});

test('limits stand in both places alike', () => {
  const rust = (file, name) => {
    const [, value] = new RegExp(`const ${name}: \\w+ = ([0-9_* a-zA-Z:]+);`).exec(readSource(file));
    return value === 'u32::MAX' ? 0xffffffff : value.replace(/_/g, '').split('*').reduce((product, factor) => product * Number(factor), 1);
  };
  const javascript = (file, name) => {
    const [, value] = new RegExp(`const ${name} = ([0-9a-fx]+);`).exec(readSource(file));
    return Number(value);
  };
  for (const [name, rustFile, jsFile, jsName = name] of [
    ['MAX_TEXT', 'src/transport.rs', 'pkg-template/core/values.js'],
    ['MAX_LIST', 'src/boundary/request.rs', 'pkg-template/core/values.js'],
    ['MAX_RECORDS', 'src/boundary/calls.rs', 'pkg-template/core/server.js'],
    ['FAILED', 'src/boundary/calls.rs', 'pkg-template/core/exchange.js', 'NONE'],
  ]) {
    const value = rust(rustFile, name);
    assert.ok(value > 0, name);
    assert.equal(javascript(jsFile, jsName), value, name);
  }
});

test('the types declare what the package exports, and both declaration files say the same', () => {
  const types = readPackageFile('index.d.ts');
  const declared = [...types.matchAll(/^export (?:declare )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(declared)].sort(), Object.keys(api).sort());
  assert.equal(readPackageFile('index.d.cts'), types);
});
