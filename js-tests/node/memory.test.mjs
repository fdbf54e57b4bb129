// After every call, whatever came of it, WebAssembly memory holds nothing of key, iv, payload and plaintext.
//
// Two kinds of proof. The scan looks for known forms of the secrets. The differential test knows no forms: two fresh instances
// are put through the same calls with different secrets of one shape, and then their memories must be the same, byte by byte.

import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { test } from 'node:test';

import { APPID, OTHER_APPID, TIMESTAMP, isUtf8, paddingIsRight, pushEncrypt, pushFrame, pushSignature, seal } from '../fixtures.mjs';
import { expandInverseKey, expandKey } from '../support/aes.mjs';
import { freshInstance } from '../support/instances.mjs';
import { seeded } from '../support/prng.mjs';
import { Scanner, differences, quietly } from '../support/scan.mjs';

const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const percentAll = (text) => Array.from(text, (char) => `%${char.charCodeAt(0).toString(16)}`).join('');
const escapeAll = (text) => Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

/** Everything secret, of one shape whatever the seed. */
function makeSecrets(seed) {
  const random = seeded(seed);
  const letters = (count) => Array.from({ length: count }, () => 'abcdefghijklmnopqrstuvwxyz'[random.below(26)]).join('');
  const digits = (count) => Array.from({ length: count }, () => random.below(10)).join('');
  const key = random.bytes(16);
  const iv = random.bytes(16);
  const stamp = `"watermark":{"timestamp":${TIMESTAMP},"appid":"${APPID}"}`;
  const words = { nick: letters(20), phone: `138${digits(8)}`, escaped: letters(24), long: letters(780000), field: letters(20) };
  const make = (text) => {
    const payload = seal(text, key, iv);
    return { encryptedData: payload.encryptedData, iv: payload.iv };
  };
  const texts = {
    user: `{"nickName":"${words.nick}","phoneNumber":"${words.phone}",${stamp}}`,
    escapes: `{"${escapeAll(words.field)}":"${escapeAll(words.escaped)}","a":["${escapeAll(words.nick)}"],${stamp}}`,
    // A client's data can put anything where the watermark is looked for.
    inWatermark: `{"watermark":{"${escapeAll(words.field)}":"${escapeAll(words.nick)}","x":"${words.phone}","timestamp":${TIMESTAMP},"appid":"${APPID}"}}`,
    asWatermark: `{"watermark":"${escapeAll(words.escaped)}"}`,
    asAppid: `{"watermark":{"timestamp":${TIMESTAMP},"appid":"${escapeAll(words.escaped)}"}}`,
    otherApp: `{"phoneNumber":"${words.phone}","watermark":{"timestamp":${TIMESTAMP},"appid":"${OTHER_APPID}"}}`,
    unstamped: `{"phoneNumber":"${words.phone}","nickName":"${words.nick}"}`,
    phone: `{"phoneNumber":"${words.phone}","purePhoneNumber":"${words.phone}","countryCode":"86",${stamp}}`,
    profile: `{"openId":"${words.field}","nickName":"${words.nick}","avatarUrl":"https://thirdwx.qlogo.cn/mmopen/${words.escaped}/132",${stamp}}`,
    steps: `{"stepInfoList":[{"timestamp":${TIMESTAMP},"step":1${digits(7)}},{"timestamp":1${digits(8)},"step":7}],${stamp}}`,
    notJson: `phone ${words.phone} of ${words.nick}, which is no JSON`,
    brokenJson: `{"phoneNumber":"${words.phone}","${escapeAll(words.field)}":"${escapeAll(words.nick)}",}`,
    large: `{"phoneNumber":"${words.phone}","text":"${words.long}",${stamp}}`,
  };
  const payloads = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, make(text)]));
  // Wrong keys that fail alike in both instances: at the padding.
  const wrongKey = () => {
    for (;;) {
      const candidate = random.bytes(16);
      const fails = Object.values(payloads).every(({ encryptedData }) => {
        const decipher = createDecipheriv('aes-128-cbc', candidate, iv).setAutoPadding(false);
        return !paddingIsRight(decipher.update(Buffer.from(encryptedData, 'base64')));
      });
      if (fails) return base64(candidate);
    }
  };
  // A wrong key of the rarer kind: right padding of one byte, no UTF-8 in the first block.
  const unluckyKey = () => {
    const ciphertext = Buffer.from(payloads.user.encryptedData, 'base64');
    for (;;) {
      const candidate = random.bytes(16);
      const opened = createDecipheriv('aes-128-cbc', candidate, iv).setAutoPadding(false).update(ciphertext);
      if (opened[opened.length - 1] === 1 && opened[0] === 0xff && !isUtf8(opened)) return base64(candidate);
    }
  };
  return {
    key, iv, words, texts, payloads, sessionKey: base64(key), wrong: [wrongKey(), wrongKey()], unlucky: unluckyKey(),
    push: makePush(random, words), appKey: letters(32), channel: makeChannel(random, words),
  };
}

