// Whatever JS value is passed, in whatever place: a value or an OpenDataError comes back, and the module works as before.

/** More entries than any text within the limit has. A value that is still read after so many would be read for ever. */
const ENOUGH = 1200000;

/** Names and makers: some values can be used once only. `runaway` is called when a value without end is read without end. */
function hostileValues(runaway) {
  const boom = () => {
    throw new Error('sesame-secret');
  };
  const everyTrap = new Proxy({}, { get: () => boom });
  const revoked = (target) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  const counter = () => {
    let reads = 0;
    return () => {
      if (++reads > ENOUGH) runaway();
    };
  };
  const listWithLength = (length) => {
    const count = counter();
    const get = (target, key) => {
      if (key === 'length') return length;
      count();
      return key === 'toJSON' ? undefined : 'x';
    };
    return new Proxy([], { get });
  };
  const deep = (depth) => {
    let value = {};
    for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { watermark: value };
    return value;
  };
  // 60 objects, 2^60 paths.
  const shared = () => {
    const count = counter();
    let value = { toJSON: () => (count(), 1) };
    for (let i = 0; i < 60; i++) value = { watermark: value, data: value };
    return value;
  };
  // An addition, so that engines with proper tail calls run out of stack as well.
  const recursive = () => 1 + recursive();
  const detached = () => {
    const buffer = new ArrayBuffer(16);
    if (typeof structuredClone === 'function') structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  };
  const cycle = {};
  cycle.cycle = cycle;
  cycle.watermark = cycle;
  const cyclicList = [];
  cyclicList.push(cyclicList);
  const accessorLast = ['x'];
  Object.defineProperty(accessorLast, 1, { get: boom });

  return {
    'undefined': () => undefined,
    'null': () => null,
    'true': () => true,
    'false': () => false,
    'zero': () => 0,
    'minus zero': () => -0,
    'NaN': () => NaN,
    'Infinity': () => Infinity,
    'minus Infinity': () => -Infinity,
    'smallest number': () => Number.MIN_VALUE,
    'largest number': () => Number.MAX_VALUE,
    '2^32': () => 2 ** 32,
    '-2^63': () => -(2 ** 63),
    'bigint': () => 10n ** 30n,
    'symbol': () => Symbol('x'),
    'function': () => () => 'x',
    'throwing function': () => boom,
    'class': () => class {},
    'empty text': () => '',
    'NUL': () => '\u0000',
    'lone surrogates': () => '\udc00\ud800',
    'half a pair at the end': () => `${'A'.repeat(100)}\ud83d`,
    'emoji': () => '😀'.repeat(1000),
    'text of 1 MiB': () => 'A'.repeat(1048576),
    'wide text of 1 MiB': () => '中'.repeat(1048576),
    'text over 1 MiB': () => 'A'.repeat(1048577),
    'huge text': () => 'A'.repeat(1 << 24),
    'JSON text': () => '{"watermark":{"appid":"x","timestamp":1}}',
    'empty array': () => [],
    'array': () => ['x', 1, null, undefined, {}, [], ['y']],
    'hole': () => [, 'x'],
    'array of 1,000': () => Array(1000).fill('x'),
    'array of 1,001': () => Array(1001).fill('x'),
    'longest array': () => new Array(4294967295),
    'array in array': () => [[[['x']]]],
    'cyclic array': () => cyclicList,
    'array with a throwing item': () => accessorLast,
    'frozen array': () => Object.freeze(['x']),
    'array without prototype': () => Object.setPrototypeOf(['x'], null),
    'array with toJSON': () => Object.assign(['x'], { toJSON: boom }),
    'list of length NaN': () => listWithLength(NaN),
    'list of length -1': () => listWithLength(-1),
    'list of length 0.5': () => listWithLength(0.5),
    'list of length Infinity': () => listWithLength(Infinity),
    'list of length 2^53': () => listWithLength(2 ** 53),
    'list with text for length': () => listWithLength('1e3'),
    'list with a bigint for length': () => listWithLength(2n),
    'list with a huge bigint for length': () => listWithLength(10n ** 30n),
    'list with a symbol for length': () => listWithLength(Symbol('x')),
    'list with an object for length': () => listWithLength({ valueOf: boom }),
    'list without length': () => listWithLength(undefined),
    'object': () => ({}),
    'object without prototype': () => Object.create(null),
    'array-like': () => ({ length: 1, 0: 'x' }),
    'throwing getters': () => Object.defineProperties({}, Object.fromEntries(['encryptedData', 'iv', 'sessionKey', 'appid', 'watermark', 'data', 'errCode', 'length', '0', 'toJSON'].map((key) => [key, { get: boom, enumerable: true }]))),
    'throwing undefined': () => ({ get iv() { throw undefined; }, get watermark() { throw null; }, get data() { throw 'text'; } }),
    'recursive getters': () => ({ get encryptedData() { return recursive(); }, get appid() { return recursive(); }, get watermark() { return recursive(); }, get data() { return recursive(); } }),
    'throwing conversions': () => ({ toString: boom, valueOf: boom, toJSON: boom, [Symbol.toPrimitive]: boom, then: undefined }),
    'conversions to text': () => ({ toString: () => 'x', valueOf: () => 1, toJSON: () => undefined }),
    'boxed text': () => Object('x'),
    'boxed number': () => Object(7),
    'boxed bigint': () => Object(7n),
    'cycle': () => cycle,
    'object on 2^60 paths': shared,
    'deep object': () => deep(200),
    'very deep object': () => deep(20000),
    'holds a bigint': () => ({ watermark: 1n, data: 1n, json: { a: 1n }, errMsg: 1n }),
    'Date': () => new Date(0),
    'invalid Date': () => new Date(NaN),
    'Date without prototype': () => Object.setPrototypeOf(new Date(0), null),
    'Date with a throwing getTime': () => Object.assign(new Date(0), { getTime: boom, valueOf: boom, toJSON: boom }),
    'no Date': () => Object.create(Date.prototype),
    'Map': () => new Map([['iv', 'x']]),
    'WeakMap': () => new WeakMap(),
    'RegExp': () => /x/g,
    'Promise': () => Promise.resolve('x'),
    'Error': () => new Error('sesame-secret'),
    'generator': () => (function* () { yield 'x'; })(),
    'ArrayBuffer': () => new ArrayBuffer(16),
    'detached buffer': detached,
    'view of a detached buffer': () => {
      const view = new Uint8Array(16);
      if (typeof structuredClone === 'function') structuredClone(view.buffer, { transfer: [view.buffer] });
      return view;
    },
    'typed array': () => new Uint8Array(16),
    'typed array of 1 MiB and a byte': () => new Uint8Array(1048577),
    'typed array that lies': () => Object.defineProperties(new Uint8Array(16), { length: { get: boom }, [Symbol.toStringTag]: { get: boom }, slice: { get: boom } }),
    'typed array without prototype': () => Object.setPrototypeOf(new Uint8Array(16), null),
    'subclass of a typed array': () => new (class extends Uint8Array { get length() { return 2 ** 40; } static get [Symbol.species]() { return boom(); } })(16),
    'resized typed array': () => {
      const buffer = new ArrayBuffer(32, { maxByteLength: 64 });
      const view = new Uint8Array(buffer, 16, 16);
      if (typeof buffer.resize === 'function') buffer.resize(8);
      return view;
    },
    'typed array over the whole of a buffer that shrank': () => {
      const buffer = new ArrayBuffer(16, { maxByteLength: 64 });
      const view = new Uint8Array(buffer);
      if (typeof buffer.resize === 'function') buffer.resize(0);
      return view;
    },
    'proxy of a typed array': () => new Proxy(new Uint8Array(16), {}),
    'no typed array': () => Object.create(Uint8Array.prototype),
    'DataView': () => new DataView(new ArrayBuffer(16)),
    'proxy whose traps all throw': () => new Proxy({}, everyTrap),
    'proxy of an array whose traps all throw': () => new Proxy([], everyTrap),
    'proxy of a function': () => new Proxy(boom, everyTrap),
    'revoked proxy': () => revoked({}),
    'revoked proxy of an array': () => revoked([]),
    'proxy of a Date': () => new Proxy(new Date(0), {}),
    'proxy that answers everything': () => {
      const any = new Proxy({}, { get: (target, key) => (typeof key === 'symbol' ? undefined : 'x'), has: () => true });
      return any;
    },
    'frozen': () => Object.freeze({ iv: 'x' }),
    'global object': () => globalThis,
  };
}

