// What has to be said twice, in Rust and in JavaScript or in the types, is the same in both places.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';

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
        () => (name === 'MessagePush' ? new unloaded.MessagePush(...values) : unloaded[name](...values)),
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
    ['MAX_CHANNEL_KEYS', 'src/channel.rs', 'pkg-template/core/channel.js', 'MAX_KEYS'],
    ['FAILED', 'src/boundary/calls.rs', 'pkg-template/core/exchange.js', 'NONE'],
  ]) {
    const value = rust(rustFile, name);
    assert.ok(value > 0, name);
    assert.equal(javascript(jsFile, jsName), value, name);
  }
});

test('the usual request is written as any request is', async () => {
  const { Exchange } = await import('../../pkg-template/core/exchange.js');
  const { bufferCodec } = await import('../../pkg-template/core/text.js');
  const { settle } = await import('../../pkg-template/core/values.js');
  const START = 64;
  const memory = new WebAssembly.Memory({ initial: 4 });
  const exchange = new Exchange({ memory, reserve: () => START, call: () => 0, wipe() {} }, bufferCodec);
  const written = () => {
    const bytes = Buffer.from(memory.buffer).subarray(START, exchange.end);
    const length = bytes.readUInt32LE(0);
    return { structure: bytes.subarray(4, 4 + length).toString('hex'), texts: bytes.subarray(4 + length).toString() };
  };
  const usual = [settle({}), 'data', 'iv', settle({}), 'key', undefined, 'wx', undefined, undefined, 1.5, undefined];
  assert.equal(exchange.writeUsual(usual), true);
  const { structure, texts } = written();
  assert.equal(structure.length, 2 * 35);
  assert.equal(texts, 'dataivkeywx');
  exchange.write(usual);
  // The structure that is written value by value has room to spare at its end.
  assert.equal(written().structure.slice(0, structure.length), structure);
  assert.equal(written().texts, texts);
  const others = [[1, undefined], [1, 'é'], [2, 7], [4, ['key']], [5, true], [6, null], [6, ['wx']], [7, 1], [8, 0], [9, '1'], [10, 'optional'], [0, null], [3, 'x']];
  for (const [at, value] of others) assert.equal(exchange.writeUsual(usual.with?.(at, value) ?? Object.assign([...usual], { [at]: value })), false, `${at}`);
  assert.equal(exchange.writeUsual([...usual, undefined]), false);
  assert.equal(exchange.writeUsual(usual.slice(0, 10)), false);
});

test('bytes are copied once, whatever they say of themselves', async () => {
  const { BYTES, MAX_TEXT, Mark, OBJECT, settle, settleBytes, structureOf } = await import('../../pkg-template/core/values.js');
  const boom = () => {
    throw new Error('on purpose');
  };
  class Lying extends Uint8Array {
    get length() {
      return boom();
    }
    get [Symbol.toStringTag]() {
      return boom();
    }
    static get [Symbol.species]() {
      return boom();
    }
    [Symbol.iterator]() {
      return boom();
    }
  }
  const own = Object.defineProperty(new Uint8Array([1, 2, 3]), 'length', { get: boom });
  const plain = Object.setPrototypeOf(new Uint8Array([1, 2, 3]), null);
  const foreign = vm.runInNewContext('new Uint8Array([1, 2, 3])');
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set([1, 2, 3]);
  const part = new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4);
  for (const value of [new Uint8Array([1, 2, 3]), Buffer.from([1, 2, 3]), new Lying([1, 2, 3]), own, plain, foreign, shared, part]) {
    const copy = settleBytes(value);
    assert.equal(Object.getPrototypeOf(copy), Uint8Array.prototype);
    assert.deepEqual([...copy], [1, 2, 3]);
    assert.notEqual(copy.buffer, Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer').get.call(value));
    assert.equal(copy.buffer.byteLength, 3);
    assert.equal(structureOf([copy]), 8);
    // Where no bytes are asked for, they are an object like any other.
    assert.deepEqual(settle(value), new Mark(OBJECT));
  }
  const detached = new Uint8Array(3);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const resizable = new ArrayBuffer(8, { maxByteLength: 16 });
  const out = new Uint8Array(resizable, 4, 4);
  if (resizable.resizable) resizable.resize(2);
  for (const value of [new Uint8Array(0), detached, ...(resizable.resizable ? [out] : [])]) {
    assert.deepEqual([...settleBytes(value)], []);
  }
  const most = settleBytes(new Uint8Array(MAX_TEXT));
  assert.equal(most.length, MAX_TEXT);
  assert.ok(settleBytes(new Uint8Array(MAX_TEXT + 1)) instanceof Mark);
  assert.equal(settleBytes(new Uint8Array(MAX_TEXT + 1)).tag, BYTES + 1);
  const others = [
    new Proxy(new Uint8Array(3), {}), new Uint8ClampedArray(3), new Int8Array(3), new ArrayBuffer(3), new DataView(new ArrayBuffer(3)),
    Object.create(Uint8Array.prototype), { [Symbol.toStringTag]: 'Uint8Array', length: 3 }, [1, 2, 3], 'text', 3, null, undefined, boom,
  ];
  for (const value of others) assert.deepEqual(settleBytes(value), settle(value));
});

test('random bytes are the generator\'s, or none at all', async () => {
  const { provideRandom, random } = await import('../../pkg-template/core/random.js');
  const drawn = new Set(Array.from({ length: 100 }, () => Buffer.from(random(16)).toString('hex')));
  assert.equal(drawn.size, 100);
  assert.equal(random(12).length, 12);
  provideRandom(() => {
    throw new ReferenceError('crypto is not defined');
  });
  assert.equal(random(16), undefined);
  provideRandom((bytes) => bytes.fill(7));
  assert.deepEqual([...random(3)], [7, 7, 7]);
});

test('the types declare what the package exports, and both declaration files say the same', () => {
  const types = readPackageFile('index.d.ts');
  const declared = [...types.matchAll(/^export (?:declare )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(declared)].sort(), Object.keys(api).sort());
  assert.equal(readPackageFile('index.d.cts'), types);
});
