// examples/node-server over real HTTP, with the package's client and the emulator of WeChat's API behind it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { seal } from '../fixtures.mjs';
import { Clock, startEmulator } from '../wechat-api/emulator.mjs';
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

const SECRET = 'aSyntheticSecret/9f8E7d6C+5b4A=&?#Zq3';
const LOGIN = '/sns/jscode2session';
const PHONE = '/wxa/business/getuserphonenumber';

const { createClient } = createRequire(path.join(folder, 'app.js'))('weapp-opendata/server');
const avatarFolder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'node-server-')), 'avatars');
/** Data is stamped by the emulator's clock and judged by this machine's. */
const clock = new Clock(Math.floor(Date.now() / 1000));
const emulator = await startEmulator({
  apps: [{ appid: APPID, secret: SECRET }],
  users: ['user-1', 'user-2', 'user-3'].map((openid) => ({
    openid, sessionKey: base64(key(openid)), phone: { phoneNumber: NUMBER, purePhoneNumber: NUMBER, countryCode: '86' },
  })),
  clock,
  settings: { rotateOnLogin: false },
});

const logged = [];
const wechat = createClient({ appid: APPID, secret: SECRET, baseUrl: emulator.url, timeout: 2000 });
const make = () => createApp({ appid: APPID, wechat, avatarFolder, log: (entry) => logged.push(entry) });
const server = make();
let origin;
before(() => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)).then(() => (origin = `http://127.0.0.1:${server.address().port}`)));
after(async () => {
  server.closeAllConnections();
  server.close();
  fs.rmSync(path.dirname(avatarFolder), { recursive: true });
  assert.deepEqual(emulator.unusedFaults, []);
  await emulator.close();
});
beforeEach(() => (logged.length = 0));

async function ask(url, { method = 'POST', body, headers = {}, token, json = true } = {}) {
  const response = await fetch(origin + url, {
    method,
    body: json && body !== undefined ? JSON.stringify(body) : body,
    headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text), text, headers: response.headers };
}

async function login(openid = 'user-1', options) {
  const { status, body } = await ask('/login', { body: { code: emulator.login(openid, options).code } });
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
  const [{ at, code, errcode, hint }, ...more] = logged;
  assert.deepEqual([at, code, errcode, more], ['login', 'WECHAT_ERROR', 40029, []]);
  assert.match(hint, /wx\.login/);
});

test('login: a code is good once, and a user whom WeChat blocks does not get in', async () => {
  const { code } = emulator.login('user-1');
  assert.equal((await ask('/login', { body: { code } })).status, 200);
  assert.equal(said(await ask('/login', { body: { code } })), '401 {"error":"CODE_REFUSED"}');
  emulator.user('user-3').blocked = true;
  assert.equal(said(await ask('/login', { body: { code: emulator.login('user-3').code } })), '401 {"error":"CODE_REFUSED"}');
  emulator.user('user-3').blocked = false;
});

