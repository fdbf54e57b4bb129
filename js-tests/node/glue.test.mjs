// The glue by itself: what it says, what it writes, what it takes for an argument.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';

import { errorCodes, readPackageFile, requireInstalled, vectors } from '../support/installed.mjs';

const api = requireInstalled('weapp-opendata');

test('the codes of the types are those of the table, and the one that only JavaScript raises', async () => {
  const { CODES } = await import('../../pkg-template/core/protocol.js');
  assert.deepEqual([...CODES, 'NOT_INITIALIZED'].sort(), errorCodes().sort());
});

test('a module that is not loaded is told in two languages', async () => {
  const { OpenDataError, ...makers } = await import('../../pkg-template/core/errors.js');
  assert.deepEqual(Object.keys(makers), ['moduleRefused', 'notInitialized']);
  for (const make of Object.values(makers)) {
    const raised = make();
    assert.ok(raised instanceof OpenDataError);
    assert.equal(raised.code, 'NOT_INITIALIZED');
    assert.match(raised.hint, /^[A-Z].*\. \/ .*[\u4e00-\u9fff].*。$/);
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

/** What an exchange writes. */
async function written(numbers, texts) {
  const { Exchange } = await import('../../pkg-template/core/exchange.js');
  const { bufferCodec } = await import('../../pkg-template/core/text.js');
  const START = 64;
  const memory = new WebAssembly.Memory({ initial: 80 });
  const exchange = new Exchange({ memory, reserve: () => START, call: () => 0, wipe() {} }, bufferCodec);
  exchange.write(numbers, texts);
  const bytes = Buffer.from(memory.buffer).subarray(START, exchange.end);
  const head = bytes.readUInt32LE(0);
  const lengthsAt = 4 + 8 * numbers.length;
  return {
    head,
    numbers: numbers.map((_, i) => bytes.readDoubleLE(4 + 8 * i)),
    lengths: texts.map((_, i) => bytes.readUInt32LE(lengthsAt + 4 * i)),
    texts: bytes.subarray(4 + head),
  };
}

test('a request is numbers, lengths and texts', async () => {
  const { ABSENT, MAX_TEXT, OVERSIZE } = await import('../../pkg-template/core/protocol.js');
  const plain = await written([1, NaN, 1700000000.5], ['data', 'iv', '', 'wx']);
  assert.deepEqual({ ...plain, texts: plain.texts.toString() }, {
    head: 3 * 8 + 4 * 4, numbers: [1, NaN, 1700000000.5], lengths: [4, 2, 0, 2], texts: 'dataivwx',
  });
  const long = 'x'.repeat(20000);
  const mixed = ['a', undefined, '微信', long, new Uint8Array([1, 2, 3]), 'x'.repeat(MAX_TEXT + 1), new Uint8Array(MAX_TEXT + 1), 'é', '\ud800'];
  const wide = await written([], mixed);
  assert.deepEqual(wide.lengths, [1, ABSENT, 6, 20000, 3, OVERSIZE, OVERSIZE, 2, 3]);
  assert.deepEqual(wide.texts, Buffer.concat([Buffer.from(`a微信${long}`), Buffer.from([1, 2, 3]), Buffer.from('é\ufffd')]));
  // Texts that are all ASCII and too many to be joined.
  const many = await written([], Array(9).fill(long));
  assert.deepEqual(many.lengths, Array(9).fill(20000));
  assert.equal(many.texts.toString(), long.repeat(9));
});

test('what is in the prototype is not an argument', () => {
  const { encryptedData, iv, sessionKey, appid } = { ...vectors()[0] };
  const names = ['encryptedData', 'iv', 'sessionKey', 'appid', 'maxAge', 'clockSkew', 'now', 'watermark', 'strict', 'defaultCountryCode', 'context', 'key', 'token'];
  const payload = { encryptedData, iv };
  const policy = { sessionKey, appid, now: 1477314187 };
  const polluted = (values, run) => {
    try {
      for (const [name, value] of Object.entries(values)) Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: true });
      return run();
    } finally {
      for (const name of names) delete Object.prototype[name];
    }
  };
  const missing = (field) => ({ code: 'INVALID_ARGUMENT', reason: 'MISSING', message: new RegExp(`^${field}: `) });
  const expected = api.decrypt(payload, policy);
  assert.deepEqual(polluted({ maxAge: 'x', clockSkew: 0, watermark: 'x', strict: 1, now: 5, appid: 'x' }, () => api.decrypt(payload, policy)), expected);
  assert.throws(() => polluted({ appid: null }, () => api.decrypt(payload, { sessionKey })), missing('policy.appid'));
  assert.throws(() => polluted({ sessionKey }, () => api.decrypt(payload, { appid })), missing('policy.sessionKey'));
  assert.throws(() => polluted({ iv }, () => api.decrypt({ encryptedData }, policy)), missing('payload.iv'));
  assert.throws(() => polluted({ now: 1477314187 }, () => api.decrypt(payload, { ...policy, now: undefined, maxAge: 300 })), { code: 'WATERMARK_EXPIRED' });
  assert.equal(polluted({ defaultCountryCode: '1' }, () => api.parsePhoneNumber('13580006666', {})).countryCode, '86');
  assert.throws(() => polluted({ token: 'x' }, () => new api.MessagePush({ encodingAESKey: 'A'.repeat(43), appid })), missing('config.token'));
  assert.throws(() => polluted({ context: 'x' }, () => api.openChannel('x', { key: { encryptKey: 'x', version: 1 } })), missing('options.context'));
});

test('bytes are copied once, whatever they say of themselves', async () => {
  const { bytesOf } = await import('../../pkg-template/core/arguments.js');
  const { MAX_TEXT } = await import('../../pkg-template/core/protocol.js');
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
    const copy = bytesOf(value);
    assert.equal(Object.getPrototypeOf(copy), Uint8Array.prototype);
    assert.deepEqual([...copy], [1, 2, 3]);
    assert.notEqual(copy.buffer, Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'buffer').get.call(value));
    assert.equal(copy.buffer.byteLength, 3);
  }
  const detached = new Uint8Array(3);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const resizable = new ArrayBuffer(8, { maxByteLength: 16 });
  const out = new Uint8Array(resizable, 4, 4);
  if (resizable.resizable) resizable.resize(2);
  for (const value of [new Uint8Array(0), detached, ...(resizable.resizable ? [out] : [])]) {
    assert.deepEqual([...bytesOf(value)], []);
  }
  const most = bytesOf(new Uint8Array(MAX_TEXT));
  assert.equal(most.length, MAX_TEXT);
  // More are not copied; one byte too many says so.
  assert.deepEqual(bytesOf(new Uint8Array(MAX_TEXT + 9).fill(1)), new Uint8Array(MAX_TEXT + 1));
  const others = [
    new Proxy(new Uint8Array(3), {}), new Uint8ClampedArray(3), new Int8Array(3), new ArrayBuffer(3), new DataView(new ArrayBuffer(3)),
    Object.create(Uint8Array.prototype), { [Symbol.toStringTag]: 'Uint8Array', length: 3 }, [1, 2, 3], 'text', 3, null, undefined, boom,
  ];
  for (const value of others) assert.equal(bytesOf(value), undefined);
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
