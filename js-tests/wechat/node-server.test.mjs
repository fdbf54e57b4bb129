// examples/node-server over real HTTP, with fakes in the part of WeChat.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { seal } from '../fixtures.mjs';
import { examples } from './support/built.mjs';
import { withStarted } from './support/started.mjs';

const folder = path.join(examples, 'node-server');
const { createApp } = await import(pathToFileURL(path.join(folder, 'app.js')).href);

const APPID = 'wx0123456789abcdef';
const NUMBER = '13580006666';
const MASKED = '+86 135****6666';
const IV = Buffer.from('abcdefghijklmnop');
const key = (text) => Buffer.from(text.padEnd(16, '.'));
const base64 = (bytes) => bytes.toString('base64');
const GREY = 'https://thirdwx.qlogo.cn/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/132';

const logged = [];
/** What WeChat answers to a login code, and to a phone code. */
const sessions = new Map();
let phoneResponse;
let askedPhone = [];
const server = createApp({
  appid: APPID,
  exchangeCode: async (code) => sessions.get(code) || { errcode: 40029, errmsg: 'invalid code' },
  exchangePhoneCode: async (...values) => {
    askedPhone.push(values);
    if (phoneResponse instanceof Error) throw phoneResponse;
    return phoneResponse;
  },
  log: (entry) => logged.push(entry),
});
let origin;
before(() => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)).then(() => (origin = `http://127.0.0.1:${server.address().port}`)));
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  logged.length = 0;
  askedPhone = [];
});

async function ask(url, { method = 'POST', body, headers = {}, token, json = true } = {}) {
  const response = await fetch(origin + url, {
    method,
    body: json && body !== undefined ? JSON.stringify(body) : body,
    headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text), text, headers: response.headers };
}

async function login(openid = 'user-1', sessionKey = key(openid)) {
  const code = `code-${Math.random()}`;
  sessions.set(code, { openid, session_key: base64(sessionKey) });
  const { status, body } = await ask('/login', { body: { code } });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body), ['token']);
  return body.token;
}

const seconds = () => Math.floor(Date.now() / 1000);
const stamp = (more) => ({ appid: APPID, timestamp: seconds(), ...more });
const phoneData = (more) => ({ phoneNumber: NUMBER, purePhoneNumber: NUMBER, countryCode: '86', watermark: stamp(), ...more });
const sealed = (data, sessionKey) => {
  const { encryptedData, iv } = seal(JSON.stringify(data), sessionKey, IV);
  return { encryptedData, iv };
};
const said = ({ status, text }) => `${status} ${text}`;
const REFUSED = '400 {"error":"DATA_REFUSED"}';

test('login: a token for a code, new each time, and nothing of the session in the answer', async () => {
  const tokens = new Set([await login(), await login(), await login('user-2')]);
  assert.equal(tokens.size, 3);
  for (const token of tokens) assert.match(token, /^[\w-]{43}$/);
  for (const body of [{}, { code: 7 }, { code: '' }, { code: 'x'.repeat(200) }, { code: ['x'] }]) assert.equal(said(await ask('/login', { body })), '400 {"error":"CODE_REFUSED"}');
  assert.equal(said(await ask('/login', { body: { code: 'unknown' } })), '401 {"error":"CODE_REFUSED"}');
  assert.deepEqual(logged, [{ at: 'login', errcode: 40029 }]);
});

test('without a valid token nothing is answered', async () => {
  const token = await login();
  for (const url of ['/phone', '/profile', '/avatar']) {
    for (const authorization of ['', 'Bearer', `Bearer ${'A'.repeat(43)}`, `Bearer ${token}x`, `bearer ${token}`, token, 'Bearer __proto__']) {
      assert.equal(said(await ask(url, { body: {}, headers: { authorization } })), '401 {"error":"LOGIN_FIRST"}', authorization);
    }
  }
});

test('a session ends', async (context) => {
  const token = await login();
  assert.equal((await ask('/phone', { token, body: sealed(phoneData(), key('user-1')) })).status, 200);
  context.mock.method(Date, 'now', () => new Date().getTime() + 25 * 3600 * 1000);
  assert.equal((await ask('/phone', { token, body: {} })).status, 401);
  context.mock.restoreAll();
  assert.equal((await ask('/phone', { token, body: {} })).status, 401, 'for good');
});