test('WeChat busy, broken or away: the client is told so, and the log holds nothing of it', async () => {
  const token = await login();
  for (const fault of [{ kind: 'error', errcode: -1 }, { kind: 'error', errcode: 45011 }, { kind: 'html' }, { kind: 'cut' }, { kind: 'reset' }, { kind: 'hang' }]) {
    for (const [url, at] of [['/login', LOGIN], ['/phone', PHONE]]) {
      logged.length = 0;
      emulator.fault(at, fault);
      const code = url === '/login' ? emulator.login('user-1').code : emulator.phoneButton('user-1').code;
      assert.equal(said(await ask(url, { token, body: { code } })), '502 {"error":"WECHAT_FAILED"}', `${url} ${fault.kind}`);
      assert.equal(logged.length, 1);
      const text = JSON.stringify(logged);
      for (const secret of [SECRET, encodeURIComponent(SECRET), code, NUMBER, base64(key('user-1')), await wechat.getAccessToken()]) assert.ok(!text.includes(secret), text);
    }
  }
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

test('phone: opened under the current session_key and, for ten minutes, the one before, not the one before that', async (context) => {
  const keyNow = () => Buffer.from(emulator.sessionKey('user-3'), 'base64');
  const keys = [keyNow()];
  let token = await login('user-3');
  token = await login('user-3', { rotate: true });
  keys.push(keyNow());
  token = await login('user-3');
  for (const sessionKey of keys) {
    const answer = await ask('/phone', { token, body: sealed(phoneData(), sessionKey) });
    assert.deepEqual(answer.body, { phone: MASKED, region: 'CN' });
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  }
  const { encryptedData, iv } = emulator.phoneButton('user-3');
  assert.equal((await ask('/phone', { token, body: { encryptedData, iv } })).status, 200);
  token = await login('user-3', { rotate: true });
  keys.push(keyNow());
  const tried = async () => Promise.all(keys.map(async (sessionKey) => (await ask('/phone', { token, body: sealed(phoneData(), sessionKey) })).status));
  assert.deepEqual(await tried(), [400, 200, 200]);
  const { now } = Date;
  context.mock.method(Date, 'now', () => now() + 11 * 60 * 1000);
  const later = () => sealed(phoneData({ watermark: stamp({ timestamp: seconds() }) }), keys[1]);
  assert.equal(said(await ask('/phone', { token, body: later() })), REFUSED);
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

test('phone: a code is exchanged, and what WeChat answers is checked', async () => {
  const token = await login();
  const code = () => emulator.phoneButton('user-1').code;
  assert.deepEqual((await ask('/phone', { token, body: { code: code() } })).body, { phone: MASKED, region: 'CN' });
  const patched = (info) => emulator.fault(PHONE, { kind: 'patch', change: (answer) => ({ ...answer, phone_info: { ...answer.phone_info, ...info } }) });
  for (const [fault, expected] of [
    [() => emulator.fault(PHONE, { kind: 'error', errcode: 40029 }), 'WECHAT_ERROR'],
    [() => patched({ watermark: stamp({ appid: 'wx' }) }), 'APPID_MISMATCH'],
    [() => patched({ watermark: stamp({ timestamp: seconds() - 400 }) }), 'WATERMARK_EXPIRED'],
    [() => patched({ purePhoneNumber: '135****6666' }), 'INVALID_PHONE_NUMBER'],
  ]) {
    fault();
    logged.length = 0;
    assert.equal(said(await ask('/phone', { token, body: { code: code() } })), REFUSED);
    assert.equal(logged[0].code, expected);
  }
  const { code: once } = emulator.phoneButton('user-1');
  assert.equal((await ask('/phone', { token, body: { code: once } })).status, 200);
  assert.equal(said(await ask('/phone', { token, body: { code: once } })), REFUSED);
  for (const odd of [7, null, {}, ['x'], '', 'x'.repeat(200)]) assert.equal(said(await ask('/phone', { token, body: { code: odd } })), REFUSED);
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
  // One picture a user is kept, whole and under its name.
  assert.equal(fs.readdirSync(avatarFolder).length, 1);
  const { body: last } = await upload(mine, PNG);
  assert.deepEqual(fs.readdirSync(avatarFolder), [path.basename(last.avatarUrl)]);
  assert.deepEqual(fs.readFileSync(path.join(avatarFolder, path.basename(last.avatarUrl))), PNG);
  for (const bytes of [Buffer.from('<html>'), Buffer.alloc(0), Buffer.from('RIFF')]) assert.equal(said(await upload(mine, bytes)), '415 {"error":"PICTURE_REFUSED"}');
  assert.equal(said(await upload(mine, Buffer.concat([PNG, Buffer.alloc(1024 * 1024)]))), '413 {"error":"TOO_LARGE"}');
});

test('avatar: it is there after a restart, and nothing else in the folder is', async () => {
  const token = await login('user-2');
  const { body } = await ask('/avatar', { token, json: false, body: PNG });
  fs.writeFileSync(path.join(avatarFolder, 'notes.png'), PNG);
  const next = make();
  await new Promise((resolve) => next.listen(0, '127.0.0.1', resolve));
  try {
    const get = (url) => fetch(`http://127.0.0.1:${next.address().port}${url}`);
    assert.deepEqual(Buffer.from(await (await get(body.avatarUrl)).arrayBuffer()), PNG);
    for (const url of ['/avatars/notes.png', `${body.avatarUrl}.part`, '/avatars/', '/avatars/.', '/avatars/%2e%2e%2fapp.js']) assert.equal((await get(url)).status, 404, url);
  } finally {
    next.closeAllConnections();
    next.close();
    fs.rmSync(path.join(avatarFolder, 'notes.png'));
  }
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

test('profile: what was encrypted is held to the same checks, and its refusals are told in the log only', async () => {
  const token = await login('user-2');
  const data = { openId: 'o', nickName: '王五', avatarUrl: 'https://thirdwx.qlogo.cn/mmopen/vi_32/b/132', watermark: stamp() };
  const profile = (more) => ask('/profile', { token, body: sealed({ ...data, ...more }, key('user-2')) });
  const before = (await profile({})).body;
  const cases = [
    [{ nickName: 'x'.repeat(33) }, 'NICKNAME_REFUSED'],
    [{ nickName: `<b>${'x'.repeat(20000)}` }, 'NICKNAME_REFUSED'],
    [{ nickName: '  ' }, 'NICKNAME_REFUSED'],
    [{ avatarUrl: 'javascript:alert(1)' }, 'AVATAR_REFUSED'],
    [{ avatarUrl: 'https://example.com/a.png' }, 'AVATAR_REFUSED'],
    [{ avatarUrl: 'data:image/svg+xml;base64,AAAA' }, 'AVATAR_REFUSED'],
    [{ avatarUrl: 'http://tmp/kMqaeEnKgQ7_.jpeg' }, 'AVATAR_NOT_UPLOADED'],
  ];
  for (const [more, reason] of cases) {
    logged.length = 0;
    assert.equal(said(await profile(more)), REFUSED, reason);
    assert.deepEqual(logged, [{ at: 'profile', reason }]);
  }
  assert.deepEqual((await profile({ nickName: '微信用户', avatarUrl: GREY })).body, { ...before, isAnonymous: true }, 'and nothing of it is kept');
  assert.deepEqual((await profile({ nickName: ' 赵六 ', avatarUrl: '' })).body, { ...before, nickName: '赵六' }, 'no picture');
});

test('sessions: one user’s logins end that user’s oldest session, and nobody else’s', async () => {
  const [other, first] = [await login('user-2'), await login('user-1')];
  const reaches = async (token) => (await ask('/profile', { token, body: { nickName: 'x' } })).status;
  for (let i = 0; i < 9; i++) await login('user-1');
  assert.equal(await reaches(first), 200);
  const last = await login('user-1');
  assert.deepEqual([await reaches(first), await reaches(last), await reaches(other)], [401, 200, 200]);
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

test('a body that is too slow ends when the time limit says, not when Node looks next', async () => {
  const slow = make();
  assert.deepEqual([slow.requestTimeout, slow.headersTimeout], [30_000, 10_000]);
  slow.requestTimeout = slow.headersTimeout = 1000;
  await new Promise((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const started = Date.now();
  const socket = net.connect(slow.address().port, '127.0.0.1');
  const drip = setInterval(() => socket.write('x'), 200);
  try {
    const ended = new Promise((resolve) => socket.on('close', resolve).on('error', () => {}).resume());
    socket.write('POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{');
    await Promise.race([ended, new Promise((resolve, reject) => setTimeout(() => reject(new Error('it is still read after 6 seconds')), 6000).unref())]);
    assert.ok(Date.now() - started >= 1000);
  } finally {
    clearInterval(drip);
    socket.destroy();
    slow.closeAllConnections();
    slow.close();
  }
});

test('an address that is no URL is not there, and does not fail the server', async () => {
  for (const url of ['//', 'http://[', '//[', '/\\[', '*', '?', '/%', 'http://x/login', '/avatars//', '//avatars/x', '/login#']) {
    for (const method of ['GET', 'POST']) {
      const answer = await new Promise((resolve, reject) => {
        const socket = net.connect(server.address().port, '127.0.0.1', () => socket.end(`${method} ${url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`));
        let text = '';
        socket.on('data', (data) => (text += data)).on('close', () => resolve(text)).on('error', reject);
      });
      // Node itself refuses some.
      assert.match(answer, /^HTTP\/1\.1 40[04] /, `${method} ${url}`);
    }
  }
  assert.deepEqual(logged, []);
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
  await withStarted(folder, { AVATARS: avatarFolder }, async (url) => {
    const post = async (at, body, token) =>
      (await fetch(url + at, { method: 'POST', body, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } })).text();
    const { token } = JSON.parse(await post('/login', '{"code":"demo"}'));
    assert.equal(await post('/phone', payload, token), answer);
    assert.equal(await post('/phone', '{"code":"x"}', token), '{"error":"DATA_REFUSED"}');
    assert.equal(await post('/login', '{"code":"x"}'), '{"error":"CODE_REFUSED"}');
  });
});

test('main.js with an app of one’s own: the whole flow against WeChat', async () => {
  const settings = { APPID, SECRET, WECHAT_URL: emulator.url, AVATARS: avatarFolder };
  await withStarted(folder, settings, async (url) => {
    const post = async (at, body, token, type = 'application/json') => {
      const response = await fetch(url + at, { method: 'POST', body: type === 'application/json' ? JSON.stringify(body) : body, headers: { 'content-type': type, authorization: `Bearer ${token}` } });
      return response.json();
    };
    const { token } = await post('/login', { code: emulator.login('user-2').code });
    const { code, encryptedData, iv } = emulator.phoneButton('user-2');
    assert.deepEqual(await post('/phone', { code }, token), { phone: MASKED, region: 'CN' });
    assert.deepEqual(await post('/phone', { encryptedData, iv }, token), { phone: MASKED, region: 'CN' });
    const { avatarUrl } = await post('/avatar', PNG, token, 'image/png');
    assert.deepEqual(await post('/profile', { nickName: '张三', avatarUrl }, token), { nickName: '张三', avatarUrl, isAnonymous: false });
  });
  await assert.rejects(withStarted(folder, { APPID }, () => {}), /it has ended/);
});
