// Codes and sessions: what is good once, what ages, what replaces what.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import {
  APP, HINT, OTHER_APP, OTHER_USER, SNS, USER, USER_ELSEWHERE, checkHash, code2Session, getPhone, refused, signed, start,
} from './calls.mjs';
import { sessionSignature } from './emulator.mjs';

const signature = (sessionKey, openid = USER.openid) => ({ openid, signature: sessionSignature(sessionKey) });

test('a login code is good once and for five minutes', async () => {
  const emulator = await start();
  const { code } = emulator.login(USER.openid);
  emulator.clock.advance(299);
  assert.equal((await code2Session(emulator, code)).json.openid, USER.openid);
  refused(await code2Session(emulator, code), 40029, SNS);
  const late = emulator.login(USER.openid).code;
  emulator.clock.advance(300);
  refused(await code2Session(emulator, late), 40029, SNS);
});

test('a used login code can be 40163, as was seen', async () => {
  const emulator = await start({ settings: { usedLoginCode: 40163 } });
  const { code } = emulator.login(USER.openid);
  await code2Session(emulator, code);
  refused(await code2Session(emulator, code), 40163, SNS);
  refused(await code2Session(emulator, 'x'), 40029, SNS);
});

test('a phone code is good once and for five minutes', async () => {
  const emulator = await start();
  const press = () => emulator.phoneButton(USER.openid).code;
  const code = press();
  const pressed = emulator.clock.now();
  emulator.clock.advance(299);
  const { json } = await getPhone(emulator, { code });
  // The watermark has the time of the press, not of the exchange: «用户获取手机号操作的时间戳».
  assert.deepEqual(json.phone_info, { ...USER.phone, watermark: { timestamp: pressed, appid: APP.appid } });
  refused(await getPhone(emulator, { code }), 40029, HINT);
  const late = press();
  emulator.clock.advance(300);
  refused(await getPhone(emulator, { code: late }), 40029, HINT);
});

test('the codes are never interchangeable, and the wrong use costs nothing', async () => {
  const emulator = await start();
  const login = emulator.login(USER.openid).code;
  const phone = emulator.phoneButton(USER.openid).code;
  refused(await getPhone(emulator, { code: login }), 40029, HINT);
  refused(await code2Session(emulator, phone), 40029, SNS);
  assert.equal((await getPhone(emulator, { code: phone })).json.errcode, 0);
  assert.equal((await code2Session(emulator, login)).json.openid, USER.openid);
});

test('a phone code belongs to one app and one user', async () => {
  const emulator = await start();
  const { code } = emulator.phoneButton(USER.openid);
  refused(await getPhone(emulator, { code }, OTHER_APP), 40013);
  refused(await getPhone(emulator, { code, openid: OTHER_USER.openid }), 40003);
  assert.equal((await getPhone(emulator, { code, openid: USER.openid })).json.errcode, 0);

  const stricter = await start({ settings: { phoneOpenidMismatch: 40029 } });
  const other = stricter.phoneButton(USER.openid).code;
  refused(await getPhone(stricter, { code: other, openid: OTHER_USER.openid }), 40029, HINT);
});

test('countryCode can be a number, as in older examples', async () => {
  const emulator = await start({ settings: { countryCodeAsNumber: true } });
  const { json } = await getPhone(emulator, { code: emulator.phoneButton(USER.openid).code });
  assert.strictEqual(json.phone_info.countryCode, 86);
});

test('errcode on success, as in the sample answer of code2Session', async () => {
  const emulator = await start({ settings: { errcodeOnSuccess: true } });
  const { json } = await code2Session(emulator, emulator.login(USER.openid).code);
  assert.deepEqual(Object.keys(json), ['session_key', 'openid', 'unionid', 'errcode', 'errmsg']);
  assert.equal(json.errcode, 0);
});

test('wx.login replaces the session_key before the code is exchanged', async () => {
  const emulator = await start();
  assert.equal((await signed(emulator, '/wxa/checksession', signature(USER.sessionKey))).json.errcode, 0);
  const { code } = emulator.login(USER.openid);
  refused(await signed(emulator, '/wxa/checksession', signature(USER.sessionKey)), 87009);
  const { session_key: next } = (await code2Session(emulator, code)).json;
  assert.notEqual(next, USER.sessionKey);
  assert.equal(next, emulator.sessionKey(USER.openid));
  assert.equal(Buffer.from(next, 'base64').length, 16);
  assert.equal((await signed(emulator, '/wxa/checksession', signature(next))).json.errcode, 0);
});

test('wx.login can leave the session_key as it is', async () => {
  const emulator = await start({ settings: { rotateOnLogin: false } });
  assert.equal((await code2Session(emulator, emulator.login(USER.openid).code)).json.session_key, USER.sessionKey);
  assert.notEqual((await code2Session(emulator, emulator.login(USER.openid, { rotate: true }).code)).json.session_key, USER.sessionKey);
  // Without a session there is always a new one.
  assert.equal(emulator.sessionKey(OTHER_USER.openid), undefined);
  const { session_key: first } = (await code2Session(emulator, emulator.login(OTHER_USER.openid).code)).json;
  assert.equal(first, emulator.sessionKey(OTHER_USER.openid));
});

