// examples/cloud-function under WeChat's own framework, called over HTTP: the folder as it is uploaded, and bundled into one file.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { buildSync } from 'esbuild';

import { seal } from '../fixtures.mjs';
import { examples } from './support/built.mjs';

const APPID = 'wx0123456789abcdef';
const OPENID = 'openid-of-a-user';
const NUMBER = '13580006666';
const MASKED = '+86 135****6666';
const KEY = Buffer.from('0123456789abcdef');
const OLD_KEY = Buffer.from('fedcba9876543210');
const IV = Buffer.from('abcdefghijklmnop');
const base64 = (bytes) => bytes.toString('base64');

const source = path.join(examples, 'cloud-function');
const bundled = path.join(examples, 'cloud-function-bundled');
const tcbFf = createRequire(import.meta.url).resolve('@cloudbase/functions-framework').replace(/build\/index\.js$/, 'bin/tcb-ff.js');

buildSync({ entryPoints: [path.join(source, 'index.js')], bundle: true, platform: 'node', target: 'node16', outfile: path.join(bundled, 'index.js'), logLevel: 'error' });

function freePort() {
  return new Promise((resolve, reject) => {
    const listener = net.createServer().on('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

/** A running function: its URL, and what it has printed. */
async function startFunction(folder, more = {}) {
  const port = await freePort();
  const env = { PATH: process.env.PATH, APPID, SESSION_KEYS: JSON.stringify({ [OPENID]: [base64(KEY), base64(OLD_KEY)] }), ...more };
  // It writes its own logs into the folder where it runs.
  const child = spawn(process.execPath, [tcbFf, '--source', folder, '--port', String(port)], { cwd: examples, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const running = { url: `http://127.0.0.1:${port}/`, printed: '', child };
  child.stdout.on('data', (text) => (running.printed += text));
  child.stderr.on('data', (text) => (running.printed += text));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  running.stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  for (let attempt = 0; ; attempt++) {
    if (child.exitCode !== null || attempt > 300) {
      await running.stop();
      throw new Error(`the framework does not answer: ${running.printed}`);
    }
    const answers = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (answers) return running;
    await sleep(50);
  }
}

async function call(running, event) {
  const response = await fetch(running.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: text };
  }
}

const seconds = () => Math.floor(Date.now() / 1000);
const stamp = (more) => ({ appid: APPID, timestamp: seconds(), ...more });
const phoneData = (more) => ({ phoneNumber: NUMBER, purePhoneNumber: NUMBER, countryCode: '86', watermark: stamp(), ...more });
const sealed = (data, key = KEY) => {
  const { encryptedData, iv } = seal(JSON.stringify(data), key, IV);
  return { encryptedData, iv };
};
// As WeChat puts it into the event of wx.cloud.callFunction.
const userInfo = { appId: APPID, openId: OPENID };
const refused = { ok: false, error: 'DATA_REFUSED' };

const folders = { 'as it is': source, 'bundled into one file': bundled };
for (const [kind, folder] of Object.entries(folders)) {
  const running = await startFunction(folder);
  after(running.stop);
  const accepts = async (event, expected) => assert.deepEqual(await call(running, { userInfo, ...event }), { status: 200, body: { ok: true, ...expected } });
  const refuses = async (event, expected = refused) => assert.deepEqual(await call(running, { userInfo, ...event }), { status: 200, body: expected }, JSON.stringify(event));

  test(`${kind}: it is what it is said to be`, () => {
    const files = fs.readdirSync(folder);
    if (folder === bundled) assert.deepEqual(files, ['index.js']);
    else assert.ok(files.includes('node_modules') && files.includes('package.json'));
  });

  test(`${kind}: a phone number from a CloudID`, async () => {
    await accepts({ action: 'phone', phone: { cloudID: '43_x', data: phoneData() } }, { phone: MASKED, region: 'CN' });
    const abroad = await call(running, { userInfo, action: 'phone', phone: { cloudID: '43_x', data: phoneData({ countryCode: '852', purePhoneNumber: '51234567' }) } });
    assert.equal(abroad.body.region, 'HK');
    assert.ok(abroad.body.phone.startsWith('+852 ') && !abroad.body.phone.includes('51234567'), abroad.body.phone);
  });

  test(`${kind}: step counts from a CloudID`, async () => {
    const data = { stepInfoList: [{ timestamp: 1445866601, step: 100 }, { timestamp: 1445876601, step: 7 }], watermark: stamp() };
    await accepts({ action: 'steps', weRun: { cloudID: '43_x', data } }, { steps: 7 });
    await accepts({ action: 'steps', weRun: { cloudID: '43_x', data: { stepInfoList: [], watermark: stamp() } } }, { steps: 0 });
    await accepts({ action: 'steps', weRun: { cloudID: '43_x', data: { stepInfoList: 'x', watermark: stamp() } } }, { steps: 0 });
  });

  test(`${kind}: a phone number from encryptedData, under the current session_key and the one before`, async () => {
    await accepts({ action: 'phone', ...sealed(phoneData()) }, { phone: MASKED, region: 'CN' });
    await accepts({ action: 'phone', ...sealed(phoneData(), OLD_KEY) }, { phone: MASKED, region: 'CN' });
    const { encryptedData, iv } = sealed(phoneData());
    await accepts({ action: 'phone', encryptedData: encryptedData.replace(/\+/g, ' '), iv: encodeURIComponent(iv) }, { phone: MASKED, region: 'CN' });
  });

  test(`${kind}: name and picture`, async () => {
    await accepts({ action: 'profile', nickName: ' 张三😀 ', avatarUrl: 'cloud://env.bucket/avatars/1.png' }, { nickName: '张三😀', avatarUrl: 'cloud://env.bucket/avatars/1.png' });
    await accepts({ action: 'profile', nickName: '张三' }, { nickName: '张三' });
    for (const avatarUrl of ['http://tmp/kMqaeEnKgQ7_.jpeg', 'wxfile://tmp_1.png']) await refuses({ action: 'profile', nickName: '张三', avatarUrl }, { ok: false, error: 'AVATAR_NOT_UPLOADED' });
    for (const avatarUrl of ['https://example.com/a.png', 'javascript:alert(1)', '']) await refuses({ action: 'profile', nickName: '张三', avatarUrl }, { ok: false, error: 'AVATAR_REFUSED' });
    for (const avatarUrl of [7, null, {}, 'x'.repeat(9000)]) await refuses({ action: 'profile', nickName: '张三', avatarUrl });
    for (const nickName of ['', '  ', 7, null, undefined, 'x'.repeat(33)]) await refuses({ action: 'profile', nickName }, { ok: false, error: 'NICKNAME_REFUSED' });
  });

  test(`${kind}: whatever is wrong, the answer is the same; the log has the cause and no data`, async () => {
    const { encryptedData, iv } = sealed(phoneData());
    const middle = encryptedData.length >> 1;
    const events = [
      [{ phone: { cloudID: '43_secret', errCode: -601006, errMsg: 'cloudID expired.' } }, 'WECHAT_ERROR'],
      [{ phone: '43_secret' }, 'CLOUD_ID_NOT_RESOLVED'],
      [{ phone: { cloudID: '43_secret', data: phoneData({ watermark: stamp({ appid: 'wx' }) }) } }, 'APPID_MISMATCH'],
      [{ phone: { data: phoneData({ watermark: stamp({ timestamp: seconds() - 1000 }) }) } }, 'WATERMARK_EXPIRED'],
      [{ phone: { data: phoneData({ watermark: undefined }) } }, 'WATERMARK_MISSING'],
      [{ phone: { data: phoneData({ purePhoneNumber: '135****6666' }) } }, 'INVALID_PHONE_NUMBER'],
      [{ phone: { data: { watermark: stamp() } } }, 'INVALID_ARGUMENT'],
      [{ phone: null }, 'INVALID_ARGUMENT'],
      [{ encryptedData: `${encryptedData.slice(0, middle)}${encryptedData[middle] === 'A' ? 'B' : 'A'}${encryptedData.slice(middle + 1)}`, iv }, 'DECRYPT_FAILED'],
      [{ ...sealed(phoneData(), Buffer.from('another key 0123')) }, 'DECRYPT_FAILED'],
      [{ encryptedData, iv: 'x' }, 'ILLEGAL_IV'],
      [{ encryptedData: encryptedData.slice(0, -8), iv }, 'ILLEGAL_BUFFER'],
      [{ encryptedData: '!', iv }, 'ILLEGAL_BASE64'],
      [{ ...sealed(phoneData({ watermark: stamp({ appid: 'wx' }) })) }, 'APPID_MISMATCH'],
      [{ ...sealed({ watermark: stamp() }) }, 'INVALID_PHONE_NUMBER'],
      [{ encryptedData, iv, userInfo: { appId: APPID, openId: 'nobody' } }, 'INVALID_ARGUMENT'],
      [{ encryptedData, iv, userInfo: { appId: APPID, openId: '__proto__' } }, 'INVALID_ARGUMENT'],
      [{ encryptedData, iv, userInfo: {} }, 'INVALID_ARGUMENT'],
      [{ encryptedData, iv, sessionKey: base64(KEY), appid: null, userInfo: { openId: 'nobody' } }, 'INVALID_ARGUMENT'],
      [{}, 'INVALID_ARGUMENT'],
    ];
    for (const [event, code] of events) {
      const before = running.printed.length;
      await refuses({ action: 'phone', ...event });
      for (let attempt = 0; attempt < 100 && !running.printed.slice(before).includes(code); attempt++) await sleep(20);
      assert.ok(running.printed.slice(before).includes(code), `${code} is not in the log: ${running.printed.slice(before)}`);
    }
    for (const secret of [NUMBER, '135****6666', '43_secret', base64(KEY), base64(OLD_KEY), encryptedData.slice(0, 24), iv]) {
      assert.ok(!running.printed.includes(secret), `${secret} is in the log`);
    }
  });

  test(`${kind}: what is no action is no action`, async () => {
    for (const action of [undefined, null, 7, '', 'toString', '__proto__', 'constructor', 'PHONE', {}]) await refuses({ action }, { ok: false, error: 'UNKNOWN_ACTION' });
  });
}

test('without APPID it says what is missing, instead of refusing everything', async () => {
  const running = await startFunction(source, { APPID: '' });
  try {
    const { status, body } = await call(running, { userInfo, action: 'phone', phone: { data: phoneData() } });
    assert.notEqual(body && body.ok, true);
    assert.ok(status >= 400 || JSON.stringify(body).includes('APPID'), `${status} ${JSON.stringify(body)}`);
    assert.match(running.printed + JSON.stringify(body), /APPID/);
  } finally {
    await running.stop();
  }
});