test('phone: opened under the current session_key and the one before, not the one before that', async () => {
  const user = `user-${Math.random()}`;
  const keys = ['first', 'second', 'third'].map(key);
  await login(user, keys[0]);
  await login(user, keys[1]);
  await login(user, keys[1]);
  let token = await login(user, keys[1]);
  for (const sessionKey of keys.slice(0, 2)) {
    const answer = await ask('/phone', { token, body: sealed(phoneData(), sessionKey) });
    assert.deepEqual(answer.body, { phone: MASKED, region: 'CN' });
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  }
  token = await login(user, keys[2]);
  assert.equal((await ask('/phone', { token, body: sealed(phoneData(), keys[1]) })).status, 200);
  assert.equal(said(await ask('/phone', { token, body: sealed(phoneData(), keys[0]) })), REFUSED);
});

test("phone: another user's data does not open", async () => {
  const token = await login('user-2');
  assert.equal(said(await ask('/phone', { token, body: sealed(phoneData(), key('user-1')) })), REFUSED);
});

test('phone: whatever is wrong, the answer is the same; the log has code, reason and hint, and no data', async () => {
  const token = await login();
  const right = sealed(phoneData(), key('user-1'));
  const cases = [
    [{}, 'INVALID_ARGUMENT'],
    [{ encryptedData: 7, iv: right.iv }, 'INVALID_ARGUMENT'],
    [{ ...right, iv: 'x' }, 'ILLEGAL_IV'],
    [{ ...right, encryptedData: '!' }, 'ILLEGAL_BASE64'],
    [{ ...right, encryptedData: right.encryptedData.slice(8) }, 'ILLEGAL_BUFFER'],
    [sealed(phoneData(), key('stale')), 'DECRYPT_FAILED'],
    [{ ...right, encryptedData: `${right.encryptedData.slice(0, -6)}AAAAA=` }, undefined],
    [sealed('no object', key('user-1')), 'DECRYPT_FAILED'],
    [sealed(phoneData({ watermark: undefined }), key('user-1')), 'WATERMARK_MISSING'],
    [sealed(phoneData({ watermark: stamp({ appid: 'wx' }) }), key('user-1')), 'APPID_MISMATCH'],
    [sealed(phoneData({ watermark: stamp({ timestamp: seconds() - 400 }) }), key('user-1')), 'WATERMARK_EXPIRED'],
    [sealed(phoneData({ watermark: stamp({ timestamp: seconds() + 1000 }) }), key('user-1')), 'WATERMARK_IN_FUTURE'],
    [sealed(phoneData({ purePhoneNumber: '135****6666' }), key('user-1')), 'INVALID_PHONE_NUMBER'],
    [sealed({ watermark: stamp() }, key('user-1')), undefined],
    // Nothing in the body can loosen a check.
    [{ ...sealed(phoneData({ watermark: stamp({ appid: 'wx' }) }), key('user-1')), appid: null, watermark: 'optional', maxAge: 1e9 }, 'APPID_MISMATCH'],
    [{ ...sealed(phoneData(), key('mine')), sessionKey: base64(key('mine')) }, 'DECRYPT_FAILED'],
  ];
  for (const [body, code] of cases) {
    logged.length = 0;
    const answer = await ask('/phone', { token, body });
    assert.equal(said(answer), REFUSED, code);
    assert.equal(logged.length, 1);
    const [entry] = logged;
    assert.deepEqual(Object.keys(entry), ['at', 'code', 'reason', 'hint']);
    assert.equal(entry.at, 'phone');
    if (code) assert.equal(entry.code, code);
    const text = JSON.stringify(entry);
    for (const secret of [NUMBER, '135****', base64(key('user-1')), right.iv, right.encryptedData.slice(0, 16), 'user-1', token]) assert.ok(!text.includes(secret));
  }
});

