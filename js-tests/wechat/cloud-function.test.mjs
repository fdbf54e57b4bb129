// examples/cloud-function under WeChat's own framework, called over HTTP: the folder as it is uploaded, and bundled into one file. Its
// wx-server-sdk is the real one; the runtime's context and the service behind getOpenData are stood in for.

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
import { examples, readSource, root } from './support/built.mjs';
import { startWeChatCloud } from './support/wechat-cloud.mjs';

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

/** cloudID -> what WeChat has for it, and whose it is. */
const openData = new Map();
let cloudIDs = 0;
/** A CloudID of the user's, as a button gives it: what WeChat answers when it is asked for its data. */
function cloudIDOf(answer, owner = OPENID) {
  const cloudID = `43_secret-${++cloudIDs}`;
  openData.set(cloudID, { answer: typeof answer === 'object' ? { cloudID, ...answer } : answer, owner });
  return cloudID;
}
const wechat = await startWeChatCloud((cloudID, openid) => {
  const { answer, owner } = openData.get(cloudID) ?? { answer: { cloudID, errCode: -601005, errMsg: 'invalid cloudID.' } };
  return owner !== undefined && owner !== openid ? { cloudID, errCode: -601007, errMsg: 'cloudID not match.' } : answer;
});
after(() => wechat.close());

const runtime = path.join(import.meta.dirname, 'support/cloud-runtime.cjs');

/** A running function: its URL, and what it has printed. */
async function startFunction(folder) {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    NODE_OPTIONS: `--require=${runtime}`,
    SESSION_KEYS: JSON.stringify({ [OPENID]: [base64(KEY), base64(OLD_KEY)] }),
    // What WeChat's runtime gives: an environment, credentials, the address of its service.
    TCB_ENV: 'synthetic-env',
    TENCENTCLOUD_SECRETID: 'synthetic-id',
    TENCENTCLOUD_SECRETKEY: 'synthetic-key',
    TCB_CONTEXT_KEYS: 'TCB_CONTEXT_CNFG',
    TCB_CONTEXT_CNFG: JSON.stringify({ URL: wechat.url }),
  };
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

/** Who calls, as WeChat says it beside the event. */
const CALLER = { WX_OPENID: OPENID, WX_APPID: APPID };

