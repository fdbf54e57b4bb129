// node:crypto as oracle: the package agrees with an independent model of itself, payload by payload.

import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { test } from 'node:test';

import fc from 'fast-check';

import { APPID, OTHER_APPID, TIMESTAMP, makeFixtures, seal } from '../fixtures.mjs';
import { requireInstalled } from '../support/installed.mjs';
import { Refusal, modelDecrypt } from '../support/model.mjs';
import { seeded } from '../support/prng.mjs';

const api = requireInstalled('weapp-opendata');

const attempt = (run, Class) => {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof Class)) throw error;
    return { code: error.code };
  }
};

/** Runs both, demands the same outcome, and returns it. */
function agree(payload, policy) {
  const expected = attempt(() => modelDecrypt(payload, policy), Refusal);
  const actual = attempt(() => api.decrypt(payload, policy), api.OpenDataError);
  assert.deepStrictEqual(actual, expected, JSON.stringify({ payload, policy }));
  return actual;
}

const ALPHABETS = [
  'abcdefghijklmnopqrstuvwxyz0123456789', '张三李四王五赵六的一是不了人我在有他这为之大来以个中上们',
  '😀🎉👨‍👩‍👧‍👦🇨🇳🏳️‍🌈❤️👍🏽', '"\\/\b\f\n\r\t\u0000\u001f', 'éßñøÅ\u2028\u2029\ufeff\u00a0', '{}[],:"watermark',
].map((text) => Array.from(text));

function randomText(random, bytes) {
  const alphabet = random.pick(ALPHABETS);
  let text = '';
  for (let length = 0; length < bytes; ) {
    const character = random.pick(alphabet);
    text += character;
    length += Buffer.byteLength(character);
  }
  return text;
}

/** JSON text of about this many bytes, now and then with a watermark that is not as it should be. */
function randomJson(random, size) {
  const object = {};
  const stamp = { timestamp: TIMESTAMP - random.below(1000), appid: random.below(12) ? APPID : OTHER_APPID };
  if (size > 70 && random.below(10)) object.watermark = random.below(20) ? stamp : random.pick([null, 7, [], {}, 'x', { ...stamp, timestamp: 1.7e12 }]);
  const room = Math.max(0, size - Buffer.byteLength(JSON.stringify(object)) - 4);
  const fields = 1 + random.below(4);
  for (let i = 0; i < fields && room > 0; i++) {
    const key = random.pick(['nickName', 'openId', '昵称', '👍', 'a', randomText(random, 4)]);
    if (key !== 'watermark') object[key] = random.pick([randomText(random, room / fields), random.u32(), random.u32() / 1e5, true, null, [randomText(random, room / fields)]]);
  }
  return JSON.stringify(object, null, random.below(4) ? 0 : 1);
}

function randomPayload(random, size) {
  return seal(randomJson(random, size), random.bytes(16), random.bytes(16));
}

const randomPolicy = (random, sessionKey) => ({
  sessionKey,
  appid: random.pick([APPID, APPID, [OTHER_APPID, APPID], null, OTHER_APPID]),
  now: TIMESTAMP + random.below(600),
  maxAge: random.pick([undefined, undefined, 1200, 300]),
  clockSkew: random.pick([undefined, 0]),
  watermark: random.pick(['required', 'optional']),
  strict: random.below(2) === 1,
});

test('12,000 random payloads of 1 to 2,000 bytes agree', () => {
  const random = seeded(1);
  const sizes = new Set();
  const count = { all: 0, opened: 0, refused: 0, many: 0 };
  for (let round = 0; round < 12000; round++) {
    const size = 1 + random.below(2000);
    const payload = randomPayload(random, size);
    sizes.add(Math.ceil(Buffer.byteLength(payload.plaintext) / 16));
    const policy = randomPolicy(random, payload.sessionKey);
    const outcome = agree(payload, policy);
    count.all++;
    if ('value' in outcome) {
      count.opened++;
      assert.deepStrictEqual(outcome.value, JSON.parse(payload.plaintext));
    } else count.refused++;
  }
  assert.equal(count.all, 12000);
  assert.ok(count.opened > 6000 && count.refused > 1000, JSON.stringify(count));
  assert.ok(sizes.size > 100, `${sizes.size} numbers of blocks`);
});