/** Message push: settings and messages, those that are refused after decryption among them. */
function makePush(random, words) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const text = (count) => Array.from({ length: count }, () => alphabet[random.below(62)]).join('');
  const config = { token: text(24), encodingAESKey: text(43), appid: APPID };
  const query = { timestamp: String(TIMESTAMP), nonce: '486452656' };
  const message = `{"ToUserName":"${words.nick}","Content":"${words.escaped}"}`;
  const signed = (encrypt) => ({ encrypt, query: { ...query, msg_signature: pushSignature(config.token, query.timestamp, query.nonce, encrypt) } });
  const make = (plaintext, appid, length, pad) => signed(pushEncrypt(pushFrame(random.bytes(16), plaintext, appid, length), config.encodingAESKey, pad));
  return {
    config, message, random: random.bytes(16), plain: { ...query, signature: pushSignature(config.token, query.timestamp, query.nonce) },
    whole: make(message, APPID), otherApp: make(message, OTHER_APPID), badLength: make(message, APPID, 100000), badPadding: make(message, APPID, undefined, 99),
    notUtf8: make(Buffer.concat([Buffer.from(message), Buffer.of(0xff)]), APPID), large: make(`{"text":"${words.long.slice(0, 500000)}"}`, APPID),
  };
}

/** Keys, messages and sealed texts of the channel. Nonces and versions show in every text; these are the same in both sets. */
function makeChannel(random, words) {
  const keys = [random.bytes(16), random.bytes(16)];
  const context = `POST /orders ${words.field}`;
  const sealed = (key, message) => {
    const header = Buffer.from([1, 0, 0, 0, 7]);
    const nonce = Buffer.alloc(12, 3);
    const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(Buffer.concat([header, Buffer.from(context)]));
    return Buffer.concat([header, nonce, cipher.update(message), cipher.final(), cipher.getAuthTag()]).toString('base64url');
  };
  const key = (bytes, version) => ({ encryptKey: base64(bytes), version });
  const message = `{"phoneNumber":"${words.phone}","nickName":"${words.nick}"}`;
  // What GHASH multiplies by.
  const hashKeys = keys.map((bytes) => createCipheriv('aes-128-ecb', bytes, null).update(Buffer.alloc(16)));
  return {
    keys, hashKeys, context, message, long: words.long, right: key(keys[0], 7), other: key(keys[1], 8), wrong: key(keys[1], 7),
    text: sealed(keys[0], message), longText: sealed(keys[0], words.long), noText: sealed(keys[0], Buffer.concat([Buffer.from([0xff]), Buffer.from(message)])),
  };
}

