// Differential fuzzing: structured random calls through the package (WebAssembly, its baseline, plain JavaScript), node:crypto and
// crypto-js. Where one gives a result, all give the same one, but for what the package refuses and says so.
//
// A round is made of its seed and its number and of nothing else, so that one that failed can be run by itself. As a program:
// `--seconds N` for as long, from a fresh seed; `--seed S` for that one; `--round R` for one round of it.

import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHash, createHmac, randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import util from 'node:util';

import { APPID, OTHER_APPID, TIMESTAMP, pushEncrypt, pushFrame, pushSignature } from '../fixtures.mjs';
import { requireInstalled } from './installed.mjs';
import { Refusal, modelDecrypt } from './model.mjs';
import { seeded } from './prng.mjs';

const CryptoJS = createRequire(import.meta.url)('crypto-js');
const [modern, ...others] = ['weapp-opendata', 'weapp-opendata/baseline', 'weapp-opendata/js'].map((entry) => requireInstalled(entry));

const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** What a call comes to: a value, or what is wrong. */
function outcome(run, Class) {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof Class)) throw error;
    const { code, reason, errcode, message, hint } = error;
    return { code, reason, errcode, message, hint };
  }
}

/** The same of all three of the package, to the letter. */
function ours(call) {
  const found = outcome(() => call(modern), modern.OpenDataError);
  for (const api of others) assert.deepStrictEqual(outcome(() => call(api), api.OpenDataError), found);
  return found;
}

// Random JSON as text, in any spelling that JSON has.

const CHARACTERS = ['a', 'Z', '0', ' ', '/', '=', '{', '}', '[', ',', ':', 'é', 'ß', '微', '信', '😀', '🇨🇳', '\u2028', '\ufeff', '\u200d', '\u007f'];
const ESCAPES = ['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u0000', '\\u0041', '\\uD83D\\ude00', '\\ud83d', '\\udc00', '\\u5fae'];

const repeat = (random, most, make) => Array.from({ length: random.below(most + 1) }, make);
const space = (random) => (random.below(6) ? '' : random.pick([' ', '\n', '\t', '\r\n', '   ']));
const textJson = (random, most = 30) => `"${repeat(random, most, () => random.pick(random.below(5) ? CHARACTERS : ESCAPES)).join('')}"`;

function numberJson(random) {
  const sign = random.below(3) ? '' : '-';
  const whole = random.pick(['0', '7', String(random.u32()), String(random.below(1000))]);
  const fraction = random.below(3) ? '' : `.${random.u32()}`;
  return sign + whole + fraction + (random.below(4) ? '' : random.pick(['e5', 'E-3', 'e+22', 'e0', 'e400', 'E-400']));
}

function valueJson(random, depth) {
  const kind = random.below(depth > 0 ? 8 : 5);
  if (kind < 2) return textJson(random);
  if (kind === 2) return numberJson(random);
  if (kind < 5) return random.pick(['true', 'false', 'null', '{}', '[]', '""']);
  if (kind === 5) return objectJson(random, depth - 1);
  return `[${repeat(random, 4, () => space(random) + valueJson(random, depth - 1) + space(random)).join(',')}]`;
}

const KEYS = ['nickName', 'openId', 'phoneNumber', '昵称', '', '__proto__', 'constructor', 'toString', '0', 'appid', 'timestamp'];

function fieldJson(random, depth) {
  const key = random.below(4) ? JSON.stringify(random.pick(KEYS)) : textJson(random, 6);
  return `${space(random)}${key}${space(random)}:${space(random)}${valueJson(random, depth)}${space(random)}`;
}

const objectJson = (random, depth) => `{${repeat(random, 5, () => fieldJson(random, depth)).join(',')}}`;

/** Seconds in a spelling that every reader gives the same number for. */
function secondsJson(random, seconds) {
  return random.pick([() => `${seconds}`, () => `${seconds}.0`, () => `${seconds}0e-1`, () => `${seconds / 1e9}e9`, () => `${seconds}E0`])();
}