async function call(running, event, caller = CALLER) {
  const headers = { 'content-type': 'application/json', 'x-caller': JSON.stringify(caller) };
  const response = await fetch(running.url, { method: 'POST', headers, body: JSON.stringify(event) });
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
const refused = { ok: false, error: 'DATA_REFUSED' };

const kinds = { 'as it is': source, 'bundled into one file': bundled };
// Both before the first test: what runs `after` the tests does not wait for tests that are not there yet.
const functions = await Promise.all(Object.entries(kinds).map(async ([kind, folder]) => ({ kind, folder, running: await startFunction(folder) })));
for (const { kind, folder, running } of functions) {
  after(running.stop);
  const accepts = async (event, expected) => assert.deepEqual(await call(running, event), { status: 200, body: { ok: true, ...expected } });
  const refuses = async (event, expected = refused, caller = CALLER) => assert.deepEqual(await call(running, event, caller), { status: 200, body: expected }, JSON.stringify(event));

  test(`${kind}: it is what it is said to be`, () => {
    const files = fs.readdirSync(folder);
    if (folder === bundled) assert.deepEqual(files, ['index.js']);
    else assert.ok(files.includes('node_modules') && files.includes('package.json'));
  });

  test(`${kind}: a phone number from a CloudID`, async () => {
    const cloudID = cloudIDOf({ data: phoneData() });
    await accepts({ action: 'phone', cloudID }, { phone: MASKED, region: 'CN' });
    assert.deepEqual(wechat.asked.pop(), { action: 'wx.openApi', apiName: 'ApiGetOpenDataByCloudId', cloudIDs: [cloudID], openid: OPENID });
    const abroad = await call(running, { action: 'phone', cloudID: cloudIDOf({ data: phoneData({ countryCode: '852', purePhoneNumber: '51234567' }) }) });
    assert.equal(abroad.body.region, 'HK');
    assert.ok(abroad.body.phone.startsWith('+852 ') && !abroad.body.phone.includes('51234567'), abroad.body.phone);
  });

  test(`${kind}: step counts from a CloudID`, async () => {
    const steps = (data) => ({ action: 'steps', cloudID: cloudIDOf({ data: { ...data, watermark: stamp() } }) });
    await accepts(steps({ stepInfoList: [{ timestamp: 1445866601, step: 100 }, { timestamp: 1445876601, step: 7 }] }), { steps: 7 });
    await accepts(steps({ stepInfoList: [] }), { steps: 0 });
    await accepts(steps({ stepInfoList: 'x' }), { steps: 0 });
  });

  test(`${kind}: data that the client wrote itself is not read, whatever its form`, async () => {
    const resolved = { cloudID: '43_secret', data: phoneData() };
    const before = wechat.asked.length;
    for (const field of ['cloudID', 'phone', 'data', 'phone_info']) {
      for (const written of [resolved, { data: phoneData() }, phoneData(), { json: JSON.stringify(resolved) }, [resolved], ['43_secret'], null, 7, true]) {
        await refuses({ action: 'phone', [field]: written });
        await refuses({ action: 'phone', list: [resolved], [field]: written });
      }
    }
    const data = { stepInfoList: [{ timestamp: seconds(), step: 99999 }], watermark: stamp() };
    for (const field of ['cloudID', 'weRun', 'data']) await refuses({ action: 'steps', [field]: { cloudID: '43_secret', data } });
    assert.equal(wechat.asked.length, before, 'and WeChat is not asked');
    // As text it is an identifier that WeChat does not know.
    await refuses({ action: 'phone', cloudID: JSON.stringify(resolved) });
    assert.equal(wechat.asked.length, before + 1);
  });

  test(`${kind}: who calls is what WeChat says, and nothing in the event`, async () => {
    const cloudID = cloudIDOf({ data: phoneData() });
    const forged = { userInfo: { openId: OPENID, appId: APPID }, openid: OPENID, OPENID, APPID };
    for (const event of [{ cloudID }, sealed(phoneData())]) {
      await refuses({ action: 'phone', ...event, ...forged }, refused, { WX_OPENID: 'nobody', WX_APPID: APPID });
      await refuses({ action: 'phone', ...event, ...forged }, refused, { WX_OPENID: OPENID, WX_APPID: 'wxfedcba9876543210' });
      // An HTTP trigger has no such caller.
      for (const caller of [{}, { WX_OPENID: OPENID }, { WX_APPID: APPID }]) await refuses({ action: 'phone', ...event, ...forged }, { ok: false, error: 'CALLER_UNKNOWN' }, caller);
      await accepts({ action: 'phone', ...event }, { phone: MASKED, region: 'CN' });
    }
  });

  test(`${kind}: WeChat busy or broken is told from data that is refused`, async () => {
    const before = running.printed.length;
    await refuses({ action: 'phone', cloudID: cloudIDOf(-1) }, { ok: false, error: 'WECHAT_FAILED' });
    // The SDK's own text has the CloudID in it when an item is empty.
    await refuses({ action: 'phone', cloudID: cloudIDOf(-604100) }, { ok: false, error: 'WECHAT_FAILED' });
    assert.match(running.printed.slice(before), /"reason":"getOpenData","errCode":-?\d+/);
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
    const answered = (answer) => ({ cloudID: cloudIDOf(answer) });
    const nobody = { WX_OPENID: 'nobody', WX_APPID: APPID };
    const events = [
      [answered({ errCode: -601006, errMsg: 'cloudID expired.' }), 'WECHAT_ERROR'],
      [{ cloudID: '43_secret-unknown' }, 'WECHAT_ERROR'],
      [{ cloudID: cloudIDOf({ data: phoneData() }, 'another user') }, 'WECHAT_ERROR'],
      [answered({ data: phoneData({ watermark: stamp({ appid: 'wx' }) }) }), 'APPID_MISMATCH'],
      [answered({ data: phoneData({ watermark: stamp({ timestamp: seconds() - 1000 }) }) }), 'WATERMARK_EXPIRED'],
      [answered({ data: phoneData({ watermark: undefined }) }), 'WATERMARK_MISSING'],
      [answered({ data: phoneData({ purePhoneNumber: '135****6666' }) }), 'INVALID_PHONE_NUMBER'],
      [answered({ data: { watermark: stamp() } }), 'INVALID_ARGUMENT'],
      [{ cloudID: null }, 'cloudID is not a text'],
      [{ encryptedData: `${encryptedData.slice(0, middle)}${encryptedData[middle] === 'A' ? 'B' : 'A'}${encryptedData.slice(middle + 1)}`, iv }, 'DECRYPT_FAILED'],
      [{ ...sealed(phoneData(), Buffer.from('another key 0123')) }, 'DECRYPT_FAILED'],
      [{ encryptedData, iv: 'x' }, 'ILLEGAL_IV'],
      [{ encryptedData: encryptedData.slice(0, -8), iv }, 'ILLEGAL_BUFFER'],
      [{ encryptedData: '!', iv }, 'ILLEGAL_BASE64'],
      [{ ...sealed(phoneData({ watermark: stamp({ appid: 'wx' }) })) }, 'APPID_MISMATCH'],
      [{ ...sealed({ watermark: stamp() }) }, 'INVALID_PHONE_NUMBER'],
      [{ encryptedData, iv }, 'INVALID_ARGUMENT', nobody],
      [{ encryptedData, iv }, 'INVALID_ARGUMENT', { ...nobody, WX_OPENID: '__proto__' }],
      [{ encryptedData, iv, sessionKey: base64(KEY), appid: null }, 'INVALID_ARGUMENT', nobody],
      [{}, 'INVALID_ARGUMENT'],
    ];
    for (const [event, code, caller] of events) {
      const before = running.printed.length;
      await refuses({ action: 'phone', ...event }, refused, caller);
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

test('no page and no example reads open data that came through the client', () => {
  const inExamples = fs.readdirSync(path.join(root, 'examples'), { recursive: true }).filter((file) => /\.(md|js)$/.test(file) && !/node_modules|miniprogram_npm/.test(file));
  const files = ['README.md', 'README.zh-CN.md', 'SECURITY.md', ...inExamples.map((file) => path.join('examples', file))];
  assert.ok(files.length > 15, files.join());
  for (const file of files) {
    // A CloudID that WeChat is to replace in the event, and an event that is read for data.
    assert.doesNotMatch(readSource(file), /wx\.cloud\.CloudID\([^)]|readCloudData\(\s*event\b/, file);
  }
});