test('phone: a code is exchanged for this user, and what WeChat answers is checked', async () => {
  const token = await login();
  phoneResponse = { errcode: 0, errmsg: 'ok', phone_info: phoneData({ countryCode: 86 }) };
  assert.deepEqual((await ask('/phone', { token, body: { code: 'phone-code' } })).body, { phone: MASKED, region: 'CN' });
  assert.deepEqual(askedPhone, [['phone-code', 'user-1']]);
  for (const [response, code] of [
    [{ errcode: 40029, errmsg: 'invalid code' }, 'WECHAT_ERROR'],
    [{ errcode: 0, phone_info: phoneData({ watermark: stamp({ appid: 'wx' }) }) }, 'APPID_MISMATCH'],
    [{}, 'INVALID_ARGUMENT'],
  ]) {
    phoneResponse = response;
    logged.length = 0;
    assert.equal(said(await ask('/phone', { token, body: { code: 'phone-code' } })), REFUSED);
    assert.equal(logged[0].code, code);
  }
  for (const code of [7, null, {}, ['x'], 'x'.repeat(200)]) assert.equal(said(await ask('/phone', { token, body: { code } })), REFUSED);
  phoneResponse = new Error(`timeout for ${NUMBER}`);
  logged.length = 0;
  assert.equal(said(await ask('/phone', { token, body: { code: 'phone-code' } })), '500 {"error":"SERVER_ERROR"}');
  assert.deepEqual(logged, [{ at: 'server', error: 'Error' }]);
});

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

test('avatar: uploaded, served under a name of its own, and accepted by its owner', async () => {
  const [mine, other] = [await login('user-1'), await login('user-2')];
  const upload = async (token, bytes) => ask('/avatar', { token, json: false, body: bytes, headers: { 'content-type': 'text/html' } });
  for (const [bytes, type] of [[PNG, 'png'], [Buffer.from('ffd8ffe000104a464946', 'hex'), 'jpeg'], [Buffer.from('RIFF\x10\0\0\0WEBPVP8 '), 'webp']]) {
    const { status, body } = await upload(mine, bytes);
    assert.equal(status, 200);
    assert.match(body.avatarUrl, new RegExp(`^/avatars/[0-9a-f-]{36}\\.${type}$`));
    const served = await fetch(origin + body.avatarUrl);
    assert.deepEqual([served.status, served.headers.get('content-type'), served.headers.get('x-content-type-options')], [200, `image/${type}`, 'nosniff']);
    assert.deepEqual(Buffer.from(await served.arrayBuffer()), bytes);
    const profile = { nickName: '张三', avatarUrl: body.avatarUrl };
    assert.deepEqual((await ask('/profile', { token: mine, body: profile })).body, { ...profile, isAnonymous: false });
    assert.equal(said(await ask('/profile', { token: other, body: profile })), '400 {"error":"AVATAR_REFUSED"}');
  }
  for (const bytes of [Buffer.from('<html>'), Buffer.alloc(0), Buffer.from('RIFF')]) assert.equal(said(await upload(mine, bytes)), '415 {"error":"PICTURE_REFUSED"}');
  assert.equal(said(await upload(mine, Buffer.concat([PNG, Buffer.alloc(1024 * 1024)]))), '413 {"error":"TOO_LARGE"}');
});

test('profile: a name and a picture that others can see', async () => {
  const token = await login();
  const profile = (body) => ask('/profile', { token, body });
  assert.deepEqual((await profile({ nickName: ' 张三😀 ', avatarUrl: 'http://thirdwx.qlogo.cn/mmopen/vi_32/a/132' })).body, {
    nickName: '张三😀', avatarUrl: 'https://thirdwx.qlogo.cn/mmopen/vi_32/a/132', isAnonymous: false,
  });
  assert.deepEqual((await profile({ nickName: '李四' })).body.nickName, '李四');
  for (const avatarUrl of ['http://tmp/kMqaeEnKgQ7_.jpeg', 'wxfile://tmp_1.png', 'wxfile://usr/a.png']) {
    assert.equal(said(await profile({ nickName: '张三', avatarUrl })), '400 {"error":"AVATAR_NOT_UPLOADED"}', avatarUrl);
  }
  for (const avatarUrl of ['javascript:alert(1)', 'https://example.com/a.png', 'https://thirdwx.qlogo.cn.evil.example/132', '/avatars/../app.js', 'data:image/png;base64,AAAA', 'cloud://e.b/a.png', '']) {
    assert.equal(said(await profile({ nickName: '张三', avatarUrl })), '400 {"error":"AVATAR_REFUSED"}', avatarUrl);
  }
  for (const avatarUrl of [7, null, {}, 'x'.repeat(9000)]) assert.equal(said(await profile({ nickName: '张三', avatarUrl })), REFUSED);
  for (const nickName of [undefined, '', ' ', 7, 'x'.repeat(33)]) assert.equal(said(await profile({ nickName })), '400 {"error":"NICKNAME_REFUSED"}');
});