function stampJson(random) {
  if (random.below(12) === 0) return random.pick(['null', '7', '[]', '{}', '"x"', '{"appid":"wx"}', `{"timestamp":${TIMESTAMP}}`]);
  const appid = random.below(8) ? APPID : random.pick([OTHER_APPID, '', `${APPID}x`]);
  const seconds = TIMESTAMP + random.pick([0, -100, -1000, 200, 400, -random.below(100000)]);
  const time = random.below(12) ? secondsJson(random, seconds) : random.pick([`${seconds}000`, '-5', '1.5', '"1"', 'null', '99999999999', '100000000000']);
  const fields = [`"appid":${space(random)}${random.below(5) ? JSON.stringify(appid) : `"\\u0077${appid.slice(1)}"`}`, `"timestamp":${space(random)}${time}`];
  if (random.below(2)) fields.reverse();
  if (random.below(6) === 0) fields.push(fieldJson(random, 1));
  return `{${fields.join(',')}}`;
}

/** What a template knows, as WeChat sends it (src/templates.rs); sometimes with a character more, less or other. */
function shapeJson(random) {
  const text = () => repeat(random, random.pick([4, 20]), () => random.pick(random.below(9) ? CHARACTERS : ESCAPES)).join('');
  const number = () => random.pick([random.below(3), random.u32(), TIMESTAMP]);
  const value = (key) => `"${key}":${key === 'gender' || key === 'chat_type' ? number() : `"${text()}"`}`;
  const profile = ['nickName', 'gender', 'language', 'city', 'province', 'country', 'avatarUrl'];
  const keys = random.pick([
    ['phoneNumber', 'purePhoneNumber', 'countryCode'],
    ['openId', ...profile, ...(random.below(2) ? ['unionId'] : [])],
    profile,
    random.pick([['openGId'], ['opengid'], ['opengid', 'open_single_roomid', 'group_openid', 'chat_type']]),
  ]);
  const appid = random.below(6) ? APPID : text();
  const stamp = `"watermark":{"timestamp":${random.below(6) ? TIMESTAMP : number()},"appid":"${appid}"}`;
  const steps = repeat(random, 5, () => `{"timestamp":${number()},"step":${number()}}`).join(',');
  const json = `{${random.below(4) ? keys.map(value).join(',') : `"stepInfoList":[${steps}]`},${stamp}${random.below(4) ? '' : ',"is_demote":true'}}`;
  if (random.below(2)) return json;
  const at = random.below(json.length);
  return json.slice(0, at) + random.pick(['', random.pick(CHARACTERS), random.pick(ESCAPES), '"', '\\', '0', ',', '\u0001']) + json.slice(at + random.below(2));
}

/** An object of open data; sometimes not quite. */
function plaintext(random) {
  if (random.below(3) === 0) return Buffer.from(shapeJson(random));
  const fields = repeat(random, 5, () => fieldJson(random, 3));
  for (let stamps = random.pick([0, 1, 1, 1, 1, 1, 1, 2]); stamps > 0; stamps--) {
    const key = random.below(8) ? '"watermark"' : '"\\u0077atermark"';
    fields.splice(random.below(fields.length + 1), 0, `${key}:${stampJson(random)}`);
  }
  const text = `${space(random)}{${fields.join(',')}}${space(random)}`;
  if (random.below(12)) return Buffer.from(text);
  return random.pick([
    () => Buffer.from(text.slice(0, random.below(text.length))),
    () => Buffer.from(text + random.pick([',', '}', 'x', '\0', '{}'])),
    () => Buffer.concat([Buffer.from(text.slice(0, 20)), Buffer.of(random.pick([0xff, 0xc0, 0xed, 0x80, 0])), Buffer.from(text.slice(20))]),
    () => Buffer.from(`[${text}]`),
    () => Buffer.from(valueJson(random, 2)),
    () => Buffer.from(`\ufeff${text}`),
    () => Buffer.from('['.repeat(2000) + ']'.repeat(2000)),
    () => Buffer.from(`{"a":${'['.repeat(900)}${']'.repeat(900)},"watermark":${stampJson(random)}}`),
    () => Buffer.from(random.bytes(random.below(200))),
  ])();
}

