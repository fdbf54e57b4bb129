// Makes the seeds: inputs of the targets' own layouts, from the vectors of tests/vectors. The ones of `interface` are what the glue
// really writes, so `cargo xtask build` has to have made pkg/ before. `node fuzz/make-seeds.mjs`; the result is committed.

import { createCipheriv, createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const vectors = (name) => JSON.parse(fs.readFileSync(path.join(root, 'tests/vectors', `${name}.json`), 'utf8'));
const u16 = (number) => [number & 0xff, number >> 8];
const u32 = (number) => [...u16(number & 0xffff), ...u16(number >>> 16)];
const base64 = (text) => Buffer.from(text, 'base64');

/** Named by what is in it, so that the same seed has the same name. */
function seed(target, ...parts) {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const name = createHash('sha1').update(bytes).digest('hex').slice(0, 16);
  fs.writeFileSync(path.join(import.meta.dirname, 'seeds', target, name), bytes);
}

for (const target of ['open_data', 'transport', 'watermark', 'phone', 'avatar', 'message_push', 'channel', 'interface']) {
  const folder = path.join(import.meta.dirname, 'seeds', target);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
}

const openData = vectors('open-data');
const stamp = '"watermark":{"timestamp":1477314187,"appid":"wx4f4bc4dec97d474b"}';
const steps = `{"stepInfoList":[{"timestamp":1477270800,"step":0},{"timestamp":1477314187,"step":12345}],${stamp}}`;
const texts = [
  steps,
  ...openData.map(({ plaintext }) => plaintext),
  '{}', `{${stamp}}`, `{"a":[{},[],null,true,false,-0.5e+3],${stamp}}`, `{"water\\u006dark":{"appid":"\\u0077x\\ud83d\\udc4a","timestamp":1.477314187e9},"watermark":7}`,
  '{"watermark":{"appid":"wx\\ud83d","timestamp":1477314187000},"":"\\"\\\\\\/\\b\\f\\n\\r\\t"}', ' [1, "two", 3.0e-22] ', '"text"', '18446744073709551616',
];
// Deeper than the reader's word of 64 levels, objects and arrays in turn.
for (const depth of [63, 65, 130]) {
  const levels = Array.from({ length: depth }, (_, level) => (level % 3 ? '{"":' : '['));
  const closing = levels.map((level) => (level === '[' ? ']' : '}')).reverse().join('');
  texts.push(`{"a":${levels.join('')}0${closing},${stamp}}`);
}
for (const text of texts) {
  seed('watermark', text);
  for (const [how, policy] of [[0, 2], [0, 1 | 64], [4, 2 | 8], [2 << 3, 2 | 128]]) {
    seed('open_data', [how, policy], u16(300), base64(openData[0].sessionKey), base64(openData[0].iv), text);
  }
}

// At the limits of age and clock: the target's policy allows 300 seconds either way.
for (const seconds of [-301, -300, 300, 301]) {
  const text = `{"watermark":{"timestamp":${1477314187 + seconds},"appid":"wx4f4bc4dec97d474b"}}`;
  seed('open_data', [0, 2 | 8], u16(300), base64(openData[0].sessionKey), base64(openData[0].iv), text);
}

const sample = openData[0];
for (const [field, text] of [[0, sample.encryptedData], [1, sample.iv], [2, sample.sessionKey]]) {
  const damaged = [
    text, text.replaceAll('+', ' '), encodeURIComponent(text), encodeURIComponent(encodeURIComponent(text.replaceAll('+', ' '))),
    text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''), text.replace(/.{20}/g, '$&\r\n  '), ` ${text}\n`, text.slice(0, -3),
  ];
  for (const text of damaged) seed('transport', [field], u16(0), text);
  for (const damage of [1 | 2, 4, 8, 1 << 6, 3 << 6 | 32 | 4]) seed('transport', [4 | field], u16(damage | 7 << 12), base64(text));
}

const numbers = [
  '+8613580006666', '13580006666', '＋８６ (0)135-8000-6666', '0086 21 6888 8888', '2123 4567', '+1 (650) 253-0000', '+44 020 7031 3000', '+39 06 698 1',
  '+54 9 11 2345 6789', '+800 1234 5678', '135****6666', '+7 (8) 495 123-45-67', '12066600001', '86', '00852', '', '+999 1',
];
for (const number of numbers) for (const code of [86, 852, 1]) seed('phone', u16(code), number);
// Valid, and read otherwise from its E.164 form: found by the fuzzer.
seed('phone', u16(81), '0003768650376865');

for (const { input } of vectors('avatars').filter((_, index) => index % 4 === 0)) if (input.length < 400) seed('avatar', input);

// As long as an address may be, and one byte less: another size makes it longer.
for (const length of [8190, 8192]) seed('avatar', `https://wx.qlogo.cn/mmopen/${'a'.repeat(length - 29)}/0`);

for (const push of vectors('message-push')) {
  if (!push.encodingAesKey) continue;
  const key = base64(`${push.encodingAesKey}=`);
    for (const [how, length] of [[0, 0], [4, 0], [5, 1], [4, 255], [12, 0], [76, 0], [140, 0], [204, 0], [20, 0], [36, 0]]) {
    seed('message_push', [how], u16(7), [32, length], key, Buffer.alloc(16, 0x61), u32(1713424427), u32(415670741), push.plaintext);
  }
  for (const text of [push.encrypt, '%2520%20 \n', encodeURIComponent(push.encrypt)]) {
    seed('message_push', [3], u16(7), [32, 0], key, Buffer.alloc(16), u32(0), u32(0), text);
  }
}

