// Work grows with the text, not with its square. The bounds are generous: what is quadratic takes minutes here.

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';

import { makeFixtures, pushSignature, seal } from '../fixtures.mjs';
import { freshInstance } from '../support/instances.mjs';
import { requireInstalled } from '../support/installed.mjs';

const api = requireInstalled('weapp-opendata');
const fixtures = makeFixtures();
const fixture = fixtures.watermarks.valid;
const push = new api.MessagePush(fixtures.push.config);
const reply = { timestamp: 5, nonce: 'n', random: new Uint8Array(16) };
const policy = { sessionKey: fixture.sessionKey, appid: null, watermark: 'optional' };
const LIMIT = 1048576;

const fill = (unit) => (length) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
const TEXTS = {
  'canonical': fill('AAAA'),
  'line breaks': fill('A\n'),
  'spaces': fill('A '),
  'spaces only': fill(' '),
  'spaces, then a line break': (length) => `${' '.repeat(length - 1)}\n`,
  'spaces at both ends': (length) => `${' '.repeat(length / 2 - 4)}AAAAAAAA${' '.repeat(length / 2 - 4)}`,
  'runs of spaces with a break each': fill(`A${' '.repeat(60)}\n`),
  'percent signs': fill('%'),
  'percent-encoded': fill('%41'),
  'three layers of percent-encoding': fill('%252541'),
  'percent-encoded line breaks': fill('%0A'),
  'URL-safe': fill('-_'),
  'padding': fill('='),
  'foreign character at the end': (length) => `${'A'.repeat(length - 1)}!`,
  'wide characters': fill('中'),
};

function time(run) {
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

const attempt = (run) => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof api.OpenDataError)) throw error;
  }
};

const CALLS = {
  'encryptedData': (text) => api.decrypt({ encryptedData: text, iv: fixture.iv }, policy),
  'iv': (text) => api.decrypt({ encryptedData: fixture.encryptedData, iv: text }, policy),
  'sessionKey': (text) => api.decrypt(fixture, { ...policy, sessionKey: text }),
  'eight keys': (text) => api.decrypt({ encryptedData: text, iv: fixture.iv }, { ...policy, sessionKey: Array(8).fill(fixture.sessionKey) }),
  'rawData': (text) => api.verifySignature({ rawData: text, signature: '' }, fixture),
  'data': (text) => api.signWithSessionKey(fixture.sessionKey, text),
  'appKey': (text) => api.signPayment(text, 'u', 'd'),
  'encrypt, rightly signed': (text) =>
    push.decrypt(text, { timestamp: '5', nonce: 'n', msg_signature: pushSignature(fixtures.push.config.token, '5', 'n', text) }),
  'nonce': (text) => push.verify({ timestamp: '5', nonce: text, signature: '' }),
  'message': (text) => push.encrypt(text.slice(0, 700000), reply),
  'timestamp': (text) => push.encrypt('', { ...reply, timestamp: text }),
  'token': (text) => new api.MessagePush({ ...fixtures.push.config, token: text }),
  'diagnose': (text) => api.diagnose({ encryptedData: text, iv: fixture.iv }, policy),
};

test('sealing and opening take time by the length', () => {
  const key = { encryptKey: fixture.sessionKey, version: 1 };
  const took = [1 / 4, 1 / 2, 1].map((part) => {
    const message = 'x'.repeat(786399 * part);
    const context = 'x'.repeat(LIMIT * part);
    let sealed;
    const sealing = time(() => (sealed = api.sealChannel(message, { key, context, random: new Uint8Array(12) })));
    return sealing + time(() => assert.equal(api.openChannel(sealed, { key, context }).length, message.length));
  });
  assert.ok(took[2] < 1000, `${took} ms`);
  for (const i of [1, 2]) assert.ok(took[i] <= 3 * took[i - 1] + 5, `${took} ms`);
});

for (const [kind, make] of Object.entries(TEXTS)) {
  test(`1 MiB of ${kind}`, () => {
    for (const [name, call] of Object.entries(CALLS)) {
      const took = [LIMIT / 4, LIMIT / 2, LIMIT].map((length) => {
        const text = make(length);
        assert.equal(text.length, length);
        return time(() => attempt(() => call(text)));
      });
      assert.ok(took[2] < 1000, `${name}: ${took} ms`);
      // Twice the text takes about twice the time; below a few milliseconds the clock and the collector have the say.
      for (const i of [1, 2]) assert.ok(took[i] <= 3 * took[i - 1] + 5, `${name}: ${took} ms`);
    }
  });
}