/** What transit does to base64, most of which can be put right. */
function damaged(random, text) {
  const ways = [
    (t) => t.replaceAll('+', ' '), encodeURIComponent, (t) => t.replaceAll('+', '-').replaceAll('/', '_'), (t) => t.replace(/=+$/, ''),
    (t) => t.replace(/.{64}/g, '$&\r\n'), (t) => ` ${t}`, (t) => `${t}\n`, (t) => t.replace(/.{20}/g, '$& \t'),
    (t) => t.slice(0, random.below(t.length)), (t) => t.slice(random.below(4)), (t) => t.replace(/./, () => random.pick(['!', 'é', '%', '=', '-', ' '])),
    (t) => t + random.pick(['=', '==', 'A', ' ', '%20']),
  ];
  for (let count = 1 + random.below(3); count > 0; count--) text = random.pick(ways)(text);
  return text;
}

function openByCryptoJs(encryptedData, key, iv) {
  try {
    const ciphertext = CryptoJS.enc.Base64.parse(encryptedData);
    const bytes = CryptoJS.AES.decrypt({ ciphertext }, CryptoJS.enc.Base64.parse(key), { iv: CryptoJS.enc.Base64.parse(iv) });
    return { value: JSON.parse(bytes.toString(CryptoJS.enc.Utf8)) };
  } catch {
    return undefined;
  }
}

function openData(random) {
  const key = base64(random.bytes(16));
  const iv = base64(random.bytes(16));
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(key, 'base64'), Buffer.from(iv, 'base64'));
  let bytes = plaintext(random);
  if (random.below(20) === 0) {
    // A pad of one's own.
    cipher.setAutoPadding(false);
    bytes = Buffer.concat([bytes, Buffer.alloc(16 - (bytes.length % 16), random.below(256))]);
  }
  const ciphertext = Buffer.concat([cipher.update(bytes), cipher.final()]);
  if (random.below(10) === 0) ciphertext[random.below(ciphertext.length)] ^= 1 << random.below(8);
  const canonical = base64(ciphertext);
  const wrong = () => base64(random.bytes(16));
  const keys = repeat(random, random.pick([0, 0, 0, 2, 7]), wrong);
  if (random.below(12)) keys.splice(random.below(keys.length + 1), 0, key);
  const spoilt = (text) => (random.below(5) ? text : damaged(random, text));
  const payload = { encryptedData: spoilt(canonical), iv: spoilt(iv) };
  const policy = {
    sessionKey: keys.length === 1 && random.below(2) ? spoilt(keys[0]) : keys.length ? keys : wrong(),
    appid: random.pick([APPID, APPID, [OTHER_APPID, APPID], OTHER_APPID, null]),
    now: TIMESTAMP + random.pick([0, 0, 500, -500]),
    maxAge: random.pick([undefined, undefined, 0, 300, 1e9]),
    clockSkew: random.pick([undefined, undefined, 0, 1e9]),
    watermark: random.pick(['required', 'optional']),
    strict: random.below(3) === 0,
  };
  // Half of them without a reason to refuse in the policy.
  if (random.below(2)) Object.assign(policy, { appid: null, maxAge: undefined, clockSkew: 1e9, watermark: 'optional', strict: false });
  const found = ours((api) => api.decrypt(payload, policy));
  const model = outcome(() => modelDecrypt(payload, policy), Refusal);
  assert.equal(found.code, model.code);
  if (!found.code) {
    assert.deepStrictEqual(found.value, model.value);
    const opened = keys.map((text) => openByCryptoJs(canonical, text, iv));
    assert.ok(opened.some((result) => util.isDeepStrictEqual(result?.value, found.value)), 'crypto-js does not open it to the same');
  }
  const [record] = ours((api) => api.decryptMany([{ ...payload, sessionKey: policy.sessionKey }], policy).map((result) => ({
    value: result.value, code: result.reason?.code, message: result.reason?.message,
  }))).value;
  assert.deepStrictEqual([record.value, record.code], [found.value, found.code]);
  const diagnosis = ours((api) => api.diagnose(payload, policy)).value;
  assert.deepStrictEqual([diagnosis.ok, diagnosis.code], [!found.code, found.code]);
  return found.code ? 'refused' : 'opened';
}