for (const channel of vectors('channel')) {
  if (channel.message.length > 500) continue;
  for (const how of [0, 1]) {
    seed('channel', [how], u16(70), u32(channel.version), [how], base64(channel.encryptKey), Buffer.from(channel.random, 'hex'), channel.message);
  }
  seed('channel', [0], u16(0), u32(channel.version), [1], base64(channel.encryptKey), Buffer.from(channel.random, 'hex'), channel.sealed);
}

// What the glue writes, at the moment when it calls.
const { Instance } = WebAssembly;
WebAssembly.Instance = function (module, imports) {
  const { exports } = new Instance(module, imports);
  let at = 0;
  return {
    exports: {
      ...exports,
      reserve: (capacity) => (at = exports.reserve(capacity)),
      call(operation, length) {
        const request = new Uint8Array(exports.memory.buffer, at, length);
        if (length < 1000) seed('interface', [operation, operation], [1], u16(0), request);
        return exports.call(operation, length);
      },
    },
  };
};
const api = createRequire(import.meta.url)('../pkg/node.cjs');
const appid = sample.appid;
const now = 1477314187;
const sealed = (text) => {
  const cipher = createCipheriv('aes-128-cbc', base64(sample.sessionKey), base64(sample.iv));
  return { encryptedData: cipher.update(text, 'utf8', 'base64') + cipher.final('base64'), iv: sample.iv };
};
const phone = sealed(`{"phoneNumber":"13580006666","purePhoneNumber":"13580006666","countryCode":"86",${stamp}}`);
const policy = { sessionKey: sample.sessionKey, appid, now };
const push = { token: 'AAAAA', encodingAESKey: 'A'.repeat(43), appid };
const key = { encryptKey: 'VI6BpyrK9XH4i4AIGe86tg==', version: 10 };
const calls = [
  () => api.decrypt(phone, policy),
  () => api.decrypt(phone, { ...policy, sessionKey: [sample.iv, sample.sessionKey], appid: [appid, 'wx'], maxAge: 10, clockSkew: 0, watermark: 'optional', strict: true }),
  () => api.decryptPhoneNumber(phone, policy),
  () => api.decryptUserInfo(sample, policy),
  () => api.decrypt(sealed(steps), policy),
  () => api.decryptMany([phone, { ...phone, iv: 'x' }, sealed(steps)].map((record) => ({ ...record, sessionKey: sample.sessionKey })), { appid: null, now }),
  () => api.diagnose(phone, { ...policy, sessionKey: phone.iv }),
  () => api.checkWatermark({ watermark: { appid, timestamp: now } }, { appid, now }),
  () => api.checkWatermark({ watermark: 7 }, { appid: null, now }),
  () => api.readCloudData({ cloudID: 'x', data: { watermark: { appid, timestamp: now }, a: '张' } }, { appid, now }),
  () => api.readCloudData('cloudID', { appid, now }),
  () => api.readPhoneNumberResponse({ errcode: 0, phone_info: { purePhoneNumber: '13580006666', countryCode: '86', watermark: { appid, timestamp: now } } }, { appid, now }),
  () => api.readPhoneNumberResponse({ errcode: 40029, errmsg: 'invalid code' }, { appid, now }),
  () => api.parsePhoneNumber('+86 135 8000 6666', { defaultCountryCode: 852 }),
  () => api.parsePhoneNumber({ countryCode: 86, purePhoneNumber: '13580006666' }),
  () => api.maskPhoneNumber('13580006666'),
  () => api.parseAvatar('http://wx.qlogo.cn/mmopen/vi_32/abc/132'),
  () => api.resizeAvatar('http://wx.qlogo.cn/mmopen/vi_32/abc/132', 46),
  () => api.verifySignature({ rawData: '{}', signature: 'a'.repeat(40) }, { sessionKey: sample.sessionKey }),
  () => api.signWithSessionKey(sample.sessionKey, 'data'),
  () => api.signPayment('appkey', '/xpay/query_user_balance', '{}'),
  () => new api.MessagePush(push).verify({ signature: 'a'.repeat(40), timestamp: '1', nonce: '2' }),
  () => {
    const sealed = new api.MessagePush(push).encrypt('{"a":"张"}', { timestamp: 1713424427, nonce: '415670741', random: new Uint8Array(16) });
    new api.MessagePush(push).decrypt(sealed.Encrypt, { msg_signature: sealed.MsgSignature, timestamp: String(sealed.TimeStamp), nonce: String(sealed.Nonce) });
  },
  () => {
    const sealed = api.sealChannel('one, please', { key, context: 'POST /orders', random: new Uint8Array(12) });
    api.openChannel(sealed, { key: [{ ...key, version: 9 }, key], context: 'POST /orders' });
  },
];
for (const call of calls) {
  try {
    call();
  } catch (error) {
    // Refusals are answers too.
    if (!(error instanceof api.OpenDataError)) throw error;
  }
}