/** Calls by name. `s` are secrets; what a call comes to must not depend on them. */
const policy = (more) => ({ appid: APPID, now: TIMESTAMP + 100, ...more });
const strict = { strict: true };
const throwing = {
  get appid() {
    throw new Error('on purpose');
  },
};
const withKey = (s, more) => policy({ sessionKey: s.sessionKey, ...more });
const lines = (text) => text.replace(/(.{64})(?=.)/g, '$1\r\n  ');
const CALLS = {
  'decrypt': ({ decrypt }, s) => decrypt(s.payloads.user, withKey(s)),
  'decrypt, strict': ({ decrypt }, s) => decrypt(s.payloads.user, withKey(s, strict)),
  'decrypt, escapes': ({ decrypt }, s) => decrypt(s.payloads.escapes, withKey(s)),
  'decrypt, escapes in the watermark': ({ decrypt }, s) => decrypt(s.payloads.inWatermark, withKey(s)),
  'decrypt, text for a watermark': ({ decrypt }, s) => decrypt(s.payloads.asWatermark, withKey(s)),
  'decrypt, text for an appid': ({ decrypt }, s) => decrypt(s.payloads.asAppid, withKey(s)),
  'decrypt, steps': ({ decrypt }, s) => decrypt(s.payloads.steps, withKey(s)),
  'decrypt, 1 MiB': ({ decrypt }, s) => decrypt(s.payloads.large, withKey(s)),
  'decrypt, wrong key': ({ decrypt }, s) => decrypt(s.payloads.user, policy({ sessionKey: s.wrong[0] })),
  'decrypt, wrong key that passes the padding': ({ decrypt }, s) => decrypt(s.payloads.user, policy({ sessionKey: s.unlucky })),
  'decrypt, wrong keys': ({ decrypt }, s) => decrypt(s.payloads.user, policy({ sessionKey: [...s.wrong, s.unlucky] })),
  'decrypt, several keys': ({ decrypt }, s) => decrypt(s.payloads.user, policy({ sessionKey: [...s.wrong, s.sessionKey] })),
  'decrypt, several keys, 1 MiB': ({ decrypt }, s) => decrypt(s.payloads.large, policy({ sessionKey: [s.wrong[0], s.sessionKey] })),
  'decrypt, other app': ({ decrypt }, s) => decrypt(s.payloads.otherApp, withKey(s)),
  'decrypt, too old': ({ decrypt }, s) => decrypt(s.payloads.user, withKey(s, { maxAge: 1 })),
  'decrypt, no watermark': ({ decrypt }, s) => decrypt(s.payloads.unstamped, withKey(s)),
  'decrypt, no JSON': ({ decrypt }, s) => decrypt(s.payloads.notJson, withKey(s)),
  'decrypt, broken JSON': ({ decrypt }, s) => decrypt(s.payloads.brokenJson, withKey(s)),
  'decrypt, percent-encoded': ({ decrypt }, s) =>
    decrypt({ encryptedData: percentAll(percentAll(s.payloads.user.encryptedData)), iv: percentAll(s.payloads.user.iv) }, policy({ sessionKey: percentAll(s.sessionKey) })),
  'decrypt, wrapped': ({ decrypt }, s) => decrypt({ ...s.payloads.user, encryptedData: lines(s.payloads.user.encryptedData) }, withKey(s)),
  'decrypt, wrapped, 700 KB': ({ decrypt }, s) => decrypt({ ...s.payloads.large, encryptedData: lines(s.payloads.large.encryptedData.slice(0, 700 * 1024)) }, withKey(s)),
  'strict failure, long text': ({ decrypt }, s) => decrypt({ ...s.payloads.large, encryptedData: `${s.payloads.large.encryptedData}\n` }, withKey(s, strict)),
  'strict failure, percent-encoded': ({ decrypt }, s) => decrypt({ ...s.payloads.user, encryptedData: percentAll(s.payloads.user.encryptedData) }, withKey(s, strict)),
  'strict failure, iv': ({ decrypt }, s) => decrypt({ ...s.payloads.user, iv: `${s.payloads.user.iv}\n` }, withKey(s, strict)),
  'strict failure, key': ({ decrypt }, s) => decrypt(s.payloads.user, policy({ sessionKey: `${s.sessionKey}\n`, ...strict })),
  'foreign character at the end': ({ decrypt }, s) => decrypt({ ...s.payloads.user, encryptedData: `${s.payloads.user.encryptedData}!` }, withKey(s)),
  'wrong length': ({ decrypt }, s) => decrypt({ ...s.payloads.user, encryptedData: s.payloads.user.encryptedData.slice(0, -4) }, withKey(s)),
  'key encoded twice': ({ decrypt }, s) => decrypt(s.payloads.user, policy({ sessionKey: base64(Buffer.from(s.sessionKey)) })),
  'second key illegal': ({ decrypt }, s) => decrypt(s.payloads.user, policy({ sessionKey: [s.sessionKey, `${s.sessionKey}!`] })),
  'nine keys': ({ decrypt }, s) => decrypt(s.payloads.user, policy({ sessionKey: Array(9).fill(s.sessionKey) })),
  'argument error after the secrets': ({ decrypt }, s) => decrypt(s.payloads.user, withKey(s, { watermark: 'maybe' })),
  'argument error before the secrets': ({ decrypt }, s) => decrypt({ iv: 7, encryptedData: s.payloads.user.encryptedData }, withKey(s)),
  'throwing getter in the policy': ({ decrypt }, s) => decrypt(s.payloads.user, Object.create(throwing, { sessionKey: { value: s.sessionKey } })),
  'a length no list has': ({ decrypt }, s) =>
    decrypt(s.payloads.user, withKey(s, { watermark: new Proxy([], { get: (target, key) => (key === 'length' ? 10n ** 30n : 'x') }) })),
  'text where an object belongs': ({ decrypt }, s) => decrypt(s.texts.user, withKey(s)),
  'diagnose': ({ diagnose }, s) => diagnose(s.payloads.user, withKey(s)),
  'diagnose, wrong keys': ({ diagnose }, s) => diagnose(s.payloads.user, policy({ sessionKey: s.wrong })),
  'diagnose, swapped': ({ diagnose }, s) => diagnose({ ...s.payloads.user, iv: s.sessionKey }, policy({ sessionKey: s.payloads.user.iv })),
  'diagnose, cut short': ({ diagnose }, s) => diagnose({ ...s.payloads.large, encryptedData: s.payloads.large.encryptedData.slice(0, 6400) }, withKey(s)),
  'diagnose, beginning missing': ({ diagnose }, s) => diagnose({ ...s.payloads.large, encryptedData: s.payloads.large.encryptedData.slice(64) }, withKey(s)),
  'diagnose, other app': ({ diagnose }, s) => diagnose(s.payloads.otherApp, policy({ sessionKey: [s.wrong[0], s.sessionKey] })),
  'diagnose, escapes': ({ diagnose }, s) => diagnose(s.payloads.asAppid, withKey(s)),
  'diagnose, percent-encoded': ({ diagnose }, s) => diagnose({ ...s.payloads.user, encryptedData: percentAll(s.payloads.user.encryptedData) }, withKey(s)),
  'diagnose, encoded twice': ({ diagnose }, s) => diagnose(s.payloads.user, policy({ sessionKey: base64(Buffer.from(s.sessionKey)) })),
  'diagnose, key in place of data': ({ diagnose }, s) => diagnose({ encryptedData: s.sessionKey, iv: s.payloads.user.iv }, policy({ sessionKey: s.payloads.user.encryptedData })),
  'decryptMany': ({ decryptMany }, s) => decryptMany(Object.values(s.payloads).map((payload) => ({ ...payload, sessionKey: s.sessionKey })), policy()),
  'decryptMany, wrong keys': ({ decryptMany }, s) => decryptMany(Object.values(s.payloads).map((payload) => ({ ...payload, sessionKey: s.wrong })), policy()),
  'decryptMany, bad policy': ({ decryptMany }, s) => decryptMany([{ ...s.payloads.user, sessionKey: s.sessionKey }], { now: 0 }),
  'decryptMany, last record unreadable': ({ decryptMany }, s) => decryptMany([{ ...s.payloads.user, sessionKey: s.sessionKey }, throwing, null, { iv: s.sessionKey }], policy()),
  'readCloudData': ({ readCloudData }, s) => readCloudData({ json: s.texts.user }, policy()),
  'readCloudData, escapes': ({ readCloudData }, s) => readCloudData({ json: s.texts.inWatermark }, policy()),
  'readCloudData, text for an appid': ({ readCloudData }, s) => readCloudData({ json: s.texts.asAppid }, policy()),
  'readCloudData, other app': ({ readCloudData }, s) => readCloudData({ data: JSON.parse(s.texts.otherApp) }, policy()),
  'readCloudData, broken': ({ readCloudData }, s) => readCloudData({ json: s.texts.brokenJson }, policy()),
  'readCloudData, bad policy': ({ readCloudData }, s) => readCloudData({ json: s.texts.user }, { appid: 7 }),
  'decryptPhoneNumber': ({ decryptPhoneNumber }, s) => decryptPhoneNumber(s.payloads.phone, withKey(s)),
  'decryptPhoneNumber, none in it': ({ decryptPhoneNumber }, s) => decryptPhoneNumber(s.payloads.user, withKey(s)),
  'decryptUserInfo': ({ decryptUserInfo }, s) => decryptUserInfo(s.payloads.profile, withKey(s)),
  'readPhoneNumberResponse': ({ readPhoneNumberResponse }, s) => readPhoneNumberResponse({ errcode: 0, phone_info: JSON.parse(s.texts.phone) }, policy()),
  'readPhoneNumberResponse, other app': ({ readPhoneNumberResponse }, s) => readPhoneNumberResponse({ errcode: 0, phone_info: JSON.parse(s.texts.phone) }, policy({ appid: OTHER_APPID })),
  'parsePhoneNumber': ({ parsePhoneNumber }, s) => parsePhoneNumber(s.words.phone),
  'parsePhoneNumber, formatted': ({ parsePhoneNumber }, s) => parsePhoneNumber(`+86 ${s.words.phone.slice(0, 3)}-${s.words.phone.slice(3)}`),
  'parsePhoneNumber, refused': ({ parsePhoneNumber }, s) => parsePhoneNumber(`${s.words.phone}x`),
  'maskPhoneNumber': ({ maskPhoneNumber }, s) => maskPhoneNumber(s.words.phone),
  'maskPhoneNumber, object': ({ maskPhoneNumber }, s) => maskPhoneNumber({ e164: `+86${s.words.phone}` }),
  'verifySignature': ({ verifySignature }, s) => verifySignature({ rawData: s.texts.user, signature: s.words.field }, { sessionKey: [s.sessionKey, ...s.wrong] }),
  'verifySignature, 780 KB': ({ verifySignature }, s) => verifySignature({ rawData: s.texts.large, signature: '' }, { sessionKey: s.sessionKey }),
  'verifySignature, second key illegal': ({ verifySignature }, s) => verifySignature({ rawData: s.texts.user, signature: '' }, { sessionKey: [s.sessionKey, `${s.wrong[0]}!`] }),
  'signWithSessionKey': ({ signWithSessionKey }, s) => signWithSessionKey(s.sessionKey, s.texts.user),
  'signWithSessionKey, refused': ({ signWithSessionKey }, s) => signWithSessionKey(`${s.sessionKey} `),
  'signPayment': ({ signPayment }, s) => signPayment(s.appKey, '/x', s.texts.user),
  'signPayment, long key': ({ signPayment }, s) => signPayment(s.words.long.slice(0, 200), '/x', s.texts.user),
  'new MessagePush': ({ MessagePush }, s) => new MessagePush(s.push.config),
  'new MessagePush, refused': ({ MessagePush }, s) => new MessagePush({ ...s.push.config, encodingAESKey: `${s.push.config.encodingAESKey.slice(1)}!` }),
  'push.verify': ({ MessagePush }, s) => new MessagePush(s.push.config).verify(s.push.plain),
  ...Object.fromEntries(
    ['whole', 'otherApp', 'badLength', 'badPadding', 'notUtf8', 'large'].map((name) => [
      `push.decrypt, ${name}`,
      ({ MessagePush }, s) => new MessagePush(s.push.config).decrypt(s.push[name].encrypt, s.push[name].query),
    ]),
  ),
  'push.decrypt, wrong signature': ({ MessagePush }, s) => new MessagePush(s.push.config).decrypt(s.push.whole.encrypt, s.push.otherApp.query),
  'push.encrypt': ({ MessagePush }, s) => new MessagePush(s.push.config).encrypt(s.push.message, { timestamp: 5, nonce: 'n', random: s.push.random }),
  'push.encrypt, 500 KB': ({ MessagePush }, s) => new MessagePush(s.push.config).encrypt(s.words.long.slice(0, 500000), { timestamp: 5, nonce: 'n', random: s.push.random }),
  'push.encrypt, refused': ({ MessagePush }, s) => new MessagePush(s.push.config).encrypt(s.push.message, { timestamp: 5, nonce: '', random: s.push.random }),
  'sealChannel': ({ sealChannel }, { channel: c }) => sealChannel(c.message, { key: c.right, context: c.context, random: new Uint8Array(12) }),
  'sealChannel, 780 KB': ({ sealChannel }, { channel: c }) => sealChannel(c.long, { key: c.right, context: c.context, random: new Uint8Array(12) }),
  'sealChannel, too long': ({ sealChannel }, { channel: c }) => sealChannel(c.long + c.long.slice(0, 6400), { key: c.right, context: c.context, random: new Uint8Array(12) }),
  'sealChannel, no random bytes': ({ sealChannel }, { channel: c }) => sealChannel(c.message, { key: c.right, context: c.context, random: null }),
  'sealChannel, key with a foreign character': ({ sealChannel }, { channel: c }) =>
    sealChannel(c.message, { key: { encryptKey: `${c.right.encryptKey.slice(0, -3)}!==`, version: 7 }, context: c.context, random: new Uint8Array(12) }),
  'openChannel': ({ openChannel }, { channel: c }) => openChannel(c.text, { key: c.right, context: c.context }),
  'openChannel, 780 KB': ({ openChannel }, { channel: c }) => openChannel(c.longText, { key: c.right, context: c.context }),
  'openChannel, several keys': ({ openChannel }, { channel: c }) => openChannel(c.text, { key: [c.other, c.right], context: c.context }),
  'openChannel, no such key': ({ openChannel }, { channel: c }) => openChannel(c.text, { key: c.other, context: c.context }),
  'openChannel, wrong key': ({ openChannel }, { channel: c }) => openChannel(c.text, { key: c.wrong, context: c.context }),
  'openChannel, other context': ({ openChannel }, { channel: c }) => openChannel(c.text, { key: c.right, context: `${c.context}x` }),
  'openChannel, no UTF-8': ({ openChannel }, { channel: c }) => openChannel(c.noText, { key: c.right, context: c.context }),
  'openChannel, no base64url': ({ openChannel }, { channel: c }) => openChannel(`${c.text}!`, { key: c.right, context: c.context }),
  'openChannel, second key illegal': ({ openChannel }, { channel: c }) => openChannel(c.text, { key: [c.right, { ...c.right, version: -1 }], context: c.context }),
  'checkWatermark': ({ checkWatermark }, s) => checkWatermark(JSON.parse(s.texts.inWatermark), policy()),
};