test('cost per byte does not grow from 1 KB to 1 MB', () => {
  const perByte = [1024, 16384, 262144, LIMIT].map((length) => {
    const text = 'A'.repeat(length);
    const rounds = LIMIT / length;
    return time(() => {
      for (let i = 0; i < rounds; i++) attempt(() => CALLS.encryptedData(text));
    });
  });
  // Each took a mebibyte of text in all. The first has the cost of 1,024 calls and errors on top.
  for (const took of perByte.slice(1)) assert.ok(took <= 3 * perByte[0] + 5, `${perByte} ms`);
});

test('JSON of 768 KiB, nested or not, is read in linear time', () => {
  // Refused for its watermark, so that the host's JSON.parse, which is not ours to judge, is not part of the measurement.
  const key = Buffer.alloc(16, 1);
  const refusing = { sessionKey: key.toString('base64'), appid: 'wx0000000000000000' };
  // As base64, the longest is as long as a text may be.
  const longest = (LIMIT / 4) * 3 - 16;
  for (const make of [
    (length) => `{"a":${'['.repeat(length / 2 - 4)}${']'.repeat(length / 2 - 4)}}`,
    (length) => `{"a":"${'\\u4e2d'.repeat(length / 6 - 4)}"}`,
    (length) => `{${'"watermark":{},'.repeat(length / 15 - 4)}"a":1}`,
    (length) => `{"watermark":{${'"appid":"x",'.repeat(length / 12 - 8)}"timestamp":1}}`,
    (length) => `{"a":${'1'.repeat(length - 10)}}`,
  ]) {
    const took = [longest / 4, longest / 2, longest].map((length) => {
      const json = make(length);
      assert.doesNotThrow(() => JSON.parse(json));
      assert.ok(json.length <= length && json.length > length - 200, `${json.length} characters`);
      const payload = seal(json, key, Buffer.alloc(16));
      assert.throws(() => api.decrypt(payload, refusing), (error) => error.code === 'APPID_MISMATCH' || error.code === 'WATERMARK_MISSING');
      return time(() => attempt(() => api.decrypt(payload, refusing)));
    });
    assert.ok(took[2] < 1000, `${took} ms`);
    for (const i of [1, 2]) assert.ok(took[i] <= 3 * took[i - 1] + 5, `${took} ms`);
  }
});

test('text over 1,048,576 characters is refused without being copied', () => {
  const { api: fresh, memory } = freshInstance();
  fresh.decrypt(fixture, policy);
  const before = memory.buffer.byteLength;
  for (const length of [LIMIT + 1, 1 << 28]) {
    const text = 'A'.repeat(length);
    for (const texts of [{ encryptedData: text, iv: fixture.iv }, { encryptedData: fixture.encryptedData, iv: text }]) {
      assert.throws(() => fresh.decrypt(texts, policy), { reason: 'TOO_LONG' });
    }
    assert.throws(() => fresh.decrypt(fixture, { ...policy, sessionKey: [text] }), { code: 'ILLEGAL_SESSION_KEY', reason: 'TOO_LONG' });
  }
  assert.equal(memory.buffer.byteLength, before);
});

test('a batch crosses into WebAssembly once; large ones in few parts that keep memory small', () => {
  let calls = 0;
  const { api: fresh, memory } = freshInstance({
    exports: (exports) => ({
      ...exports,
      call(...numbers) {
        calls++;
        return exports.call(...numbers);
      },
    }),
  });
  const record = { encryptedData: fixture.encryptedData, iv: fixture.iv, sessionKey: fixture.sessionKey };
  for (const count of [1, 2, 1000, 5000]) {
    calls = 0;
    const results = fresh.decryptMany(Array(count).fill(record), policy);
    assert.ok(results.length === count && results.every(({ status }) => status === 'fulfilled'));
    assert.equal(calls, 1, `${count} records`);
  }
  calls = 0;
  const large = { ...record, encryptedData: 'A'.repeat(LIMIT) };
  assert.equal(fresh.decryptMany(Array(64).fill(large), policy).length, 64);
  assert.ok(calls > 1 && calls < 20, `${calls} calls for 64 MiB of text`);
  assert.ok(memory.buffer.byteLength < 64 << 20, `${memory.buffer.byteLength} bytes of memory`);
});
