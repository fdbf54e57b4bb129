// Every function of the package, with every kind of what it takes, what is refused included: a process in which all of them have been
// called is a server's, in which no place of the code knows one kind only.

import assert from 'node:assert/strict';

import { GREY_AVATAR, OTHER_APPID, TIMESTAMP, pushEncrypt, pushFrame, pushSignature, sha1 } from '../fixtures.mjs';
import { APPID, payloads } from './payloads.mjs';
import { numbers } from './phone-numbers.mjs';

const STALE = Buffer.alloc(16, 1).toString('base64');

const PUSH = { token: 'synthetic', encodingAESKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', appid: APPID };
const query = { timestamp: String(TIMESTAMP), nonce: '486452656' };
const encrypt = pushEncrypt(pushFrame(Buffer.alloc(16, 7), '{"a":"张三"}', APPID), PUSH.encodingAESKey);
const pushed = { ...query, msg_signature: pushSignature(PUSH.token, query.timestamp, query.nonce, encrypt) };

const CHANNEL = { key: { encryptKey: STALE, version: 1 }, context: 'POST /orders' };
const stamp = { timestamp: TIMESTAMP, appid: APPID };
const phone = { phoneNumber: '13800000000', purePhoneNumber: '13800000000', countryCode: '86', watermark: stamp };

/**
 * By name: calls of that function.
 *
 * @param {any} api
 * @returns {Record<string, (() => unknown)[]>}
 */
function calls(api) {
  const first = Object.values(payloads).map(([record]) => record);
  const each = (name) =>
    first.flatMap(({ payload, sessionKey }) => [
      () => api[name](payload, { sessionKey, appid: APPID }),
      () => api[name](payload, { sessionKey: [STALE, sessionKey], appid: [OTHER_APPID, APPID], now: TIMESTAMP, maxAge: 86400, strict: true }),
      () => api[name](payload, { sessionKey: STALE, appid: APPID }),
      () => api[name](payload, { sessionKey, appid: OTHER_APPID }),
      () => api[name]({ ...payload, iv: undefined }, { sessionKey, appid: APPID }),
    ]);
  const push = new api.MessagePush(PUSH);
  const sealed = api.sealChannel('text', CHANNEL);
  return {
    decrypt: each('decrypt'),
    decryptPhoneNumber: each('decryptPhoneNumber'),
    decryptUserInfo: each('decryptUserInfo'),
    diagnose: each('diagnose'),
    decryptMany: [
      () => api.decryptMany(first.map(({ payload, sessionKey }) => ({ ...payload, sessionKey })), { appid: APPID }),
      () => api.decryptMany(first.map(({ payload }) => ({ ...payload, sessionKey: STALE })), { appid: APPID }),
      () => api.decryptMany([], { appid: null }),
    ],
    checkWatermark: [() => api.checkWatermark({ watermark: stamp }, { appid: APPID }), () => api.checkWatermark({}, { appid: APPID })],
    readCloudData: [
      () => api.readCloudData({ cloudID: 'x', data: phone }, { appid: APPID }),
      () => api.readCloudData({ cloudID: 'x', errCode: -601006, errMsg: 'cloudID expired.' }, { appid: APPID }),
      () => api.readCloudData('x', { appid: APPID }),
    ],
    readPhoneNumberResponse: [
      () => api.readPhoneNumberResponse({ errcode: 0, errmsg: 'ok', phone_info: phone }, { appid: APPID }),
      () => api.readPhoneNumberResponse({ errcode: 40029, errmsg: 'invalid code' }, { appid: APPID }),
    ],
    parsePhoneNumber: [
      ...Object.values(numbers).map(([text]) => () => api.parsePhoneNumber(text)),
      () => api.parsePhoneNumber(phone),
      () => api.parsePhoneNumber({ countryCode: 852, purePhoneNumber: '51234567' }),
      () => api.parsePhoneNumber('51234567', { defaultCountryCode: '852' }),
      () => api.parsePhoneNumber('135****6666'),
    ],
    maskPhoneNumber: [() => api.maskPhoneNumber('13800000000'), () => api.maskPhoneNumber(api.parsePhoneNumber('+85251234567'))],
    parseAvatar: ['http://tmp/a.jpeg', GREY_AVATAR, 'cloud://env.bucket/a.png', ''].map((url) => () => api.parseAvatar(url)),
    resizeAvatar: [() => api.resizeAvatar(GREY_AVATAR, 0), () => api.resizeAvatar('', 64)],
    verifySignature: [
      () => api.verifySignature({ rawData: '{"nickName":"张三"}', signature: sha1(`{"nickName":"张三"}${STALE}`) }, { sessionKey: STALE }),
      () => api.verifySignature({ rawData: '{}', signature: '' }, { sessionKey: [STALE] }),
    ],
    signWithSessionKey: [() => api.signWithSessionKey(STALE), () => api.signWithSessionKey(STALE, '{"a":"张三"}')],
    signPayment: [() => api.signPayment('appKey', '/xpay/query_user_balance', '{}')],
    MessagePush: [
      () => new api.MessagePush(PUSH),
      () => push.verify({ ...query, signature: pushSignature(PUSH.token, query.timestamp, query.nonce) }),
      () => push.decrypt(encrypt, pushed),
      () => push.decrypt(encrypt, { ...pushed, msg_signature: '' }),
      () => push.encrypt('{"a":"张三"}'),
    ],
    sealChannel: [() => api.sealChannel('text', CHANNEL), () => api.sealChannel('张三', CHANNEL)],
    openChannel: [() => api.openChannel(sealed, CHANNEL), () => api.openChannel(`${sealed}A`, { ...CHANNEL, key: [CHANNEL.key] })],
  };
}

/**
 * Calls all of them, so many times.
 *
 * @param {any} api
 * @param {number} times
 */
export function callEverything(api, times) {
  const all = calls(api);
  const exported = Object.keys(api).filter((name) => typeof api[name] === 'function' && !['OpenDataError', 'init'].includes(name));
  assert.deepEqual(Object.keys(all).sort(), exported.sort(), 'a function of the package is not called');
  let answered = 0;
  let refused = 0;
  for (let i = 0; i < times; i++) {
    for (const call of Object.values(all).flat()) {
      try {
        call();
        answered++;
      } catch (error) {
        if (!(error instanceof api.OpenDataError)) throw error;
        refused++;
      }
    }
  }
  assert.ok(answered > times && refused > times, `${answered} calls answered, ${refused} refused`);
}