const letters = (random, count) =>
  Array.from({ length: count }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'[random.below(62)]).join('');
const anyText = (random, most) => repeat(random, most, () => random.pick(CHARACTERS)).join('');

function messagePush(random) {
  const config = { token: anyText(random, 20) || 't', encodingAESKey: letters(random, 43), appid: APPID };
  const query = { timestamp: String(random.u32()), nonce: String(random.u32()) };
  const message = random.below(10) ? anyText(random, 200) : random.bytes(random.below(60));
  const frame = pushFrame(random.bytes(16), message, random.below(8) ? APPID : OTHER_APPID, random.below(8) ? undefined : random.below(300));
  let encrypt = pushEncrypt(frame, config.encodingAESKey, random.below(8) ? undefined : random.below(256));
  if (random.below(10) === 0) encrypt = damaged(random, encrypt);
  query.msg_signature = random.below(10) ? pushSignature(config.token, query.timestamp, query.nonce, encrypt) : letters(random, 40);
  const found = ours((api) => new api.MessagePush(config).decrypt(encrypt, query));

  const signed = CryptoJS.SHA1([config.token, query.timestamp, query.nonce, encrypt].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).join('')).toString();
  if (signed !== query.msg_signature) {
    assert.equal(found.code, 'SIGNATURE_MISMATCH');
    return 'refused';
  }
  const key = CryptoJS.enc.Base64.parse(`${config.encodingAESKey}=`);
  const iv = CryptoJS.lib.WordArray.create(key.words.slice(0, 4), 16);
  const opened = CryptoJS.AES.decrypt({ ciphertext: CryptoJS.enc.Base64.parse(encrypt) }, key, { iv, padding: CryptoJS.pad.NoPadding });
  const bytes = Buffer.from(opened.toString(CryptoJS.enc.Hex), 'hex');
  if (!found.code) {
    const length = bytes.readUInt32BE(16);
    assert.equal(found.value, bytes.subarray(20, 20 + length).toString('utf8'));
    assert.equal(bytes.subarray(20 + length, -bytes.at(-1)).toString(), config.appid);
  } else assert.ok(['DECRYPT_FAILED', 'APPID_MISMATCH', 'ILLEGAL_BASE64', 'ILLEGAL_BUFFER'].includes(found.code), found.code);

  // And the other way.
  const text = anyText(random, 200);
  const given = { timestamp: random.u32(), nonce: String(random.u32()), random: random.bytes(16) };
  const sealed = ours((api) => new api.MessagePush(config).encrypt(text, given)).value;
  const framed = pushFrame(given.random, text, config.appid);
  const pad = 32 - (framed.length % 32);
  const words = CryptoJS.enc.Hex.parse(Buffer.concat([framed, Buffer.alloc(pad, pad)]).toString('hex'));
  assert.equal(sealed.Encrypt, CryptoJS.AES.encrypt(words, key, { iv, padding: CryptoJS.pad.NoPadding }).ciphertext.toString(CryptoJS.enc.Base64));
  assert.equal(sealed.MsgSignature, pushSignature(config.token, String(given.timestamp), given.nonce, sealed.Encrypt));
  return found.code ? 'refused' : 'opened';
}