function scannerFor(s) {
  const scanner = new Scanner()
    .add('session_key', s.key)
    .add('session_key, half', s.key, 8)
    .addText('session_key as text', s.sessionKey, 8)
    .add('iv', s.iv, 8)
    .addText('iv as text', s.payloads.user.iv, 8);
  for (const wrong of [...s.wrong, s.unlucky]) scanner.addText('another session_key as text', wrong, 8).add('another session_key', Buffer.from(wrong, 'base64'), 8);
  const { config, message, random, whole } = s.push;
  const pushKey = Buffer.from(`${config.encodingAESKey}=`, 'base64');
  scanner
    .addText('token', config.token, 8)
    .addText('encodingAESKey', config.encodingAESKey, 8)
    .add('AES key of message push', pushKey, 8)
    .add('AES key of message push, words turned round', Buffer.from(pushKey).swap32(), 8)
    .add('random bytes of message push', random, 8)
    .addText('pushed message', message, 8)
    .addText('Encrypt', whole.encrypt, 16)
    .addText('msg_signature', whole.query.msg_signature, 8)
    .addText('appKey', s.appKey, 8);
  // The states in which HMAC begins with each key.
  for (const key of [s.sessionKey, s.appKey]) {
    for (const [name, fill] of [['inner', 0x36], ['outer', 0x5c]]) {
      scanner.add(`${name} pad of HMAC`, Buffer.from(key).map((byte) => byte ^ fill), 8);
    }
  }
  for (const schedule of [expandKey(s.key), expandInverseKey(s.key)]) {
    schedule.forEach((roundKey, round) => {
      scanner.add(`round key ${round}`, roundKey, 8);
      // Implementations keep words in either order of bytes.
      scanner.add(`round key ${round}, words turned round`, Buffer.from(roundKey).swap32(), 8);
    });
  }
  const { channel } = s;
  for (const key of channel.keys) {
    scanner.add('channel key', key, 8).addText('channel key as text', base64(key), 8);
    expandKey(key).forEach((roundKey, round) => {
      scanner.add(`round key ${round} of a channel key`, roundKey, 8).add(`round key ${round} of a channel key, words turned round`, Buffer.from(roundKey).swap32(), 8);
    });
  }
  for (const key of channel.hashKeys) scanner.add('hash key', key, 8).add('hash key, turned round', Buffer.from(key).reverse(), 8);
  for (const text of [channel.text, channel.noText, channel.longText.slice(0, 8192), channel.longText.slice(-8192)]) {
    // What stands at the beginning is public, and the same in both sets.
    const rest = text.slice(24);
    scanner.addText('sealed text', rest, 16).add('sealed bytes', Buffer.from(rest, 'base64url'), 16);
  }
  scanner.addText('message', channel.message, 8).addText('context', channel.context.slice(-16), 8);
  for (const [name, payload] of Object.entries(s.payloads)) {
    const size = name === 'large' ? 8192 : Infinity;
    for (const text of [payload.encryptedData.slice(0, size), payload.encryptedData.slice(-size)]) {
      scanner.addText(`encryptedData of ${name}`, text, 16);
      scanner.add(`ciphertext of ${name}`, Buffer.from(text, 'base64'), 16);
    }
    const text = s.texts[name];
    for (const part of [text.slice(0, size), text.slice(-size)]) scanner.addText(`plaintext of ${name}`, part, 8);
  }
  for (const [name, word] of Object.entries(s.words)) scanner.addText(`plaintext, ${name}`, word.slice(0, 4096), 8);
  return scanner.except(freshInstance().bytes());
}

