// The emulator against WeChat's pages: sample answers, tables of errors, methods and parameters.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import {
  APP, HINT, OTHER_APP, OTHER_USER, SNS, USER, call, checkHash, code2Session, getPhone, plainToken, refused, signed, stableToken, start, token,
} from './calls.mjs';
import { PATHS, sessionSignature } from './emulator.mjs';

/** Names, order and types of a JSON value, all the way down. */
function shape(value) {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.entries(value).map(([name, inner]) => [name, shape(inner)]);
}

// The sample answers, as the pages print them.
const SAMPLES = {
  code2Session: '{"session_key":"xxxxx","openid":"xxxxxx","unionid":"xxxxx"}',
  token: '{"access_token":"ACCESS_TOKEN","expires_in":7200}',
  phone:
    '{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":"xxxxxx","purePhoneNumber":"xxxxxx","countryCode":"86","watermark":{"timestamp":1637744274,"appid":"xxxx"}}}',
  check: '{"errcode":0,"errmsg":"ok"}',
  reset: '{"errcode":0,"errmsg":"ok","openid":"xxxxxxx","session_key":"xxxxxxxx"}',
  encrypted: '{"errcode":0,"errmsg":"ok","vaild":true,"create_time":1629121902}',
  userKeys:
    '{"errcode":0,"errmsg":"ok","key_info_list":[{"encrypt_key":"VI6BpyrK9XH4i4AIGe86tg==","version":10,"expire_in":3597,"iv":"6003f73ec441c386","create_time":1616572301},{"encrypt_key":"aoUGAHltcliiL9f23oTKHA==","version":9,"expire_in":0,"iv":"7996656384218dbb","create_time":1616504886},{"encrypt_key":"MlZNQNnRQz3zXHHcr6A3mA==","version":8,"expire_in":0,"iv":"58a1814f88883024","create_time":1616488061}]}',
};

const sampleShape = (name) => shape(JSON.parse(SAMPLES[name]));

test('answers have the shape of the sample answers', async () => {
  const emulator = await start();
  const { code } = emulator.login(USER.openid);
  const phone = emulator.phoneButton(USER.openid);
  assert.deepEqual(shape((await code2Session(emulator, code)).json), sampleShape('code2Session'));
  assert.deepEqual(shape((await plainToken(emulator)).json), sampleShape('token'));
  assert.deepEqual(shape((await stableToken(emulator)).json), sampleShape('token'));
  assert.deepEqual(shape((await getPhone(emulator, { code: phone.code })).json), sampleShape('phone'));
  const hash = createHash('sha256').update(phone.encryptedData).digest('hex');
  assert.deepEqual(shape((await checkHash(emulator, hash)).json), sampleShape('encrypted'));

  const who = () => ({ openid: USER.openid, signature: sessionSignature(emulator.sessionKey(USER.openid)) });
  assert.deepEqual(shape((await signed(emulator, '/wxa/checksession', who())).json), sampleShape('check'));
  for (let i = 0; i < 10; i++) emulator.latestUserKey(USER.openid, { renew: true });
  const { json } = await signed(emulator, '/wxa/business/getuserencryptkey', who());
  assert.deepEqual(shape(json), sampleShape('userKeys'));
  assert.deepEqual(json.key_info_list.map(({ version }) => version), [10, 9, 8]);
  for (const key of json.key_info_list) {
    assert.equal(Buffer.from(key.encrypt_key, 'base64').length, 16);
    assert.match(key.iv, /^[0-9a-f]{16}$/);
  }
  assert.deepEqual(shape((await signed(emulator, '/wxa/resetusersessionkey', who())).json), sampleShape('reset'));
});

test('the signature is that of openssl with the base64 text as the key', () => {
  // printf '' | openssl dgst -sha256 -hmac 'tiihtNczf5v6AKRyjwEUhQ=='
  assert.equal(sessionSignature('tiihtNczf5v6AKRyjwEUhQ=='), '7154f9f8b4b76b92f541cbf0e37d48840fa06e5e42da92a6f80168a1516a4735');
});

test('unionid is absent without an open-platform account', async () => {
  const emulator = await start();
  const { json } = await code2Session(emulator, emulator.login(OTHER_USER.openid).code);
  assert.deepEqual(Object.keys(json), ['session_key', 'openid']);
  assert.equal(json.openid, OTHER_USER.openid);
});

test('code2Session refuses as documented', async () => {
  const emulator = await start();
  const attempt = (changes, app = APP) => code2Session(emulator, emulator.login(USER.openid).code, app, changes);
  refused(await attempt({ appid: '' }), 41002, SNS);
  refused(await attempt({ secret: '' }), 41004, SNS);
  refused(await attempt({ appid: 'wx0000000000000000' }), 40013, SNS);
  refused(await attempt({ secret: OTHER_APP.secret }), 40125, SNS);
  refused(await attempt({ js_code: '' }), 41008, SNS);
  refused(await attempt({ js_code: 'the code is a mock one' }), 40029, SNS);
  refused(await attempt({ grant_type: 'client_credential' }), 40002, SNS);
  refused(await attempt({}, OTHER_APP), 40029, SNS);
  emulator.user(USER.openid).blocked = true;
  refused(await attempt({}), 40226, SNS);
  const body = new URLSearchParams({ ...APP, js_code: 'x', grant_type: 'authorization_code' }).toString();
  refused(await call(emulator, '/sns/jscode2session', { body }), 43001, SNS);
});

