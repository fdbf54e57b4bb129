// A whole flow, as a mini-program and its server have it, with node:crypto for what the server does.

import assert from 'node:assert/strict';
import { createDecipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { APP, USER, checkHash, code2Session, getPhone, refused, signed, start } from './calls.mjs';
import { Clock, sessionSignature, startEmulator } from './emulator.mjs';

function decrypt({ encryptedData, iv }, sessionKey) {
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'));
  return Buffer.concat([decipher.update(encryptedData, 'base64'), decipher.final()]).toString('utf8');
}

test("sealed data is WeChat's published sample, byte for byte", async () => {
  const vectors = JSON.parse(readFileSync(new URL('../../tests/vectors/open-data.json', import.meta.url), 'utf8'));
  const sample = vectors.find(({ id }) => id === 'official-demo');
  const { watermark, ...data } = JSON.parse(sample.plaintext);
  const emulator = await startEmulator({
    apps: [{ appid: sample.appid, secret: 'a secret' }],
    users: [{ openid: data.openId, sessionKey: sample.sessionKey }],
    clock: new Clock(watermark.timestamp),
  });
  const sealed = emulator.seal(data.openId, data, { iv: sample.iv });
  await emulator.close();
  assert.deepEqual(sealed, { encryptedData: sample.encryptedData, iv: sample.iv });
});

test('login, phone by both ways, check, renewal', async () => {
  const emulator = await start();
  const { openid } = USER;

  const { session_key: sessionKey } = (await code2Session(emulator, emulator.login(openid).code)).json;
  emulator.clock.advance(40);
  const event = emulator.phoneButton(openid);
  assert.deepEqual(Object.keys(event), ['errMsg', 'code', 'encryptedData', 'iv']);
  const opened = JSON.parse(decrypt(event, sessionKey));
  assert.deepEqual(opened.watermark, { timestamp: emulator.clock.now(), appid: APP.appid });
  assert.deepEqual((await getPhone(emulator, { code: event.code })).json.phone_info, opened);
  const hash = createHash('sha256').update(event.encryptedData).digest('hex');
  assert.equal((await checkHash(emulator, hash)).json.create_time, opened.watermark.timestamp);

  // Another wx.login: what was encrypted before opens under the former key, what comes after does not.
  const { code } = emulator.login(openid);
  assert.deepEqual(JSON.parse(decrypt(event, sessionKey)), opened);
  const profile = { openId: openid, nickName: '微信用户' };
  const later = emulator.seal(openid, profile);
  assert.notEqual(sessionKey, emulator.sessionKey(openid));
  assert.throws(() => JSON.parse(decrypt(later, sessionKey)));
  const { session_key: next } = (await code2Session(emulator, code)).json;
  assert.equal(JSON.parse(decrypt(later, next)).nickName, '微信用户');

  // The server finds out by asking, and renews.
  const check = (key) => signed(emulator, '/wxa/checksession', { openid, signature: sessionSignature(key) });
  refused(await check(sessionKey), 87009);
  assert.equal((await check(next)).json.errcode, 0);
  const reset = await signed(emulator, '/wxa/resetusersessionkey', { openid, signature: sessionSignature(next) });
  assert.equal(JSON.parse(decrypt(emulator.seal(openid, profile), reset.json.session_key)).openId, openid);
});

test('open data that WeChat sends without a watermark', async () => {
  const emulator = await start();
  const steps = { stepInfoList: [{ timestamp: 1445866601, step: 100 }] };
  const sealed = emulator.seal(USER.openid, steps, { watermark: false });
  assert.equal(decrypt(sealed, USER.sessionKey), JSON.stringify(steps));
});

test('two seals of the same data differ, by their iv', async () => {
  const emulator = await start();
  const [first, second] = [emulator.seal(USER.openid, {}), emulator.seal(USER.openid, {})];
  assert.notEqual(first.iv, second.iv);
  assert.notEqual(first.encryptedData, second.encryptedData);
  assert.equal(Buffer.from(first.iv, 'base64').length, 16);
});

test('getRealtimePhoneNumber gives a code and no encryptedData', async () => {
  const emulator = await start();
  const event = emulator.phoneButton(USER.openid, { realtime: true });
  assert.deepEqual(Object.keys(event), ['errMsg', 'code']);
  assert.equal((await getPhone(emulator, { code: event.code })).json.errcode, 0);
});