test('a session that has run out is no session', async () => {
  const emulator = await start();
  emulator.latestUserKey(USER.openid);
  emulator.expireSession(USER.openid);
  refused(await signed(emulator, '/wxa/checksession', signature(USER.sessionKey)), 87009);
  refused(await signed(emulator, '/wxa/resetusersessionkey', signature(USER.sessionKey)), 87007);
  refused(await signed(emulator, '/wxa/business/getuserencryptkey', signature(USER.sessionKey)), 87007);
  assert.deepEqual(Object.keys(emulator.phoneButton(USER.openid)), ['errMsg', 'code']);
  assert.throws(() => emulator.seal(USER.openid, {}), TypeError);
  const { session_key: next } = (await code2Session(emulator, emulator.login(USER.openid, { rotate: false }).code)).json;
  assert.equal((await signed(emulator, '/wxa/checksession', signature(next))).json.errcode, 0);
});

test('a reset replaces the session_key', async () => {
  const emulator = await start();
  const { json } = await signed(emulator, '/wxa/resetusersessionkey', signature(USER.sessionKey));
  assert.equal(json.openid, USER.openid);
  assert.notEqual(json.session_key, USER.sessionKey);
  refused(await signed(emulator, '/wxa/resetusersessionkey', signature(USER.sessionKey)), 87009);
  assert.equal((await signed(emulator, '/wxa/checksession', signature(json.session_key))).json.errcode, 0);
  assert.equal((await signed(emulator, '/wxa/resetusersessionkey', signature(json.session_key))).json.errcode, 0);
});

test('frequent resets can be refused', async () => {
  const emulator = await start({ settings: { resetEvery: 60 } });
  const reset = () => signed(emulator, '/wxa/resetusersessionkey', signature(emulator.sessionKey(USER.openid)));
  assert.equal((await reset()).json.errcode, 0);
  emulator.clock.advance(59);
  const key = emulator.sessionKey(USER.openid);
  refused(await reset(), 45011);
  assert.equal(emulator.sessionKey(USER.openid), key);
  emulator.clock.advance(1);
  assert.equal((await reset()).json.errcode, 0);
});

const hashOfText = ({ encryptedData }) => createHash('sha256').update(encryptedData).digest('hex');
const hashOfBytes = ({ encryptedData }) => createHash('sha256').update(Buffer.from(encryptedData, 'base64')).digest('hex');

test('phone data is known for three days, to its app, and nothing else is', async () => {
  const emulator = await start();
  const event = emulator.phoneButton(USER.openid);
  const made = emulator.clock.now();
  const known = { errcode: 0, errmsg: 'ok', vaild: true, create_time: made };
  emulator.clock.advance(3 * 86400);
  for (const hash of [hashOfText(event), hashOfBytes(event), hashOfText(event).toUpperCase()]) {
    assert.deepEqual((await checkHash(emulator, hash)).json, known);
    refused(await checkHash(emulator, hash, OTHER_APP), 1);
  }
  // «当前只支持手机号加密数据»
  refused(await checkHash(emulator, hashOfText(emulator.seal(USER.openid, USER.phone))), 1);
  emulator.clock.advance(1);
  refused(await checkHash(emulator, hashOfText(event)), 1);
});

test('the hash can be taken over the text or the bytes alone', async () => {
  for (const [hashOf, right, wrong] of [['text', hashOfText, hashOfBytes], ['bytes', hashOfBytes, hashOfText]]) {
    const emulator = await start({ settings: { hashOf } });
    const event = emulator.phoneButton(USER.openid);
    assert.equal((await checkHash(emulator, right(event))).json.vaild, true);
    refused(await checkHash(emulator, wrong(event)), 1);
  }
});

test('user keys live an hour, and the last three are told', async () => {
  const emulator = await start();
  const list = async () => (await signed(emulator, '/wxa/business/getuserencryptkey', signature(USER.sessionKey))).json;
  refused({ status: 200, json: await list() }, 87007);
  const first = emulator.latestUserKey(USER.openid);
  assert.deepEqual(emulator.latestUserKey(USER.openid), first);
  emulator.clock.advance(3599);
  assert.deepEqual((await list()).key_info_list.map((key) => key.expire_in), [1]);
  emulator.clock.advance(1);
  refused({ status: 200, json: await list() }, 87007);
  const second = emulator.latestUserKey(USER.openid);
  assert.notEqual(second.encryptKey, first.encryptKey);
  assert.deepEqual((await list()).key_info_list.map(({ version, expire_in: left }) => [version, left]), [[2, 3600], [1, 0]]);
});

test('users belong to their app', async () => {
  const emulator = await start();
  const { code } = emulator.login(USER_ELSEWHERE.openid);
  refused(await code2Session(emulator, code), 40029, SNS);
  assert.equal((await code2Session(emulator, code, OTHER_APP)).json.openid, USER_ELSEWHERE.openid);
  const phone = emulator.phoneButton(USER_ELSEWHERE.openid).code;
  assert.equal((await getPhone(emulator, { code: phone }, OTHER_APP)).json.phone_info.watermark.appid, OTHER_APP.appid);
});