const SECRETS = makeSecrets(11);
const OTHERS = makeSecrets(12);
const scanner = scannerFor(SECRETS);
const found = (memory, limit) => scanner.find(memory, limit).map(({ at, name }) => `${name} at ${at}`);

const told = (one, other) =>
  differences(one, other).map(({ start, end }) => {
    const hex = (memory) => Buffer.from(memory.subarray(start, Math.min(end, start + 32))).toString('hex');
    return `${end - start} bytes at ${start}: ${hex(one)} and ${hex(other)}`;
  });

test('the two sets of secrets have one shape and nothing else in common', () => {
  for (const name of Object.keys(SECRETS.payloads)) {
    assert.equal(SECRETS.payloads[name].encryptedData.length, OTHERS.payloads[name].encryptedData.length, name);
    assert.equal(SECRETS.texts[name].length, OTHERS.texts[name].length, name);
    assert.notEqual(SECRETS.texts[name], OTHERS.texts[name], name);
  }
  assert.ok(SECRETS.payloads.large.encryptedData.length > 1000000);
});

test('control: what is planted is found, wherever it lies', () => {
  const { bytes } = freshInstance();
  const memory = bytes();
  assert.deepEqual(found(memory), [], 'a fresh memory');
  const plants = [
    SECRETS.key, Buffer.from(SECRETS.sessionKey.slice(5, 13)), SECRETS.iv.subarray(3, 11), Buffer.from(SECRETS.words.phone),
    Buffer.from(SECRETS.words.escaped.slice(7, 15)), Buffer.from(SECRETS.payloads.user.encryptedData.slice(40, 56)),
    expandKey(SECRETS.key)[7], expandInverseKey(SECRETS.key)[3],
  ];
  for (const plant of plants) {
    for (const at of [0, 65537, memory.length - plant.length]) {
      const before = memory.slice(at, at + plant.length);
      memory.set(plant, at);
      assert.notEqual(found(memory).length, 0, `planted at ${at}`);
      memory.set(before, at);
    }
  }
  assert.deepEqual(found(memory), [], 'after the control');
});