test('plaintexts of every length from 0 to 2,000 bytes agree', () => {
  const random = seeded(2);
  const key = random.bytes(16);
  let objects = 0;
  for (let length = 0; length <= 2000; length++) {
    const text = length < 8 ? '{}      '.slice(0, length) : `{"a":"${'x'.repeat(length - 8)}"}`;
    const payload = seal(text, key, random.bytes(16));
    const outcome = agree(payload, { sessionKey: payload.sessionKey, appid: null, now: TIMESTAMP, watermark: 'optional', strict: true });
    if ('value' in outcome) objects++;
  }
  assert.equal(objects, 1999);
});

test('batches agree', () => {
  const random = seeded(3);
  let records = 0;
  for (let round = 0; round < 60; round++) {
    const policy = { ...randomPolicy(random), sessionKey: undefined };
    const payloads = Array.from({ length: random.below(50) }, () => randomPayload(random, 1 + random.below(500)));
    const results = api.decryptMany(payloads, policy);
    assert.equal(results.length, payloads.length);
    payloads.forEach((payload, i) => {
      const expected = attempt(() => modelDecrypt(payload, { ...policy, sessionKey: payload.sessionKey }), Refusal);
      const { status, value, reason } = results[i];
      assert.deepStrictEqual(status === 'fulfilled' ? { value } : { code: reason.code }, expected);
      records++;
    });
  }
  assert.ok(records > 1000, `${records} records`);
});

const TEXT_MUTATIONS = [
  (random, text, at) => text.slice(0, at) + text.slice(at + 1),
  (random, text, at) => text.slice(0, at) + random.pick([...'AZaz09+/=-_ \n\t%!é\u0000']) + text.slice(at),
  (random, text, at) => text.slice(0, at) + random.pick([...'ABCDEFGHIJKLMNOPabcdefgh0123456789+/=-_ \n%']) + text.slice(at + 1),
  (random, text, at) => text.slice(0, at),
  (random, text, at) => text.slice(at),
  (random, text, at) => text.slice(at) + text.slice(0, at),
  (random, text, at) => `${text.slice(0, at)}${random.pick(['\r\n', ' \n ', '  ', ' ', '\t', '%20', '%0A', '%2', '%%'])}${text.slice(at)}`,
  (random, text) => text.replaceAll('+', ' '),
  (random, text) => text.replaceAll('+', ' ').trim(),
  (random, text) => text.replace(/=+$/, ''),
  (random, text) => text.replaceAll('+', '-').replaceAll('/', '_'),
  (random, text) => encodeURIComponent(text),
  (random, text) => text + random.pick(['=', '==', ' ', '  ', '\n', 'AAAA', '\u0000']),
  (random, text) => random.pick([' ', '  ', '\n', '+', '=', '%20']) + text,
  (random, text) => text.toLowerCase(),
  () => '',
];

const BYTE_MUTATIONS = [
  (random, bytes, at) => bytes.map((byte, i) => (i === at ? byte ^ (1 << random.below(8)) : byte)),
  (random, bytes, at) => bytes.map((byte, i) => (i === at ? random.below(256) : byte)),
  (random, bytes) => Buffer.concat([bytes.subarray(0, -16), Buffer.from(random.bytes(16))]),
  (random, bytes) => bytes.subarray(0, Math.max(16, bytes.length - 16)),
  (random, bytes) => bytes.subarray(bytes.length > 16 ? 16 : 0),
  (random, bytes) => Buffer.concat([bytes.subarray(-16), bytes]),
  (random, bytes) => Buffer.concat([bytes, bytes]),
  (random, bytes) => Buffer.from(bytes).reverse(),
  (random, bytes, at) => bytes.subarray(0, at),
];

