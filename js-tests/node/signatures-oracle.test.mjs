// node:crypto as oracle of signatures and message push: 10,000 random cases of each path, from a seed.

import assert from 'node:assert/strict';
import { createDecipheriv, createHmac } from 'node:crypto';
import { test } from 'node:test';
import util from 'node:util';

import { pushEncrypt, pushFrame, pushSignature, sha1 } from '../fixtures.mjs';
import { requireInstalled } from '../support/installed.mjs';
import { seeded } from '../support/prng.mjs';

const api = requireInstalled('weapp-opendata');
const CASES = 10000;

const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest('hex');
const PIECES = ['a', 'Z', '0', '&', ' ', '"', '\\', '\n', '\u0000', 'é', '中', '😀', '{"a":1}', '<xml>', '\ufeff', '\ud800', '\udc00'];
const text = (random, most) => Array.from({ length: random.below(most) }, () => random.pick(PIECES)).join('');
const letters = (random, count) =>
  Array.from({ length: count }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'[random.below(62)]).join('');
/** What any UTF-8 encoder makes of halves of characters. */
const wellFormed = (value) => Buffer.from(value).toString();

test(`sha1 signatures: ${CASES} cases, right, under another key of the list, and with one character changed`, () => {
  const random = seeded(1);
  const outcomes = { true: 0, false: 0 };
  for (let round = 0; round < CASES; round++) {
    const keys = Array.from({ length: 1 + random.below(8) }, () => base64(random.bytes(16)));
    const rawData = text(random, 200);
    const right = sha1(rawData, random.pick(keys));
    const at = random.below(40);
    const signature = random.below(2) ? right : right.slice(0, at) + '0123456789abcdef'[random.below(16)] + right.slice(at + 1);
    const expected = keys.some((key) => sha1(rawData, key) === signature);
    assert.equal(api.verifySignature({ rawData, signature }, { sessionKey: keys }), expected);
    outcomes[expected]++;
  }
  assert.ok(outcomes.true > CASES / 3 && outcomes.false > CASES / 3, util.inspect(outcomes));
});

test(`HMACs under session_key: ${CASES} cases`, () => {
  const random = seeded(2);
  for (let round = 0; round < CASES; round++) {
    const key = base64(random.bytes(16));
    const data = text(random, 150);
    assert.equal(api.signWithSessionKey(key, data), hmac(key, data));
  }
});

test(`HMACs under appKey, of every length: ${CASES} cases`, () => {
  const random = seeded(3);
  for (let round = 0; round < CASES; round++) {
    const [key, uri, data] = [text(random, 120) || 'k', text(random, 30) || 'u', text(random, 150)];
    assert.equal(api.signPayment(key, uri, data), hmac(key, `${uri}&${data}`));
  }
});

const config = (random) => ({ token: letters(random, 3 + random.below(30)), encodingAESKey: letters(random, 43), appid: `wx${letters(random, 16)}` });
const queryOf = (random) => ({ timestamp: String(random.u32()), nonce: String(random.u32()) });

test(`signatures of plain mode: ${CASES} cases`, () => {
  const random = seeded(4);
  for (let round = 0; round < CASES; round++) {
    const settings = config(random);
    const query = queryOf(random);
    const signature = pushSignature(settings.token, query.timestamp, query.nonce);
    const push = new api.MessagePush(settings);
    assert.equal(push.verify({ ...query, signature }), true);
    assert.equal(push.verify({ ...query, signature, nonce: `${query.nonce}0` }), false);
  }
});

test(`messages received: ${CASES} cases with every pad`, () => {
  const random = seeded(5);
  const pads = new Set();
  for (let round = 0; round < CASES; round++) {
    const settings = config(random);
    const query = queryOf(random);
    const message = wellFormed(text(random, 100));
    const frame = pushFrame(random.bytes(16), message, settings.appid);
    pads.add(32 - (frame.length % 32));
    const encrypt = pushEncrypt(frame, settings.encodingAESKey);
    const msg_signature = pushSignature(settings.token, query.timestamp, query.nonce, encrypt);
    assert.equal(new api.MessagePush(settings).decrypt(encrypt, { ...query, msg_signature }), message);
  }
  assert.equal(pads.size, 32);
});

test(`replies sent: ${CASES} cases with every pad`, () => {
  const random = seeded(6);
  const pads = new Set();
  for (let round = 0; round < CASES; round++) {
    const settings = config(random);
    const { timestamp, nonce } = queryOf(random);
    const message = text(random, 100);
    const bytes = random.bytes(16);
    const reply = new api.MessagePush(settings).encrypt(message, { timestamp, nonce, random: bytes });
    const frame = pushFrame(bytes, message, settings.appid);
    pads.add(32 - (frame.length % 32));
    const encrypt = pushEncrypt(frame, settings.encodingAESKey);
    assert.deepEqual(reply, {
      Encrypt: encrypt, MsgSignature: pushSignature(settings.token, timestamp, nonce, encrypt), TimeStamp: Number(timestamp), Nonce: nonce,
    });
  }
  assert.equal(pads.size, 32);
});

test('what the generator draws is in the frame, and differs each time', () => {
  const settings = config(seeded(7));
  const key = Buffer.from(`${settings.encodingAESKey}=`, 'base64');
  const push = new api.MessagePush(settings);
  const heads = new Set();
  for (let round = 0; round < 1000; round++) {
    const { Encrypt, MsgSignature, TimeStamp, Nonce } = push.encrypt('{}');
    assert.equal(MsgSignature, pushSignature(settings.token, String(TimeStamp), Nonce, Encrypt));
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    const opened = Buffer.concat([decipher.update(Encrypt, 'base64'), decipher.final()]);
    assert.equal(opened.subarray(16, 22).toString('latin1'), '\0\0\0\x02{}');
    heads.add(opened.subarray(0, 16).toString('hex'));
  }
  assert.equal(heads.size, 1000);
});

test('what Node prints of an instance has neither token nor key in it', () => {
  const settings = config(seeded(8));
  const push = new api.MessagePush(settings);
  push.verify({ signature: '', timestamp: '1', nonce: '2' });
  for (const shown of [
    util.inspect(push, { showHidden: true, depth: null, getters: true }), util.inspect({ push }), util.format('%o %O %j %s', push, push, push, push),
    JSON.stringify({ push }), JSON.stringify({ ...push }), util.inspect(structuredClone(push)), util.inspect(Object.assign(Object.create(push), push), { showHidden: true, depth: null }),
  ]) {
    for (const secret of Object.values(settings)) assert.ok(!shown.includes(secret), shown);
  }
  assert.equal(util.inspect(push), 'MessagePush {}');
});
