// Ready-made payloads, all synthetic and the same in every run. They are plain data, so that the suite needs no cryptography and
// can be handed them on any host.

import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

import { readFileSync } from 'node:fs';

import { seeded } from './support/prng.mjs';

/** Data that the Rust tests use as well. */
const table = (name) => JSON.parse(readFileSync(new URL(`../tests/${name}`, import.meta.url), 'utf8'));
const avatarTable = table('vectors/avatars.json');
const channel = table('vectors/channel.json');
const phoneExamples = table('data/phone_examples.json');

export const APPID = 'wx0123456789abcdef';
export const OTHER_APPID = 'wxfedcba9876543210';
export const TIMESTAMP = 1700000000;

const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** Encrypts bytes that are padded already. */
function encryptPadded(padded, key, iv) {
  const cipher = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]);
}

export function encrypt(plaintext, key, iv) {
  const cipher = createCipheriv('aes-128-cbc', key, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

function decryptRaw(ciphertext, key, iv) {
  const decipher = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

export function seal(plaintext, key, iv) {
  return { encryptedData: base64(encrypt(plaintext, key, iv)), iv: base64(iv), sessionKey: base64(key), plaintext: String(plaintext) };
}

/** What PKCS#7 asks of the last block. */
export function paddingIsRight(padded) {
  const pad = padded[padded.length - 1];
  return pad >= 1 && pad <= 16 && padded.subarray(-pad).every((byte) => byte === pad);
}

export function isUtf8(bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The first of a sequence of candidates that has what is wanted. */
function search(make, wanted, limit = 300000) {
  for (let i = 0; i < limit; i++) {
    const candidate = make(i);
    if (wanted(candidate)) return candidate;
  }
  throw new Error('no candidate has what is wanted: the generator has changed');
}

export const sha1 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha1')).digest('hex');

/** What message push signs: its texts sorted by their bytes. */
export const pushSignature = (...texts) => sha1(...texts.map((text) => Buffer.from(text)).sort(Buffer.compare));

/** What comes before the padding of a pushed message: random bytes, length, message, appid. */
export function pushFrame(random, message, appid, length = Buffer.byteLength(message)) {
  const head = Buffer.alloc(20);
  head.set(random);
  head.writeUInt32BE(length, 16);
  return Buffer.concat([head, Buffer.from(message), Buffer.from(appid)]);
}

/** Pads to a multiple of 32 and encrypts as WeChat does; `pad` of one's own makes another last byte. */
export function pushEncrypt(frame, encodingAESKey, pad = 32 - (frame.length % 32)) {
  const key = Buffer.from(`${encodingAESKey}=`, 'base64');
  const padded = Buffer.concat([frame, Buffer.alloc(32 - (frame.length % 32), pad)]);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return base64(Buffer.concat([cipher.update(padded), cipher.final()]));
}

/** Messages of which all signatures are right, whatever else is wrong. */
function pushFixtures(random) {
  const config = { token: 'synthetic', encodingAESKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', appid: APPID };
  const query = { timestamp: String(TIMESTAMP), nonce: '486452656' };
  const signed = (encrypt) => ({ encrypt, query: { ...query, msg_signature: pushSignature(config.token, query.timestamp, query.nonce, encrypt) } });
  const seal = (message, { appid = APPID, length, pad } = {}) =>
    signed(pushEncrypt(pushFrame(random.bytes(16), message, appid, length), config.encodingAESKey, pad));
  const ofPad = (pad) => 'x'.repeat(96 - pad - 20 - APPID.length);
  const bytes = (...list) => Buffer.from(list);
  return {
    config,
    query: { ...query, signature: pushSignature(config.token, query.timestamp, query.nonce) },
    opened: [
      ...['', 'x', '{"a":"张三😀"}', '<xml><MsgId>1</MsgId></xml>', '\ufeff\u0000'].map((message) => ({ ...seal(message), message })),
      ...Array.from({ length: 32 }, (_, index) => ofPad(index + 1)).map((message) => ({ ...seal(message), message })),
    ],
    otherApp: [seal('{}', { appid: OTHER_APPID }), seal('{}', { appid: '' }), seal('{}', { appid: `${APPID}x` }), seal('{}', { length: 1 }), seal('{}', { length: 0 })],
    notOpened: [
      seal('{}', { length: 1000 }), seal('{}', { length: 0xffffffff }), seal('{}', { pad: 0 }), seal('{}', { pad: 33 }), seal('{}', { pad: 255 }), seal('{}', { pad: 30 }),
      seal(bytes(0xff, 0xfe)), seal(bytes(0xe4, 0xb8), { appid: OTHER_APPID }), signed(pushEncrypt(Buffer.alloc(0), config.encodingAESKey)),
      signed(pushEncrypt(Buffer.alloc(19), config.encodingAESKey)), signed(pushEncrypt(pushFrame(random.bytes(16), '{}', APPID), 'B'.repeat(43))),
    ],
    noCiphertext: {
      EMPTY: signed(''), WRONG_LENGTH: signed(base64(new Uint8Array(48))), ILLEGAL_CHARACTER: signed('!'), WHITESPACE: signed('AA\nAA'), TRUNCATED: signed('AAAAA'),
    },
  };
}

/** The grey picture of WeChat's default profile since 2021. */
export const GREY_AVATAR =
  'https://thirdwx.qlogo.cn/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/132';

const STAMP = { timestamp: TIMESTAMP, appid: APPID };

const stampJson = JSON.stringify(STAMP);
const phoneData = (phoneNumber, purePhoneNumber, countryCode) =>
  JSON.stringify({ phoneNumber, purePhoneNumber, countryCode, watermark: STAMP });
const profile = (nickName, avatarUrl) =>
  JSON.stringify({ openId: 'oSynthetic', nickName, gender: 0, language: '', avatarUrl, watermark: STAMP });

function userInfo(random, extra = '') {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
  const openId = Array.from({ length: 28 }, () => letters[random.below(64)]).join('');
  return JSON.stringify({ openId, nickName: `张三😀${extra}`, gender: 0, city: '广州', watermark: STAMP });
}

export function makeFixtures() {
  const random = seeded(20240601);
  const key = random.bytes(16);
  const iv = random.bytes(16);
  const sealText = (text) => seal(text, key, iv);
  const searchUser = (wanted, extra = '') => search(() => sealText(userInfo(random, extra)), wanted);
  const bytesOf = (fixture) => Buffer.from(fixture.encryptedData, 'base64').length;

  /** User data whose ciphertext has this many bytes over a multiple of 48. */
  const ofRest = (rest, wanted) => {
    const extra = [...Array(48).keys()]
      .map((length) => 'x'.repeat(length))
      .find((text) => bytesOf(sealText(userInfo(random, text))) % 48 === rest);
    return searchUser(wanted, extra);
  };

  // One of a kind each, for the repairs: where the lost `+` stood decides how it can be known.
  const repairs = {
    plain: searchUser(({ encryptedData: data }) => /^[^+].*\+[^+].*=$/.test(data) && data.includes('/')),
    unpadded: ofRest(0, ({ encryptedData: data }) => /^[^+].*[a-z]\+[a-z].*[^+]$/.test(data) && data.includes('/')),
    run: searchUser(({ encryptedData: data }) => /^[^+].*[^+]\+\+[^+]/.test(data)),
    leading: [0, 16, 32].map((rest) => ofRest(rest, ({ encryptedData: data }) => /^\+[^+]/.test(data))),
    leadingTwo: ofRest(16, ({ encryptedData: data }) => /^\+\+[^+]/.test(data)),
    trailing: ofRest(0, ({ encryptedData: data }) => /^[^+].*[^+]\+$/.test(data)),
    bothEnds: ofRest(0, ({ encryptedData: data }) => /^\+[^+].*[^+]\+$/.test(data)),
    keyAndIvBegin: seal(userInfo(random), Uint8Array.of(0xfb, 0xe0, ...random.bytes(14)), Uint8Array.of(0xf8, ...random.bytes(15))),
    keyAndIvHold: search(
      () => seal(userInfo(random), random.bytes(16), random.bytes(16)),
      ({ sessionKey, iv: text }) => [sessionKey, text].every((value) => /^[^+]+\+[^+]+$/.test(value) && value.includes('/')),
    ),
  };

  const withWatermark = (json) => sealText(`{"phoneNumber":"13000000000","watermark":${json}}`);
  const valid = JSON.stringify(STAMP);
  const other = JSON.stringify({ timestamp: TIMESTAMP, appid: OTHER_APPID });
  const watermarks = {
    valid: withWatermark(valid),
    otherApp: withWatermark(other),
    milliseconds: withWatermark(JSON.stringify({ timestamp: TIMESTAMP * 1000, appid: APPID })),
    absent: sealText('{"stepInfoList":[{"timestamp":1700000000,"step":100}]}'),
    // Each is what JSON.parse makes of it: the last of two keys counts, and only the top level.
    duplicateGoodLast: sealText(`{"watermark":${other},"a":1,"watermark":${valid}}`),
    duplicateBadLast: sealText(`{"watermark":${valid},"a":1,"watermark":${other}}`),
    duplicateNullLast: sealText(`{"watermark":${valid},"watermark":null}`),
    escapedKeyGoodLast: sealText(`{"watermark":${other},"\\u0077atermark":${valid}}`),
    escapedKeyBadLast: sealText(`{"watermark":${valid},"water\\u006dark":${other}}`),
    duplicateAppidBadLast: withWatermark(`{"appid":"${APPID}","appid":"${OTHER_APPID}","timestamp":${TIMESTAMP}}`),
    duplicateTimeOldLast: withWatermark(`{"appid":"${APPID}","timestamp":${TIMESTAMP},"timestamp":1}`),
    nested: sealText(`{"a":{"watermark":${valid}},"b":[{"watermark":${valid}}]}`),
    nestedInString: sealText(JSON.stringify({ a: `","watermark":${valid},"b":"` })),
    nestedInWatermark: withWatermark(`{"watermark":${valid}}`),
    prototypeKey: sealText(`{"__proto__":{"watermark":${valid}}}`),
    otherCase: sealText(`{"Watermark":${valid}}`),
    extraFields: withWatermark(`{"x":[{}],"timestamp":${TIMESTAMP},"appid":"${APPID}","y":null}`),
    escapedAppid: withWatermark(`{"timestamp":${TIMESTAMP},"appid":"\\u0077x0123456789abcdef"}`),
  };
  // Whole numbers that are not written as WeChat writes them: digits, 15 at most.
  const respelled = ['1.7e9', '17E8', `${TIMESTAMP}.0`, `${TIMESTAMP}0e-1`, '-0', `${TIMESTAMP}000000`].map((time) =>
    withWatermark(`{"timestamp":${time},"appid":"${APPID}"}`),
  );
  const wrongShapes = [
    'null', '7', '"text"', 'true', `[${valid}]`, '{}', `{"appid":"${APPID}"}`, `{"timestamp":${TIMESTAMP}}`,
    `{"appid":"${APPID}","timestamp":"${TIMESTAMP}"}`, `{"appid":"${APPID}","timestamp":1.5}`,
    `{"appid":"${APPID}","timestamp":-1}`, `{"appid":"${APPID}","timestamp":null}`, `{"appid":["${APPID}"],"timestamp":1}`,
    `{"appid":"${APPID}","timestamp":1e22}`,
  ].map(withWatermark);

  // What opens but is no JSON object, and what JSON.parse accepts although it looks odd.
  const notObjects = [
    '', 'x', '[]', `[{"watermark":${valid}}]`, '7', 'null', 'true', '"text"', '{', '{}x', '{"a":1,}', "{'a':1}", '{"a":01}',
    '{"a":NaN}', '{"a":"\n"}', '{"a\n":1}', '{"a\u0000":1}', '{"x":{"\t":1}}',
    '{"watermark":{"\u001f":1}}','{"watermark":{"appid":"\n"}}', '\ufeff{}', '{}\u00a0', '{}\u0000', '{"a":1}{"a":1}', '{"a":"\\x41"}', '{"\\ud80":1}',
  ].map(sealText);
  const oddObjects = [
    ' \t\r\n{ } ', '{"":0}', '{"a":1e400}', '{"a":-0}', '{"a":1,"a":2}', '{"\\ud800":"\\udfff\\ud83d"}', '{"a":"\\u0000"}',
    '{"a":0.1e-400}', '{"nickName":"\\ud83d"}', '{"watermarks":"\\ud83d","\\ude00":1}', '{"constructor":1,"toString":{"valueOf":1}}', '{"__proto__":{"polluted":1}}', '{"a":"\u2028\u2029"}',
    `{"a":${'['.repeat(400)}${']'.repeat(400)}}`,
  ].map(sealText);
  // JSON that a parser of JSON.parse's kind takes and others do not, within a watermark.
  const oddWatermarks = {
    appidOfHalfACharacter: withWatermark(`{"appid":"\\ud800","timestamp":${TIMESTAMP}}`),
    halfACharacterBeside: withWatermark(`{"appid":"${APPID}","timestamp":${TIMESTAMP},"x":"\\udc00","\\udc00":1}`),
    watermarkOfHalfACharacter: withWatermark('"\\ud800"'),
    infiniteTimestamp: withWatermark(`{"appid":"${APPID}","timestamp":1e400}`),
    infinityBeside: withWatermark(`{"appid":"${APPID}","timestamp":${TIMESTAMP},"x":1e400}`),
  };
  const shapes = shapeTexts().map(sealText);
  const notUtf8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe4, 0xb8]].map((bytes) =>
    seal(Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]), key, iv),
  );
  const badPadding = [0, 17, 2, 255].map((last) => {
    const padded = Buffer.from('{"a":"0123456789abcdef01234"}   ');
    padded[31] = last;
    return { ...sealText('{}'), encryptedData: base64(encryptPadded(padded, key, iv)), plaintext: undefined };
  });

  // Wrong keys: nearly all fail at the padding, one in 256 does not.
  const subject = watermarks.valid;
  const ciphertext = Buffer.from(subject.encryptedData, 'base64');
  const wrongKey = (wanted) => search(() => random.bytes(16), (wrong) => wanted(decryptRaw(ciphertext, wrong, iv)));
  const keys = {
    stale: base64(wrongKey((opened) => !paddingIsRight(opened))),
    passesPadding: base64(
      wrongKey((opened) => paddingIsRight(opened) && !isUtf8(opened.subarray(0, -opened[opened.length - 1]))),
    ),
    opensAsText: opensAsTextUnderAnotherKey(random),
  };

  const phones = {
    mainland: sealText(phoneData('13580006666', '13580006666', '86')),
    hongKong: sealText(phoneData('+85251234567', '51234567', '852')),
    codeAsNumber: sealText(`{"phoneNumber":"13580006666","purePhoneNumber":"13580006666","countryCode":86,"watermark":${stampJson}}`),
    testAccount: sealText(phoneData('12066600001', '12066600001', '86')),
    masked: sealText(phoneData('135****6666', '135****6666', '86')),
    noPhone: sealText(`{"openGId":"x","watermark":${stampJson}}`),
  };
  const profiles = {
    known: sealText(profile('张三😀', 'http://wx.qlogo.cn/mmopen/vi_32/abc/0')),
    grey: sealText(profile('微信用户', GREY_AVATAR)),
    greyPictureOnly: sealText(profile('张三', GREY_AVATAR)),
    greyNameOnly: sealText(profile('微信用户', 'https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132')),
    noAvatar: sealText(profile('张三', '')),
    noProfile: sealText(phoneData('13580006666', '13580006666', '86')),
  };

  return {
    appid: APPID, otherAppid: OTHER_APPID, timestamp: TIMESTAMP,
    phones, profiles, avatarTable, phoneExamples, channel,
    signatures: table('vectors/signatures.json'), pushVectors: table('vectors/message-push.json'), push: pushFixtures(random),
    repairs, watermarks, respelled, wrongShapes, oddWatermarks, notObjects, oddObjects, shapes, notUtf8, badPadding, keys,
  };
}

/** All that a template knows, as WeChat sends it (src/templates.rs), with values of every kind; and what is nearly one of them. */
function shapeTexts() {
  const stamp = `"watermark":{"timestamp":${TIMESTAMP},"appid":"${APPID}"}`;
  const phone = (number, pure, code) => `{"phoneNumber":"${number}","purePhoneNumber":"${pure}","countryCode":"${code}",${stamp}}`;
  const object = (values) => {
    const fields = Object.entries(values).filter(([, value]) => value !== undefined);
    return `{${fields.map(([key, value]) => `"${key}":${typeof value === 'number' ? value : `"${value}"`}`).join(',')},${stamp}}`;
  };
  const user = (field = {}) => {
    const values = {
      openId: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE', nickName: 'Band', gender: 1, language: 'zh_CN', city: 'Guangzhou', province: 'Guangdong',
      country: 'CN', avatarUrl: `https://thirdwx.qlogo.cn/mmopen/vi_32/${'a1B2'.repeat(22)}/132`, unionId: 'ocMvos6NjeKLIBqg5Mr9QjxrP1FA', ...field,
    };
    return object(values);
  };
  const profile = (field) => user({ openId: undefined, unionId: undefined, ...field });
  const demoted = (field) => profile(field).replace(/}$/, ',"is_demote":true}');
  const share = (openGId) => object({ openGId });
  const group = (opengid) => object({ opengid });
  const chatTool = (field) => object({ opengid: 'tGZUI0egBJY1zhBYw2KhdUfwVJJE', open_single_roomid: '', group_openid: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE', chat_type: 3, ...field });
  const texts = ['', 'a', 'twelve chars', 'thirteen char', 'more than thirteen characters', '微', '微信用户', '微信用户微信用户微信用户微信用户', 'é', '👨‍👩‍👧‍👦😀', '\u007f\u2028\ufeff', "/'{}[]:,"];
  const whole = [
    phone('13800138000', '13800138000', '86'), phone('+85251234567', '51234567', '852'), phone('+4915112345678', '15112345678', '49'), phone('', '', ''),
    ...texts.map((text) => phone(text, '13800138000', text)), user(), user({ unionId: undefined }), ...texts.map((text) => user({ nickName: text })),
    ...texts.map((text) => user({ city: text, province: text, avatarUrl: text, unionId: undefined })), ...[0, 2, 7, 1e9, 4294967295].map((gender) => user({ gender })),
    ...[profile, demoted].flatMap((make) => [make(), ...texts.map((text) => make({ nickName: text, country: text, avatarUrl: text }))]),
    ...texts.flatMap((text) => [share(text), group(text), chatTool({ open_single_roomid: text })]), ...[0, 4294967295].map((chat_type) => chatTool({ chat_type })),
  ];
  const nearly = [
    [':"13', ': "13'], ['phoneNumber', '\\u0070honeNumber'], ['13800138000', '1380\\u00300138000'], ['"countryCode":"86"', '"countryCode":86'], [/}}$/, '},"a":1}'],
    [/}}$/, ',"a":1}}'], [/}}$/, '}}\n'], [/^/, ' '], ['"86",', '"86","phoneNumber":"x",'],
    [`{"timestamp":${TIMESTAMP},"appid":"${APPID}"}`, `{"appid":"${APPID}","timestamp":${TIMESTAMP}}`], [/^{/, '{"__proto__":"x",'],
  ].map(([from, to]) => whole[0].replace(from, to));
  const nearlyUser = [
    ['"gender":1', '"gender":"1"'], ['"gender":1', '"gender":-1'], ['"gender":1', '"gender":4294967296'], ['"gender":1', '"gender":1e0'], ['"gender":1', '"gender":null'],
    ['"nickName":"Band"', '"nickName":"\\"Ban\\\\d"'], ['"city":"Guangzhou",', ''], ['https:', 'https:\\/\\/'], ['"unionId"', '"unionid"'],
  ].map(([from, to]) => user().replace(from, to));
  const nearlyOthers = [
    demoted().replace('true}', 'false}'), demoted().replace('true}', 'true,"a":1}'), demoted().replace('is_demote', 'is_demoted'), `${demoted().slice(0, -1)},"is_demote":true}`,
    share('x').replace('}}', '},"is_demote":true}'), share('x').replace('openGId', 'openGid'), group('x').replace('opengid', 'opengId'), chatTool().replace(':3', ':"3"'), `{"openGId":"x"}`,
  ].map((text) => (text.includes('watermark') ? text : text.replace(/}$/, `,"a":1,${stamp}}`)));
  const steps = (...list) => `{"stepInfoList":[${list.map(([time, step]) => `{"timestamp":${time},"step":${step}}`).join(',')}],${stamp}}`;
  const month = Array.from({ length: 31 }, (_, day) => [TIMESTAMP - 86400 * day, (day * 7919) % 20000]);
  const wholeSteps = [steps([TIMESTAMP, 0]), steps(...month), steps([0, 4294967295], [4294967295, 1]), steps(...month, ...month, ...month)];
  const nearlySteps = [
    ['"step":0', '"step":-0'], ['"step":0', '"step":4294967296'], ['"step":0', '"step":1e3'], ['"step":0', '"step":0.5'], ['"step":0', '"step":"0"'],
    ['"step":0', '"step":null'], ['"step":0}', '"step":0,"a":1}'], ['"step":0}', '"step":0}\n'], ['"step":0}', '"step":0},{}'], ['"step":0}', '"step":0},{"step":1,"timestamp":2}'],
    [/\[.*\]/, '[]'], [/\[.*\]/, '{}'], [/\[.*\]/, '"["'], ['stepInfoList', 'stepInfolist'], ['"watermark"', '"a":1,"watermark"'],
  ].map(([from, to]) => wholeSteps[0].replace(from, to));
  return [...whole, ...nearly, ...nearlyUser, ...nearlyOthers, ...wholeSteps, ...nearlySteps];
}