test('24,000 mutants never yield a wrong object: what the model refuses is refused, with the same code', () => {
  const random = seeded(4);
  const count = { mutants: 0, opened: 0, refused: 0, changed: 0 };
  const codes = new Set();
  while (count.mutants < 24000) {
    const payload = randomPayload(random, 80 + random.below(200));
    const original = JSON.stringify(JSON.parse(payload.plaintext));
    const texts = { encryptedData: payload.encryptedData, iv: payload.iv, sessionKey: payload.sessionKey };
    const mutations = random.below(4) ? 1 : 2;
    for (let i = 0; i < mutations; i++) {
      const field = random.pick(['encryptedData', 'encryptedData', 'iv', 'sessionKey']);
      if (random.below(2)) texts[field] = random.pick(TEXT_MUTATIONS)(random, texts[field], random.below(texts[field].length + 1));
      else {
        const bytes = Buffer.from(texts[field], 'base64');
        texts[field] = Buffer.from(random.pick(BYTE_MUTATIONS)(random, bytes, random.below(bytes.length + 1))).toString('base64');
      }
    }
    const policy = { ...randomPolicy(random, texts.sessionKey), appid: random.pick([APPID, null]) };
    const outcome = agree(texts, policy);
    count.mutants++;
    if ('code' in outcome) {
      count.refused++;
      codes.add(outcome.code);
    } else {
      count.opened++;
      if (JSON.stringify(outcome.value) !== original) count.changed++;
    }
  }
  // Some mutations are repairable damage, and flipping bits of the iv changes text without breaking it: CBC authenticates
  // nothing. The model says the same of each of these, or the comparison above would have failed.
  console.log(`bad inputs: ${count.mutants} mutants of payloads, ${count.refused} refused and ${count.opened} opened as the model does`);
  assert.equal(count.mutants, 24000);
  assert.ok(count.opened > 1000 && count.refused > 12000 && count.changed < 2400, JSON.stringify(count));
  const expected = [
    'APPID_MISMATCH', 'DECRYPT_FAILED', 'ILLEGAL_BASE64', 'ILLEGAL_BUFFER', 'ILLEGAL_IV', 'ILLEGAL_SESSION_KEY', 'WATERMARK_EXPIRED',
    'WATERMARK_MISSING',
  ];
  for (const code of expected) assert.ok(codes.has(code), code);
});

test('tampering with a known payload: every single bit of iv and ciphertext', () => {
  const random = seeded(5);
  const payload = seal(`{"phoneNumber":"13000000000","watermark":{"timestamp":${TIMESTAMP},"appid":"${APPID}"}}`, random.bytes(16), random.bytes(16));
  const policy = { sessionKey: payload.sessionKey, appid: APPID, now: TIMESTAMP, strict: true };
  let mutants = 0;
  for (const field of ['iv', 'encryptedData']) {
    const bytes = Buffer.from(payload[field], 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      agree({ ...payload, [field]: flipped.toString('base64') }, policy);
      mutants++;
    }
  }
  assert.equal(mutants, 128 + Buffer.from(payload.encryptedData, 'base64').length * 8);
});

test('the fixtures agree', () => {
  const fixtures = makeFixtures();
  const groups = [fixtures.watermarks, fixtures.respelled, fixtures.wrongShapes, fixtures.notObjects, fixtures.oddObjects, fixtures.notUtf8, fixtures.badPadding];
  for (const fixture of groups.flatMap((group) => Object.values(group))) {
    for (const appid of [APPID, null]) {
      for (const watermark of ['required', 'optional']) agree(fixture, { sessionKey: fixture.sessionKey, appid, watermark, now: TIMESTAMP });
    }
  }
});