test('profile: encrypted, of old clients; the grey profile is nobody', async () => {
  const token = await login();
  const data = { openId: 'o', nickName: '王五', avatarUrl: 'https://thirdwx.qlogo.cn/mmopen/vi_32/b/132', watermark: stamp() };
  const profile = (value) => ask('/profile', { token, body: sealed(value, key('user-1')) });
  assert.deepEqual((await profile(data)).body, { nickName: '王五', avatarUrl: data.avatarUrl, isAnonymous: false });
  assert.deepEqual((await profile({ ...data, nickName: '微信用户', avatarUrl: GREY })).body, { nickName: '王五', avatarUrl: data.avatarUrl, isAnonymous: true });
  assert.equal(said(await ask('/profile', { token, body: sealed(data, key('stale')) })), REFUSED);
});

test('bodies: JSON objects of limited size only', async () => {
  for (const body of ['', '{', 'null', '[]', '7', '"x"', '{}{}']) {
    assert.equal(said(await ask('/login', { json: false, body, headers: { 'content-type': 'application/json' } })), '400 {"error":"JSON_EXPECTED"}', body);
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
    assert.equal(said(await ask('/login', { json: false, body: '{}', headers: { 'content-type': type } })), '415 {"error":"JSON_EXPECTED"}', type);
  }
  assert.equal(said(await ask('/login', { body: { code: 'x'.repeat(64 * 1024) } })), '413 {"error":"TOO_LARGE"}');
  assert.equal(said(await ask('/login', { body: { code: 'x'.repeat(60 * 1024) } })), '400 {"error":"CODE_REFUSED"}');
});

test('a body without end is not read to its end', async () => {
  const status = await new Promise((resolve, reject) => {
    const request = http.request(`${origin}/login`, { method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    let sent = 0;
    const more = () => {
      if (sent > 64 * 1024 * 1024) reject(new Error('64 MiB were taken'));
      sent += 16384;
      request.write('x'.repeat(16384), () => setImmediate(more));
    };
    // After the answer the connection is closed, whatever is still being written.
    request.on('error', () => {});
    more();
  });
  assert.equal(status, 413);
});

test('a client that hangs up half-way harms nobody', async () => {
  for (const text of ['POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{', 'POST /login HTTP/1.1\r\n', '\r\n\r\n', 'GET // HTTP/1.1\r\nhost: x\r\n\r\n']) {
    await new Promise((resolve) => {
      const socket = net.connect(server.address().port, '127.0.0.1', () => socket.end(text));
      socket.on('close', resolve).on('error', resolve).resume();
    });
  }
  await login();
});

test('other paths and methods are not there', async () => {
  for (const [method, url] of [['GET', '/'], ['GET', '/login'], ['PUT', '/phone'], ['POST', '/login/'], ['POST', '/toString'], ['GET', '/avatars/'], ['GET', '/avatars/x.png'], ['GET', '/avatars/__proto__'], ['GET', '/avatars/..%2fapp.js'], ['DELETE', '/profile']]) {
    assert.equal(said(await ask(url, { method, ...(method === 'GET' ? {} : { body: {} }) })), '404 {"error":"NOT_FOUND"}', `${method} ${url}`);
  }
});

test('main.js starts, and answers as its README says', async () => {
  const readme = fs.readFileSync(path.join(folder, 'README.md'), 'utf8');
  const [, payload] = /-d '(\{"encryptedData".*\})'/.exec(readme);
  const [, answer] = /\n# (\{.*\})\n/.exec(readme);
  await withStarted(folder, {}, async (url) => {
    const post = async (at, body, token) =>
      (await fetch(url + at, { method: 'POST', body, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } })).text();
    const { token } = JSON.parse(await post('/login', '{"code":"demo"}'));
    assert.equal(await post('/phone', payload, token), answer);
    assert.equal(await post('/phone', '{"code":"x"}', token), '{"error":"DATA_REFUSED"}');
  });
});