function channel(random) {
  const key = { encryptKey: base64(random.bytes(16)), version: random.u32() };
  const message = anyText(random, 200);
  const context = anyText(random, 40);
  const nonce = random.bytes(12);
  const { value: sealed } = ours((api) => api.sealChannel(message, { key, context, random: nonce }));
  const bytes = Buffer.from(sealed, 'base64url');
  if (random.below(3) === 0) bytes[random.below(bytes.length)] ^= 1 << random.below(8);
  const text = random.below(6) ? bytes.toString('base64url') : damaged(random, sealed);
  const found = ours((api) => api.openChannel(text, { key: [{ ...key, version: (key.version ^ 1) >>> 0 }, key], context }));
  const decoded = Buffer.from(text, 'base64url');
  let expected;
  try {
    const decipher = createDecipheriv('aes-128-gcm', Buffer.from(key.encryptKey, 'base64'), decoded.subarray(5, 17), { authTagLength: 16 });
    decipher.setAAD(Buffer.concat([decoded.subarray(0, 5), Buffer.from(context)])).setAuthTag(decoded.subarray(-16));
    expected = Buffer.concat([decipher.update(decoded.subarray(17, -16)), decipher.final()]).toString();
  } catch {
    expected = undefined;
  }
  // What we open, node:crypto opens to the same. What it opens and we do not is text that is no canonical base64url.
  if (!found.code) assert.equal(found.value, expected);
  else if (expected !== undefined) assert.ok(decoded.toString('base64url') !== text, found.message);
  return found.code ? 'refused' : 'opened';
}

function signatures(random) {
  const sessionKey = base64(random.bytes(16));
  const data = anyText(random, 200);
  const appKey = anyText(random, 100) || 'k';
  const uri = `/${letters(random, random.below(30))}`;
  const hmac = createHmac('sha256', sessionKey).update(data).digest('hex');
  assert.equal(CryptoJS.HmacSHA256(data, sessionKey).toString(), hmac);
  assert.equal(ours((api) => api.signWithSessionKey(sessionKey, data)).value, hmac);
  const payment = CryptoJS.HmacSHA256(`${uri}&${data}`, appKey).toString();
  assert.equal(ours((api) => api.signPayment(appKey, uri, data)).value, payment);
  const right = createHash('sha1').update(data + sessionKey).digest('hex');
  assert.equal(CryptoJS.SHA1(data + sessionKey).toString(), right);
  const signature = random.below(2) ? right : letters(random, 40).toLowerCase();
  assert.equal(ours((api) => api.verifySignature({ rawData: data, signature }, { sessionKey })).value, signature === right);
  return signature === right ? 'opened' : 'refused';
}

const KINDS = { openData, messagePush, channel, signatures };
const ORDER = ['openData', 'openData', 'openData', 'messagePush', 'channel', 'signatures'];

/** One round. What fails says how to run it again. */
export function round(seed, number) {
  const random = seeded((Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0);
  const kind = ORDER[number % ORDER.length];
  try {
    return `${kind} ${KINDS[kind](random)}`;
  } catch (error) {
    throw new Error(`differential fuzzing, ${kind}: --seed ${seed} --round ${number}\n${error.message}`, { cause: error });
  }
}

/** Rounds until there were enough or the time is over; how each ended, counted. */
export function differential({ seed, rounds = Infinity, seconds = Infinity }) {
  const counts = {};
  const end = performance.now() + seconds * 1000;
  let number = 0;
  for (; number < rounds && (number % 16 || performance.now() < end); number++) {
    const ending = round(seed, number);
    counts[ending] = (counts[ending] ?? 0) + 1;
  }
  return { rounds: number, counts };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = util.parseArgs({ options: { seed: { type: 'string' }, round: { type: 'string' }, seconds: { type: 'string', default: '1200' } } });
  const seed = values.seed === undefined ? randomInt(2 ** 32) : Number(values.seed);
  console.log(`seed ${seed}`);
  if (values.round === undefined) console.log(differential({ seed, seconds: Number(values.seconds) }));
  else console.log(round(seed, Number(values.round)));
}