test('property: any JSON object goes through unchanged', () => {
  const key = seeded(6).bytes(16);
  const json = fc.dictionary(fc.string({ unit: 'grapheme' }).filter((name) => name !== 'watermark'), fc.jsonValue());
  fc.assert(
    fc.property(json, fc.uint8Array({ minLength: 16, maxLength: 16 }), (object, iv) => {
      const text = JSON.stringify({ ...object, watermark: { appid: APPID, timestamp: TIMESTAMP } });
      const payload = seal(text, key, iv);
      assert.deepStrictEqual(api.decrypt(payload, { sessionKey: payload.sessionKey, appid: APPID, strict: true }), JSON.parse(text));
    }),
    { seed: 42, numRuns: 1000 },
  );
});

test('property: any text at all in any of the three places gets the outcome that the model gives', () => {
  const payload = randomPayload(seeded(7), 150);
  const soup = fc.string({ unit: fc.constantFrom(...'AZaz09+/=-_ \n\t%2Bé!'), maxLength: 90 });
  const any = fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 40 }), fc.base64String({ maxLength: 90 }));
  const texts = fc.record({
    encryptedData: fc.oneof(fc.constant(payload.encryptedData), any),
    iv: fc.oneof(fc.constant(payload.iv), any),
    sessionKey: fc.oneof(fc.constant(payload.sessionKey), any),
    strict: fc.boolean(),
  });
  fc.assert(
    fc.property(texts, ({ sessionKey, strict, ...rest }) => {
      agree(rest, { sessionKey, strict, appid: null, now: TIMESTAMP, watermark: 'optional' });
    }),
    { seed: 43, numRuns: 5000 },
  );
});

/** The channel's format, as index.d.ts documents it, by node:crypto. */
const channel = {
  header(version) {
    const header = Buffer.from([1, 0, 0, 0, 0]);
    header.writeUInt32BE(version, 1);
    return header;
  },
  seal(message, { encryptKey, version }, context, nonce) {
    const header = channel.header(version);
    const cipher = createCipheriv('aes-128-gcm', Buffer.from(encryptKey, 'base64'), nonce);
    cipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
    return Buffer.concat([header, nonce, cipher.update(message, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
  },
  open(sealed, { encryptKey, version }, context) {
    const bytes = Buffer.from(sealed, 'base64url');
    assert.deepEqual(bytes.subarray(0, 5), channel.header(version));
    const decipher = createDecipheriv('aes-128-gcm', Buffer.from(encryptKey, 'base64'), bytes.subarray(5, 17), { authTagLength: 16 });
    decipher.setAAD(Buffer.concat([bytes.subarray(0, 5), Buffer.from(context)]));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(17, -16)), decipher.final()]).toString('utf8');
  },
};

test('10,000 random messages are sealed and opened by one and the other', () => {
  const random = seeded(20);
  const lengths = new Set();
  let refused = 0;
  for (let round = 0; round < 10000; round++) {
    const key = { encryptKey: Buffer.from(random.bytes(16)).toString('base64'), version: random.pick([random.u32(), random.below(20)]) };
    const context = randomText(random, random.below(60));
    const message = randomText(random, random.pick([0, 1, 15, 16, 17, random.below(300), random.below(3000)]));
    const nonce = random.bytes(12);
    const sealed = api.sealChannel(message, { key, context, random: nonce });
    assert.equal(sealed, channel.seal(message, key, context, nonce));
    assert.equal(api.openChannel(channel.seal(message, key, context, nonce), { key, context }), message);
    // With bytes of the package's own choice.
    assert.equal(channel.open(api.sealChannel(message, { key, context }), key, context), message);
    lengths.add(Buffer.byteLength(message));
    // Any change makes both refuse.
    const bytes = Buffer.from(sealed, 'base64url');
    bytes[5 + random.below(bytes.length - 5)] ^= 1 << random.below(8);
    const changed = bytes.toString('base64url');
    assert.throws(() => channel.open(changed, key, context), /authenticate/);
    assert.throws(() => api.openChannel(changed, { key, context }), ({ code, reason }) => code === 'DECRYPT_FAILED' && reason === undefined);
    refused++;
  }
  assert.ok(lengths.size > 1000 && refused === 10000, `${lengths.size} lengths`);
});
