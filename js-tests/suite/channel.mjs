// The authenticated channel: what is sealed opens, by the format that is documented, and nothing else does.

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** base64url by hand: some hosts have none. */
function bytesOf(text) {
  const bytes = [];
  let bits = 0;
  let count = 0;
  for (const digit of text) {
    bits = ((bits << 6) | DIGITS.indexOf(digit)) & 0xffff;
    count += 6;
    if (count >= 8) bytes.push((bits >> (count -= 8)) & 0xff);
  }
  return bytes;
}

function textOf(bytes) {
  let text = '';
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    count += 8;
    while (count >= 6) text += DIGITS[(bits >> (count -= 6)) & 63];
  }
  return count > 0 ? text + DIGITS[(bits << (6 - count)) & 63] : text;
}

const bytesOfHex = (hex) => new Uint8Array(hex.match(/../g).map((pair) => parseInt(pair, 16)));

export default function (api, { test, assert, fixtures, stillWorks }) {
  const vectors = fixtures.channel;
  const request = vectors.find(({ id }) => id === 'request');
  const keyOf = ({ encryptKey, version }) => ({ encryptKey, version });
  const seal = (vector, more) =>
    api.sealChannel(vector.message, { key: keyOf(vector), context: vector.context, random: bytesOfHex(vector.random), ...more });
  const open = (vector, sealed = vector.sealed, more) => api.openChannel(sealed, { key: keyOf(vector), context: vector.context, ...more });
  const failed = { code: 'DECRYPT_FAILED', reason: undefined, errcode: -41003, message: 'sealed: does not open with the given key and context' };
  const refused = (run, expected, what) => assert.refuses(api, run, expected, what);

  for (const vector of vectors) {
    test(`${vector.id}: sealed and opened as another implementation does`, () => {
      assert.equal(seal(vector), vector.sealed, 'sealed');
      assert.equal(open(vector), vector.message, 'opened');
    });
  }

  test('every byte that is changed is noticed, under the code that belongs to it', () => {
    for (const vector of vectors) {
      const bytes = bytesOf(vector.sealed);
      assert.equal(textOf(bytes), vector.sealed, 'base64url of the test itself');
      for (let at = 0; at < bytes.length; at++) {
        for (const change of [1, 0x80, 0xff]) {
          const changed = bytes.slice();
          changed[at] ^= change;
          const run = () => open(vector, textOf(changed));
          const what = `${vector.id}, byte ${at} ^ ${change}`;
          if (at === 0) refused(run, { code: 'ILLEGAL_BUFFER', reason: 'FORMAT_VERSION', errcode: -41003 }, what);
          else if (at < 5) refused(run, { code: 'DECRYPT_FAILED', reason: 'KEY_VERSION', errcode: -41003 }, what);
          else refused(run, failed, what);
          if (at > 0 && at < 5) {
            // The key under the number that now stands there.
            const version = changed.slice(1, 5).reduce((number, byte) => number * 256 + byte, 0);
            refused(() => open(vector, textOf(changed), { key: { encryptKey: vector.encryptKey, version } }), failed, what);
          }
        }
      }
    }
  });

  test('every text cut short or grown is refused', () => {
    const bytes = bytesOf(request.sealed);
    for (let length = 0; length < bytes.length; length++) {
      const run = () => open(request, textOf(bytes.slice(0, length)));
      refused(run, length < 33 ? { code: 'ILLEGAL_BUFFER', reason: 'WRONG_LENGTH' } : failed, `${length} bytes`);
    }
    for (const more of [[0], [1, 2, 3], Array(100).fill(7)]) refused(() => open(request, textOf(bytes.concat(more))), failed, `${more.length} more`);
    for (const text of ['=', '==', ' ', '\n', 'A', '+', '/', '%3D']) {
      const spoilt = request.sealed.slice(0, 44) + text;
      refused(() => open(request, spoilt), { code: 'ILLEGAL_BASE64', reason: 'NOT_BASE64URL', errcode: -41004 }, JSON.stringify(text));
    }
  });

  test('another context, of a direction, a path, a user, opens nothing', () => {
    for (const context of ['', 'answer POST /orders oExampleOpenid', 'POST /orders oExampleOpenix', 'POST /order soExampleOpenid', `${request.context} `, `\u0000${request.context}`]) {
      refused(() => open(request, request.sealed, { context }), failed, JSON.stringify(context));
    }
    const sealed = seal(request, { context: '' });
    assert.equal(open(request, sealed, { context: '' }), request.message);
    refused(() => open(request, sealed), failed, 'sealed without a context');
  });

  test('the key is the one whose version the text names', () => {
    const keys = vectors.map(({ encryptKey }, index) => ({ encryptKey, version: index, iv: '6003f73ec441c386', expireTime: 7 }));
    for (const key of keys) {
      const sealed = seal(request, { key });
      for (const list of [key, [key], keys, keys.slice().reverse()]) assert.equal(open(request, sealed, { key: list }), request.message);
      const others = keys.filter((other) => other !== key);
      const error = refused(() => open(request, sealed, { key: others }), { code: 'DECRYPT_FAILED', reason: 'KEY_VERSION', message: `sealed: no key of version ${key.version} was given` });
      assert.ok(/getUserEncryptKey/.test(error.hint), error.hint);
      refused(() => open(request, sealed, { key: { encryptKey: keys[(key.version + 1) % keys.length].encryptKey, version: key.version } }), failed);
    }
    // No key is used before all of them are right.
    const spoilt = [keyOf(request), { encryptKey: 'AAAA', version: 1 }];
    refused(() => open(request, request.sealed, { key: spoilt }), { code: 'INVALID_ARGUMENT', message: 'options.key.encryptKey: expected base64 of 16 bytes' });
  });

  test('text of every kind comes back as it was', () => {
    for (const text of ['', 'x', '\u0000', '\ufeffx', 'é', '中', '😀', '\u{10ffff}', 'a'.repeat(15), 'a'.repeat(16), 'a'.repeat(17), '中😀é'.repeat(3000)]) {
      const vector = { ...request, message: text, context: text };
      assert.equal(open(vector, seal(vector)), text);
    }
    // Half of a pair by itself is no text: U+FFFD stands for it, here as wherever UTF-8 is made.
    const vector = { ...request, message: 'a\ud800b', context: '\udc00' };
    assert.equal(open({ ...vector, context: '\ufffd' }, seal(vector)), 'a\ufffdb');
  });

  test('limits hold both ways', () => {
    for (const message of ['x'.repeat(786399), '中'.repeat(262133)]) {
      const sealed = seal({ ...request, message });
      assert.equal(sealed.length, 1048576);
      assert.ok(open(request, sealed) === message, 'the longest message');
      refused(() => open(request, `${sealed}A`), { code: 'ILLEGAL_BUFFER', reason: 'TOO_LONG', message: 'sealed: expected at most 1048576 characters, found a longer text' });
    }
    const tooLong = { code: 'INVALID_ARGUMENT', reason: 'TOO_LONG' };
    for (const message of ['x'.repeat(786400), '中'.repeat(262134), 'x'.repeat(1048577)]) {
      refused(() => seal({ ...request, message }), { ...tooLong, message: 'message: expected at most 786399 bytes of UTF-8, found a longer text' });
    }
    const context = 'x'.repeat(1048576);
    assert.equal(open({ ...request, context }, seal({ ...request, context })), request.message);
    for (const run of [() => seal({ ...request, context: `${context}x` }), () => open({ ...request, context: '中'.repeat(349526) })]) {
      refused(run, { ...tooLong, message: 'options.context: expected at most 1048576 bytes of UTF-8, found a longer text' });
    }
  });

  test('without random bytes: those of the host’s generator, or the caller is asked for them', () => {
    const run = () => seal(request, { random: undefined });
    let first;
    try {
      first = run();
    } catch (_) {
      // Only a host without a generator may ask for random bytes.
      assert.ok(typeof crypto === 'undefined', 'this host has a generator');
      const error = refused(run, { code: 'INVALID_ARGUMENT', reason: 'MISSING', message: 'options.random: expected a Uint8Array of 12 bytes, found nothing' });
      assert.ok(/wx\.getRandomValues/.test(error.hint), error.hint);
      return;
    }
    assert.equal(open(request, first), request.message);
    const nonces = new Set();
    for (let i = 0; i < 200; i++) {
      const sealed = run();
      assert.equal(open(request, sealed), request.message);
      nonces.add(bytesOf(sealed).slice(5, 17).join());
    }
    assert.equal(nonces.size, 200, 'different nonces');
  });

  test('every field is read once, and getters may call the package again', () => {
    let reads = [];
    const counting = (object, prefix) =>
      Object.defineProperties({}, Object.fromEntries(Object.keys(object).map((key) => [key, { enumerable: true, get: () => {
        stillWorks();
        open(request);
        reads.push(prefix + key);
        return object[key];
      } }])));
    const key = counting(keyOf(request), 'key.');
    const sealed = api.sealChannel(request.message, counting({ random: bytesOfHex(request.random), context: request.context, key }, ''));
    assert.equal(sealed, request.sealed);
    assert.same(reads.sort(), ['context', 'key', 'key.encryptKey', 'key.version', 'random']);
    reads = [];
    assert.equal(api.openChannel(sealed, counting({ context: request.context, key: [key] }, '')), request.message);
    assert.same(reads.sort(), ['context', 'key', 'key.encryptKey', 'key.version']);
  });
}