/**
 * One block that is an object under one key and text, rightly padded, under another. The two plaintexts differ by what the keys
 * make of the block, so a block is searched for which this difference turns ASCII into ASCII and keeps the padding.
 */
function opensAsTextUnderAnotherKey(random) {
  const rightKey = random.bytes(16);
  const wrongKey = random.bytes(16);
  const zero = Buffer.alloc(16);
  const wanted = Buffer.from('{"abcdefghi":1}\u0001');
  const chunk = 1 << 16;
  for (let first = 0; first < 1 << 26; first += chunk) {
    const blocks = Buffer.alloc(16 * chunk);
    for (let i = 0; i < chunk; i++) blocks.writeUInt32LE(first + i, 16 * i);
    const ecb = (key) => createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(blocks);
    const right = ecb(rightKey);
    const wrong = ecb(wrongKey);
    for (let at = 0; at < blocks.length; at += 16) {
      if (right[at + 15] !== wrong[at + 15]) continue;
      let i = 0;
      while (i < 15 && (right[at + i] ^ wrong[at + i]) < 0x80) i++;
      if (i < 15) continue;
      const block = blocks.subarray(at, at + 16);
      const iv = decryptRaw(block, rightKey, zero).map((byte, index) => byte ^ wanted[index]);
      const text = decryptRaw(block, wrongKey, iv);
      if (!paddingIsRight(text) || text[0] === 0x7b) continue;
      return {
        encryptedData: base64(block), iv: base64(iv), sessionKey: base64(rightKey), wrongKey: base64(wrongKey), plaintext: '{"abcdefghi":1}',
      };
    }
  }
  throw new Error('no block found: the generator has changed');
}