test('the tokens are refused as documented', async () => {
  const emulator = await start();
  refused(await stableToken(emulator, { appid: undefined }), 41002);
  refused(await stableToken(emulator, { secret: undefined }), 41004);
  refused(await stableToken(emulator, { appid: 'wx0000000000000000' }), 40013);
  refused(await stableToken(emulator, { secret: 'x' }), 40125);
  refused(await stableToken(emulator, { grant_type: 'client_credentials' }), 40002);
  refused(await stableToken(emulator, { force_refresh: 'true' }), 47001, HINT);
  refused(await call(emulator, '/cgi-bin/stable_token', { query: { ...APP, grant_type: 'client_credential' } }), 43002);
  refused(await call(emulator, '/cgi-bin/stable_token', { method: 'POST' }), 44002);
  refused(await plainToken(emulator, { ...APP, secret: 'x' }), 40125);
  refused(await plainToken(emulator, { secret: 'x' }), 41002);
  refused(await plainToken(emulator, { appid: APP.appid }), 41004);
  refused(await call(emulator, '/cgi-bin/token', { query: APP }), 40002);
});

test('what wants a token says so, first of all', async () => {
  const emulator = await start();
  const wanting = PATHS.filter((path) => path.startsWith('/wxa/'));
  assert.equal(wanting.length, 5);
  for (const path of wanting) {
    const posted = ['/wxa/business/getuserphonenumber', '/wxa/business/checkencryptedmsg'].includes(path);
    const body = posted ? '{}' : undefined;
    refused(await call(emulator, path, { body }), 41001);
    refused(await call(emulator, path, { body, query: { access_token: 'undefined' } }), 40001);
    refused(await call(emulator, path, { method: 'PUT', query: { access_token: await token(emulator) } }), posted ? 43002 : 43001);
  }
});

test('bodies that are none are refused as documented', async () => {
  const emulator = await start();
  const query = { access_token: await token(emulator) };
  for (const path of ['/wxa/business/getuserphonenumber', '/wxa/business/checkencryptedmsg']) {
    refused(await call(emulator, path, { query }), 43002);
    refused(await call(emulator, path, { query, method: 'POST' }), 44002);
    for (const body of ['code=x', '{', '"x"', '[]', 'null', '{}', '{"code":7,"encrypted_msg_hash":7}']) {
      refused(await call(emulator, path, { query, body }), 47001, HINT);
    }
  }
  refused(await checkHash(emulator, 'abc'), 40097);
  refused(await checkHash(emulator, '0'.repeat(64)), 1);
});

test('sessions are refused as documented', async () => {
  const emulator = await start();
  const right = { openid: USER.openid, signature: sessionSignature(USER.sessionKey) };
  const decoded = sessionSignature(Buffer.from(USER.sessionKey, 'base64'));
  assert.notEqual(decoded, right.signature);
  for (const wrong of [{ signature: decoded }, { signature: '' }, { openid: '' }, { openid: OTHER_USER.openid }, { sig_method: 'sha1' }]) {
    refused(await signed(emulator, '/wxa/checksession', { ...right, ...wrong }), 87009);
  }
  refused(await signed(emulator, '/wxa/checksession', right, OTHER_APP), 87009);

  emulator.latestUserKey(USER.openid);
  for (const path of ['/wxa/resetusersessionkey', '/wxa/business/getuserencryptkey']) {
    refused(await signed(emulator, path, { ...right, signature: decoded }), 87009);
    refused(await signed(emulator, path, { ...right, sig_method: 'sha1' }), 87008);
    refused(await signed(emulator, path, { ...right, openid: OTHER_USER.openid }), 87007);
    refused(await signed(emulator, path, right, OTHER_APP), 87007);
  }
  for (const missing of ['openid', 'signature', 'sig_method']) {
    refused(await signed(emulator, '/wxa/resetusersessionkey', { ...right, [missing]: '' }), 40097);
  }
  assert.equal(emulator.sessionKey(USER.openid), USER.sessionKey);
});

test('the user keys come by GET and by POST', async () => {
  const emulator = await start();
  const { encryptKey, iv, version, expireTime } = emulator.latestUserKey(USER.openid);
  const query = {
    access_token: await token(emulator),
    openid: USER.openid,
    signature: sessionSignature(USER.sessionKey),
    sig_method: 'hmac_sha256',
  };
  for (const method of ['GET', 'POST']) {
    const { json } = await call(emulator, '/wxa/business/getuserencryptkey', { method, query });
    const expected = { encrypt_key: encryptKey, version, expire_in: 3600, iv, create_time: expireTime - 3600 };
    assert.deepEqual(json.key_info_list, [expected], method);
  }
});

test('a path that is none is refused', async () => {
  const emulator = await start();
  for (const path of ['/', '/wxa/checksessionkey', '/sns/jscode2session/', '/cgi-bin/Token']) {
    refused(await call(emulator, path), 40066, path.startsWith('/sns/') ? SNS : undefined);
  }
});

test('Content-Type is what was seen, or as set', async () => {
  const emulator = await start();
  assert.equal((await code2Session(emulator, 'x')).headers.get('content-type'), 'text/plain');
  assert.equal((await plainToken(emulator)).headers.get('content-type'), 'application/json; encoding=utf-8');
  const other = await start({ settings: { contentType: { sns: 'application/json' } } });
  assert.equal((await code2Session(other, 'x')).headers.get('content-type'), 'application/json');
  assert.equal((await plainToken(other)).headers.get('content-type'), 'application/json; encoding=utf-8');
});