export default function (api, { test, assert, fixtures, errorCodes, official, policy, payload, stillWorks }) {
  const fixture = fixtures.watermarks.valid;
  const { appid, timestamp } = fixtures;
  const sessionKey = fixture.sessionKey;
  const stamp = { appid, timestamp };

  /** A call with `value` put at one place, everything else in order. */
  const full = (more) => policy({ sessionKey, ...more });
  const record = (more) => ({ ...payload(fixture), sessionKey, ...more });
  const policyFields = ['appid', 'maxAge', 'clockSkew', 'now', 'watermark'];
  const places = {
    'init(value)': (value) => { api.init(value).catch(() => {}); },
    'readCloudData(value)': (value) => api.readCloudData(value, policy()),
    'readCloudData(, value)': (value) => api.readCloudData({ data: { watermark: stamp } }, value),
    'checkWatermark(value)': (value) => api.checkWatermark(value, policy()),
    'checkWatermark(, value)': (value) => api.checkWatermark({ watermark: stamp }, value),
    'decryptMany(value)': (value) => api.decryptMany(value, policy()),
    'decryptMany([value])': (value) => api.decryptMany([record(), value, record()], policy()),
    'decryptMany(, value)': (value) => api.decryptMany([record()], value),
    'data.watermark': (value) => api.checkWatermark({ watermark: value }, policy()),
    'data.watermark.appid': (value) => api.checkWatermark({ watermark: { ...stamp, appid: value } }, policy()),
    'data.watermark.timestamp': (value) => api.checkWatermark({ watermark: { ...stamp, timestamp: value } }, policy()),
    'value.data.watermark': (value) => api.readCloudData({ data: { watermark: value } }, policy()),
    'value.data.watermark.appid': (value) => api.readCloudData({ data: { watermark: { ...stamp, appid: value } } }, policy()),
    'policy.sessionKey in decryptMany': (value) => api.decryptMany([record()], full({ sessionKey: value })),
    'more arguments': (value) => api.decrypt(payload(fixture), full(), value),
    'this': (value) => api.decrypt.call(value, payload(fixture), full()),
  };
  for (const field of ['errCode', 'errMsg', 'data', 'json', 'cloudID']) {
    places[`value.${field}`] = (value) => api.readCloudData({ data: { watermark: stamp }, [field]: value }, policy());
    places[`value.${field} alone`] = (value) => api.readCloudData({ [field]: value }, policy());
  }
  for (const field of ['encryptedData', 'iv', 'sessionKey']) {
    places[`record.${field}`] = (value) => api.decryptMany([record(), record({ [field]: value }), record()], policy());
  }
  places['record.sessionKey[]'] = (value) => api.decryptMany([record({ sessionKey: [value, sessionKey] }), record()], policy());
  for (const name of ['decrypt', 'decryptPhoneNumber', 'decryptUserInfo', 'diagnose']) {
    const call = api[name];
    places[`${name}(value)`] = (value) => call(value, full());
    places[`${name}(, value)`] = (value) => call(payload(fixture), value);
    for (const field of ['encryptedData', 'iv']) places[`${name}: payload.${field}`] = (value) => call({ ...payload(fixture), [field]: value }, full());
    for (const field of ['sessionKey', 'strict', ...policyFields]) places[`${name}: policy.${field}`] = (value) => call(payload(fixture), full({ [field]: value }));
    places[`${name}: policy.sessionKey[]`] = (value) => call(payload(fixture), full({ sessionKey: [sessionKey, value] }));
    places[`${name}: policy.appid[]`] = (value) => call(payload(fixture), full({ appid: [value, appid] }));
  }
  for (const field of ['strict', ...policyFields]) {
    places[`decryptMany: policy.${field}`] = (value) => api.decryptMany([record()], policy({ [field]: value }));
    places[`readCloudData: policy.${field}`] = (value) => api.readCloudData({ data: { watermark: stamp } }, policy({ [field]: value }));
    places[`checkWatermark: policy.${field}`] = (value) => api.checkWatermark({ watermark: stamp }, policy({ [field]: value }));
  }

  const number = '13000000000';
  const info = { countryCode: '86', purePhoneNumber: number, watermark: stamp };
  Object.assign(places, {
    'parsePhoneNumber(value)': (value) => api.parsePhoneNumber(value),
    'parsePhoneNumber(, value)': (value) => api.parsePhoneNumber(number, value),
    'parsePhoneNumber: input.countryCode': (value) => api.parsePhoneNumber({ countryCode: value, purePhoneNumber: number }),
    'parsePhoneNumber: input.purePhoneNumber': (value) => api.parsePhoneNumber({ countryCode: '86', purePhoneNumber: value }),
    'parsePhoneNumber: options.defaultCountryCode': (value) => api.parsePhoneNumber(number, { defaultCountryCode: value }),
    'maskPhoneNumber(value)': (value) => api.maskPhoneNumber(value),
    'maskPhoneNumber: phone.e164': (value) => api.maskPhoneNumber({ e164: value }),
    'parseAvatar(value)': (value) => api.parseAvatar(value),
    'resizeAvatar(value)': (value) => api.resizeAvatar(value, 46),
    'resizeAvatar(, value)': (value) => api.resizeAvatar('https://thirdwx.qlogo.cn/mmopen/a/132', value),
    'readPhoneNumberResponse(value)': (value) => api.readPhoneNumberResponse(value, policy()),
    'readPhoneNumberResponse(, value)': (value) => api.readPhoneNumberResponse({ errcode: 0, phone_info: info }, value),
  });
  for (const field of ['errcode', 'errmsg', 'errCode', 'errMsg', 'phone_info', 'phoneInfo']) {
    places[`response.${field}`] = (value) => api.readPhoneNumberResponse({ phone_info: info, [field]: value }, policy());
  }
  for (const field of ['countryCode', 'purePhoneNumber', 'phoneNumber', 'watermark']) {
    places[`response.phone_info.${field}`] = (value) => api.readPhoneNumberResponse({ errcode: 0, phone_info: { ...info, [field]: value } }, policy());
  }

  const { config, query, opened } = fixtures.push;
  const push = () => new api.MessagePush(config);
  const [{ encrypt, query: secure }] = opened;
  const options = { timestamp: 5, nonce: 'n', random: new Uint8Array(16) };
  Object.assign(places, {
    'verifySignature(value)': (value) => api.verifySignature(value, { sessionKey }),
    'verifySignature(, value)': (value) => api.verifySignature({ rawData: '', signature: '' }, value),
    'verifySignature: payload.rawData': (value) => api.verifySignature({ rawData: value, signature: '' }, { sessionKey }),
    'verifySignature: payload.signature': (value) => api.verifySignature({ rawData: '', signature: value }, { sessionKey }),
    'verifySignature: policy.sessionKey': (value) => api.verifySignature({ rawData: '', signature: '' }, { sessionKey: value }),
    'verifySignature: policy.sessionKey[]': (value) => api.verifySignature({ rawData: '', signature: '' }, { sessionKey: [sessionKey, value] }),
    'signWithSessionKey(value)': (value) => api.signWithSessionKey(value),
    'signWithSessionKey(, value)': (value) => api.signWithSessionKey(sessionKey, value),
    'signPayment(value)': (value) => api.signPayment(value, 'u', 'd'),
    'signPayment(, value)': (value) => api.signPayment('k', value, 'd'),
    'signPayment(,, value)': (value) => api.signPayment('k', 'u', value),
    'new MessagePush(value)': (value) => new api.MessagePush(value),
    'push.verify(value)': (value) => push().verify(value),
    'push.verify.call(value)': (value) => push().verify.call(value, query),
    'push.decrypt(value)': (value) => push().decrypt(value, secure),
    'push.decrypt(, value)': (value) => push().decrypt(encrypt, value),
    'push.encrypt(value)': (value) => push().encrypt(value, options),
    'push.encrypt(, value)': (value) => push().encrypt('', value),
  });
  for (const field of Object.keys(config)) places[`config.${field}`] = (value) => new api.MessagePush({ ...config, [field]: value });
  for (const field of ['signature', 'timestamp', 'nonce']) places[`verify: query.${field}`] = (value) => push().verify({ ...query, [field]: value });
  for (const field of ['msg_signature', 'timestamp', 'nonce']) places[`decrypt: query.${field}`] = (value) => push().decrypt(encrypt, { ...secure, [field]: value });
  for (const field of Object.keys(options)) places[`encrypt: options.${field}`] = (value) => push().encrypt('', { ...options, [field]: value });

  const channelKey = fixtures.channel[0];
  const key = { encryptKey: channelKey.encryptKey, version: channelKey.version };
  const sealing = (more) => ({ key, context: 'x', random: new Uint8Array(12), ...more });
  const opening = (more) => ({ key, context: channelKey.context, ...more });
  Object.assign(places, {
    'sealChannel(value)': (value) => api.sealChannel(value, sealing()),
    'sealChannel(, value)': (value) => api.sealChannel('x', value),
    'openChannel(value)': (value) => api.openChannel(value, opening()),
    'openChannel(, value)': (value) => api.openChannel(channelKey.sealed, value),
    'openChannel: options.key[]': (value) => api.openChannel(channelKey.sealed, opening({ key: [key, value, key] })),
  });
  for (const field of ['key', 'context', 'random']) {
    places[`sealChannel: options.${field}`] = (value) => api.sealChannel('x', sealing({ [field]: value }));
    places[`openChannel: options.${field}`] = (value) => api.openChannel(channelKey.sealed, opening({ [field]: value }));
  }
  for (const field of ['encryptKey', 'version']) {
    places[`sealChannel: options.key.${field}`] = (value) => api.sealChannel('x', sealing({ key: { ...key, [field]: value } }));
    places[`openChannel: options.key.${field}`] = (value) => api.openChannel(channelKey.sealed, opening({ key: [{ ...key, [field]: value }, key] }));
  }

  function checkError(error, what) {
    assert.ok(error instanceof api.OpenDataError, `${what}: ${error && error.stack ? error.stack : typeof error}`);
    assert.ok(errorCodes.includes(error.code), `${what}: code ${error.code}`);
    const logged = `${error.message}${error.stack}${JSON.stringify(error)}`;
    assert.ok(!logged.includes('sesame-secret') && !logged.includes(sessionKey) && !logged.includes(key.encryptKey), `${what}: what was thrown stays out`);
  }

  let endless = false;
  const values = hostileValues(() => {
    endless = true;
    throw new Error('sesame-secret');
  });
  for (const place of Object.keys(places)) {
    test(place, () => {
      for (const name of Object.keys(values)) {
        const what = `${place}, ${name}`;
        let result;
        endless = false;
        try {
          result = places[place](values[name]());
        } catch (error) {
          checkError(error, what);
        }
        assert.ok(!endless, `${what}: read without end`);
        if (place.startsWith('decryptMany(') && Array.isArray(result)) {
          for (const one of result) if (one.status === 'rejected') checkError(one.reason, what);
        }
        if (place.startsWith('record.') || place === 'decryptMany([value])') {
          assert.equal(result[result.length - 1].status, 'fulfilled', `${what}: the record after it`);
        }
        stillWorks();
      }
    });
  }

  test('no arguments at all', () => {
    const names = Object.keys(api).filter((name) => typeof api[name] === 'function' && name !== 'init' && name !== 'OpenDataError');
    assert.ok(names.length >= 12, 'all functions');
    for (const name of names) {
      const call = name === 'MessagePush' ? () => new api.MessagePush() : () => api[name]();
      assert.refuses(api, call, { code: 'INVALID_ARGUMENT', reason: 'MISSING' }, name);
    }
  });

  test('getters that call the package again', () => {
    const again = () => {
      stillWorks();
      assert.refuses(api, () => api.decrypt(payload(fixture), full({ sessionKey: fixtures.keys.stale })), { code: 'DECRYPT_FAILED' });
      api.decryptMany([record(), record({ iv: 'x'.repeat(100000) })], policy());
      api.diagnose(payload(fixture), full({ sessionKey: fixtures.keys.stale }));
    };
    const around = (object) =>
      Object.defineProperties({}, Object.fromEntries(Object.keys(object).map((key) => [key, { enumerable: true, get: () => (again(), object[key]) }])));
    const expected = JSON.parse(fixture.plaintext);
    assert.same(api.decrypt(around(payload(fixture)), around(full())), expected);
    const [result] = api.decryptMany([around(record())], around(policy()));
    assert.same(result.value, expected);
    assert.same(api.readCloudData(around({ data: around({ watermark: stamp }) }), around(policy())), { watermark: stamp });
    assert.equal(api.diagnose(around(payload(fixture)), around(full())).ok, true);
  });

  test('every field is read once, so that it cannot be one thing when checked and another when used', () => {
    const reads = {};
    const counting = (object, prefix) =>
      Object.defineProperties({}, Object.fromEntries(Object.keys(object).map((key) => [key, { enumerable: true, get: () => {
        reads[prefix + key] = (reads[prefix + key] || 0) + 1;
        return object[key];
      } }])));
    const fullPolicy = full({ strict: false, maxAge: 1e9, clockSkew: 1, watermark: 'required' });
    api.decrypt(counting(payload(fixture), 'payload.'), counting(fullPolicy, 'policy.'));
    for (const key of Object.keys(reads)) assert.equal(reads[key], 1, key);
    assert.equal(Object.keys(reads).length, 9, 'number of fields read');
  });

  test('a list whose length grows while it is read is read to its first length', () => {
    let length = 1;
    let items = 0;
    const growing = new Proxy([], {
      get(target, key) {
        if (key === 'length') return length++;
        if (++items > 5000) throw new Error('still reading');
        return sessionKey;
      },
    });
    assert.same(api.decrypt(payload(fixture), full({ sessionKey: growing })), JSON.parse(fixture.plaintext));
    assert.ok(items <= 2, `${items} items read`);
    // The same by a length that is compared anew each time.
    let asked = 0;
    items = 0;
    const evasive = { valueOf: () => (asked++ === 0 ? 1 : Infinity) };
    const endless = new Proxy([], {
      get(target, key) {
        if (key === 'length') return evasive;
        if (++items > 5000) throw new Error('still reading');
        return sessionKey;
      },
    });
    for (const call of [() => api.decrypt(payload(fixture), full({ sessionKey: endless })), () => api.decryptMany(endless, policy())]) {
      items = 0;
      asked = 0;
      try {
        call();
      } catch (error) {
        checkError(error, 'endless list');
      }
      assert.ok(items <= 1001, `${items} items read`);
    }
    stillWorks();
  });

  test('the official vector was left alone', () => {
    assert.same(api.decrypt(official, { appid: official.appid, sessionKey: official.sessionKey }), JSON.parse(official.plaintext));
  });
}