test('control: during a call the secrets are in memory, and the scanner finds them there', () => {
  const seen = {};
  const instance = freshInstance({
    exports: (exports) => ({
      ...exports,
      call(operation, length) {
        seen.before = found(new Uint8Array(exports.memory.buffer), Infinity);
        const result = exports.call(operation, length);
        seen.after = found(new Uint8Array(exports.memory.buffer), Infinity);
        return result;
      },
    }),
  });
  instance.api.decrypt(SECRETS.payloads.user, withKey(SECRETS));
  assert.ok(seen.before.some((name) => name.startsWith('session_key as text')), 'the request holds the key');
  assert.ok(seen.after.some((name) => name.startsWith('plaintext')), 'the reply holds the plaintext');
  assert.deepEqual(found(instance.bytes()), []);
});

test('control: during message push its secrets are in memory, and the scanner finds them there', () => {
  const seen = new Set();
  const note = (exports) => found(new Uint8Array(exports.memory.buffer), Infinity).forEach((name) => seen.add(name.replace(/ from byte .*/, '')));
  const instance = freshInstance({
    exports: (exports) => ({
      ...exports,
      call(operation, length) {
        note(exports);
        const result = exports.call(operation, length);
        note(exports);
        return result;
      },
    }),
  });
  const { config, whole, message, random } = SECRETS.push;
  const push = new instance.api.MessagePush(config);
  push.decrypt(whole.encrypt, whole.query);
  push.encrypt(message, { timestamp: 5, nonce: 'n', random });
  for (const name of ['token', 'encodingAESKey', 'pushed message', 'Encrypt', 'random bytes of message push']) assert.ok(seen.has(name), name);
  assert.deepEqual(found(instance.bytes()), []);
});

