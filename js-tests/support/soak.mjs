// Calls of every kind, good and bad, one after the other for as long as one likes; each is looked at.

import assert from 'node:assert/strict';

import { APPID, OTHER_APPID, TIMESTAMP, makeFixtures, pushSignature, seal } from '../fixtures.mjs';
import { seeded } from './prng.mjs';

const POLICY = { appid: APPID, now: TIMESTAMP };
const thrown = new Error('on purpose');

/**
 * The calls by name; each takes the package and a random number, and throws when the result is not right. What is random is the data,
 * never whether it is good.
 */
export function makeCalls() {
  const fixtures = makeFixtures();
  const random = seeded(77);
  const key = random.bytes(16);
  const texts = Array.from({ length: 64 }, (_, index) => JSON.stringify({
    phoneNumber: `1358000${6000 + index}`, purePhoneNumber: `1358000${6000 + index}`, countryCode: '86', nickName: '张三😀'.repeat(index), watermark: { appid: APPID, timestamp: TIMESTAMP },
  }));
  const payloads = texts.map((text) => seal(text, key, random.bytes(16)));
  const large = seal(JSON.stringify({ text: 'x'.repeat(500000), watermark: { appid: APPID, timestamp: TIMESTAMP } }), key, random.bytes(16));
  const objects = texts.map((text) => JSON.parse(text));
  const sessionKey = payloads[0].sessionKey;
  const wrongKey = seal('', random.bytes(16), key).sessionKey;
  const push = { token: 'synthetic', encodingAESKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', appid: APPID };
  const channelKey = { encryptKey: sessionKey, version: 7 };
  const refused = (api, run, ...codes) => {
    assert.throws(run, (error) => error instanceof api.OpenDataError && codes.includes(error.code));
  };
  /** Reading the field in the middle of a call throws, or does another call first. */
  const interrupted = (fields, name, doing) => Object.defineProperty({ ...fields }, name, { enumerable: true, get: doing });
  const policy = { ...POLICY, sessionKey };

  return {
    decrypt: (api, n) => assert.deepEqual(api.decrypt(payloads[n % 64], policy), objects[n % 64]),
    several: (api, n) => assert.deepEqual(api.decrypt(payloads[n % 64], { ...policy, sessionKey: [wrongKey, sessionKey] }), objects[n % 64]),
    phone: (api, n) => assert.equal(api.decryptPhoneNumber(payloads[n % 64], policy).phone.e164, `+861358000${6000 + (n % 64)}`),
    repaired: (api, n) => assert.deepEqual(api.decrypt({ ...payloads[n % 64], encryptedData: encodeURIComponent(payloads[n % 64].encryptedData) }, policy), objects[n % 64]),
    many(api, n) {
      const records = Array.from({ length: 5 }, (_, i) => ({ ...payloads[(n + i) % 64], sessionKey: i === 2 ? wrongKey : sessionKey }));
      const results = api.decryptMany(records, POLICY);
      results.forEach((result, i) => {
        if (i === 2) assert.equal(result.reason.code, 'DECRYPT_FAILED');
        else assert.deepEqual(result.value, objects[(n + i) % 64]);
      });
    },
    diagnose: (api, n) => assert.equal(api.diagnose({ ...payloads[n % 64], iv: sessionKey }, { ...policy, sessionKey: payloads[n % 64].iv }).code, 'DECRYPT_FAILED'),
    large: (api) => assert.equal(api.decrypt(large, policy).text.length, 500000),
    wrongKey: (api, n) => refused(api, () => api.decrypt(payloads[n % 64], { ...policy, sessionKey: wrongKey }), 'DECRYPT_FAILED'),
    otherApp: (api, n) => refused(api, () => api.decrypt(payloads[n % 64], { ...policy, appid: OTHER_APPID }), 'APPID_MISMATCH'),
    badPadding(api, n) {
      const list = Object.values(fixtures.badPadding);
      const { sessionKey, ...payload } = list[n % list.length];
      refused(api, () => api.decrypt(payload, { ...POLICY, sessionKey }), 'DECRYPT_FAILED');
    },
    noBase64: (api, n) => refused(api, () => api.decrypt({ ...payloads[n % 64], encryptedData: '!'.repeat(n % 100) }, policy), 'ILLEGAL_BASE64', 'ILLEGAL_BUFFER'),
    tooLong: (api, n) => refused(api, () => api.decrypt({ ...payloads[n % 64], encryptedData: 'A'.repeat(1048577) }, policy), 'ILLEGAL_BUFFER', 'ILLEGAL_BASE64'),
    wrongType: (api, n) => refused(api, () => api.decrypt({ encryptedData: n, iv: null }, policy), 'INVALID_ARGUMENT'),
    push(api, n) {
      const box = new api.MessagePush(push);
      const sealed = box.encrypt(texts[n % 64], { timestamp: TIMESTAMP, nonce: 'n' });
      const query = { timestamp: String(TIMESTAMP), nonce: 'n', msg_signature: sealed.MsgSignature };
      assert.equal(box.decrypt(sealed.Encrypt, query), texts[n % 64]);
      refused(api, () => box.decrypt(sealed.Encrypt, { ...query, nonce: 'm' }), 'SIGNATURE_MISMATCH');
      assert.equal(box.verify({ timestamp: '1', nonce: '2', signature: pushSignature(push.token, '1', '2') }), true);
    },
    channel(api, n) {
      const sealed = api.sealChannel(texts[n % 64], { key: channelKey, context: 'GET /soak' });
      assert.equal(api.openChannel(sealed, { key: channelKey, context: 'GET /soak' }), texts[n % 64]);
      refused(api, () => api.openChannel(sealed, { key: channelKey, context: 'GET /' }), 'DECRYPT_FAILED');
    },
    phones(api, n) {
      assert.equal(api.parsePhoneNumber(`1358000${6000 + (n % 64)}`).e164, `+861358000${6000 + (n % 64)}`);
      refused(api, () => api.parsePhoneNumber('135****6666'), 'INVALID_PHONE_NUMBER');
    },
    avatars(api, n) {
      assert.equal(api.parseAvatar(`http://tmp/${n % 1000}.jpeg`).kind, 'temporary');
      assert.equal(api.resizeAvatar('http://wx.qlogo.cn/mmopen/vi_32/abc/132', 46), 'https://wx.qlogo.cn/mmopen/vi_32/abc/46');
    },
    signatures(api, n) {
      const signature = api.signWithSessionKey(sessionKey, texts[n % 64]);
      assert.equal(signature.length, 64);
      assert.equal(api.verifySignature({ rawData: texts[n % 64], signature: '0'.repeat(40) }, { sessionKey }), false);
    },
    throwing(api, n) {
      // Wherever the caller's object throws: before, between and after what was read of the secrets.
      const throws = () => {
        throw thrown;
      };
      const places = [
        () => api.decrypt(interrupted(payloads[n % 64], 'iv', throws), policy),
        () => api.decrypt(payloads[n % 64], interrupted(policy, 'appid', throws)),
        () => api.decrypt(payloads[n % 64], interrupted(policy, 'watermark', throws)),
        () => api.decryptMany([{ ...payloads[0], sessionKey }, interrupted({ ...payloads[1], sessionKey }, 'sessionKey', throws)], interrupted(POLICY, 'now', throws)),
        () => new api.MessagePush(push).decrypt(payloads[n % 64].encryptedData, interrupted({ timestamp: '1', nonce: '2' }, 'msg_signature', throws)),
        () => api.sealChannel(texts[n % 64], interrupted({ key: channelKey }, 'context', throws)),
      ];
      refused(api, places[n % places.length], 'INVALID_ARGUMENT');
    },
    calling(api, n) {
      // A getter that makes a call of its own in the middle, whose data are others.
      let inner;
      const other = (n + 1) % 64;
      const outer = interrupted(policy, 'appid', () => {
        inner = api.decrypt(payloads[other], policy);
        return APPID;
      });
      assert.deepEqual(api.decrypt(payloads[n % 64], outer), objects[n % 64]);
      assert.deepEqual(inner, objects[other]);
    },
  };
}

/** How often each is made: what costs a millisecond less than what costs a microsecond. */
const RARE = { large: 40, tooLong: 40, many: 4, push: 2, channel: 2 };

/** So many calls in a random order; returns how many of each there were. */
export function soak(api, calls, seed, count) {
  const random = seeded(seed);
  const names = Object.keys(calls);
  const made = Object.fromEntries(names.map((name) => [name, 0]));
  for (let done = 0; done < count; ) {
    const name = random.pick(names);
    if (random.below(RARE[name] ?? 1) !== 0) continue;
    calls[name](api, random.u32());
    made[name]++;
    done++;
  }
  return made;
}