test('control: the round keys are those of FIPS 197, appendix A.1', () => {
  const hex = (bytes) => Buffer.from(bytes).toString('hex');
  const key = Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex');
  assert.equal(hex(expandKey(key)[10]), 'd014f9a8c9ee2589e13f0cc8b6630ca6');
  assert.equal(hex(expandKey(key)[1]), 'a0fafe1788542cb123a339392a6c7605');
  // Appendix B of FIPS 197's 2001 text, key 000102…0f: the ninth key of the equivalent inverse cipher.
  const other = Uint8Array.from({ length: 16 }, (_, i) => i);
  assert.equal(hex(expandInverseKey(other)[9]), '13aa29be9c8faff6f770f58000f7bf03');
});

for (const [name, call] of Object.entries(CALLS)) {
  test(`after ${name}: nothing is found`, () => {
    const { api, bytes } = freshInstance();
    for (let round = 0; round < 2; round++) {
      quietly(() => call(api, SECRETS));
      assert.deepEqual(found(bytes()), []);
    }
  });

  test(`after ${name}: two memories are the same`, () => {
    const [one, other] = [SECRETS, OTHERS].map((secrets) => {
      const instance = freshInstance();
      const outcome = quietly(() => call(instance.api, secrets));
      return { outcome, memory: instance.bytes() };
    });
    assert.equal(one.outcome, other.outcome);
    assert.deepEqual(told(one.memory, other.memory), []);
  });
}

test('after sequences of calls: nothing is found, and two memories are the same', () => {
  const random = seeded(99);
  const names = Object.keys(CALLS);
  for (let round = 0; round < 4; round++) {
    const sequence = Array.from({ length: 40 }, () => random.pick(names));
    const memories = [SECRETS, OTHERS].map((secrets) => {
      const { api, bytes } = freshInstance();
      for (const name of sequence) quietly(() => CALLS[name](api, secrets));
      return bytes();
    });
    assert.deepEqual(found(memories[0]), [], sequence.join('; '));
    assert.deepEqual(told(...memories), [], sequence.join('; '));
  }
});
