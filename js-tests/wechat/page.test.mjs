// examples/miniprogram as its users meet it: what the page sends, and what it shows.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import * as acorn from 'acorn';

import { codePackage, examples } from './support/built.mjs';
import { makeWXWebAssembly, openPage, start } from './support/mini-program.mjs';

const NUMBER = '13580006666';
const MASKED = '+86 135****6666';
const PAGE = './pages/profile/profile.js';
const read = (file) => fs.readFileSync(path.join(codePackage, file), 'utf8');

/**
 * The app started and its page opened, over a fake wx that records what is asked of it.
 * @param {object} [options]
 * @param {'server' | 'cloud'} [options.backend]
 * @param {Record<string, (data: any) => any>} [options.answers] to paths, or actions: what they return, or throw
 */
async function open({ backend = 'server', answers = {}, wxWebAssembly, login = { code: 'login-code' } } = {}) {
  const asked = [];
  const answer = (name, data) => {
    if (!answers[name]) throw new Error(`nobody answers ${name}`);
    return answers[name](data);
  };
  // Everything a callback hands over is plain data, as over WeChat's bridge.
  const plain = (value) => (value instanceof ArrayBuffer ? value : JSON.parse(JSON.stringify(value)));
  const later = (run) => void setTimeout(run, 0);
  const wx = {
    login({ success, fail }) {
      asked.push(['login']);
      later(() => (login ? success(login) : fail({ errMsg: 'login:fail' })));
    },
    request({ url, method, data, header, success, fail }) {
      asked.push(['request', { url, method, data: plain(data), header: { ...header } }]);
      later(() => {
        try {
          const { statusCode = 200, ...rest } = answer(new URL(url).pathname, data);
          success({ statusCode, data: plain(rest) });
        } catch (error) {
          fail({ errMsg: `request:fail ${error.message}` });
        }
      });
    },
    getFileSystemManager: () => ({
      readFile({ filePath, success, fail }) {
        asked.push(['readFile', filePath]);
        later(() => (answers.file ? success({ data: answers.file(filePath) }) : fail({ errMsg: 'readFile:fail' })));
      },
    }),
    cloud: {
      init: (options) => asked.push(['cloud.init', { ...options }]),
      CloudID: (id) => ({ CloudID: id }),
      callFunction: async ({ name, data }) => {
        asked.push(['callFunction', { name, data: plain(data) }]);
        return { result: plain(answer(data.action, data)) };
      },
      uploadFile: async (options) => {
        asked.push(['uploadFile', { ...options }]);
        return plain(answer('uploadFile', options));
      },
    },
  };
  let app;
  const program = start(codePackage, { ...(wxWebAssembly === undefined ? {} : { wxWebAssembly }), globals: { wx, App: (given) => (app = given), getApp: () => app } });
  Object.assign(program.require('./config.js'), { backend, server: 'https://example.com', cloudEnv: 'env-1' });
  program.require('./app.js');
  app.onLaunch();
  const { page, loaded } = openPage(program, PAGE);
  await loaded;
  return { page, program, asked, names: () => asked.map(([name]) => name), last: () => asked[asked.length - 1] };
}

const server = {
  '/login': () => ({ token: 'token-1' }),
  '/phone': () => ({ phone: MASKED, region: 'CN' }),
  '/avatar': () => ({ avatarUrl: '/avatars/1.png' }),
  '/profile': (data) => data,
  'file': () => new Uint8Array([1, 2, 3]).buffer,
};

/** Nothing that the page was told in confidence stands in what it shows or prints. */
function keepsSecrets({ page, program }, ...secrets) {
  const seen = JSON.stringify([page.data, program.printed.map((values) => values.map((value) => (value && value.stack) || value))]);
  for (const secret of [NUMBER, ...secrets]) assert.ok(!seen.includes(secret), secret);
}

const phoneEvent = (detail) => ({ detail: { errMsg: 'getPhoneNumber:ok', ...detail } });

for (const [mode, wxWebAssembly] of [['with WXWebAssembly', undefined], ['without', null]]) {
  test(`the page is ready once module and login are there, ${mode}`, async () => {
    const { page, asked, program } = await open({ answers: server, wxWebAssembly });
    assert.deepEqual(asked.map(([name]) => name), ['login', 'request']);
    assert.deepEqual(asked[1][1].data, { code: 'login-code' });
    assert.equal(asked[1][1].url, 'https://example.com/login');
    assert.deepEqual([page.data.ready, page.data.failed, page.data.message], [true, false, '']);
    assert.deepEqual(program.printed, []);
    page.onPhoneTyped({ detail: { value: '１３５ 8000-6666' } });
    assert.equal(page.data.phone, MASKED);
  });
}

test('the module is loaded once, by app and page together', async () => {
  const paths = [];
  await open({ answers: server, wxWebAssembly: makeWXWebAssembly(codePackage, { gives: 'object', asked: (file) => paths.push(file) }) });
  assert.equal(paths.length, 1);
});

test('a failed start says so, and can be tried again', async () => {
  const good = makeWXWebAssembly(codePackage, { gives: 'instance' });
  let broken = true;
  const instantiate = (...values) => (broken ? Promise.reject(new Error('no network')) : good.instantiate(...values));
  const { page, program } = await open({ answers: server, wxWebAssembly: { instantiate } });
  assert.deepEqual([page.data.ready, page.data.failed], [false, true]);
  assert.match(page.data.message, /重试/);
  assert.ok(program.printed.length >= 2, 'app and page print it');
  broken = false;
  await page.prepare();
  assert.deepEqual([page.data.ready, page.data.failed, page.data.message], [true, false, '']);

  for (const spoilt of [{ login: null }, { answers: { '/login': () => ({ statusCode: 500, error: 'SERVER_ERROR' }) } }, { answers: {} }]) {
    const other = await open({ answers: server, ...spoilt });
    assert.deepEqual([other.page.data.ready, other.page.data.failed], [false, true]);
  }
});

test('getPhoneNumber: current clients give a code, and that alone is sent', async () => {
  const opened = await open({ answers: server });
  const { page, last, names } = opened;
  await page.onGetPhoneNumber(phoneEvent({ code: 'phone-code', encryptedData: 'secret-data', iv: 'secret-iv', cloudID: 'cloud-1' }));
  const [, request] = last();
  assert.deepEqual(request.data, { code: 'phone-code' });
  assert.deepEqual([request.url, request.method, request.header], ['https://example.com/phone', 'POST', { 'content-type': 'application/json', authorization: 'Bearer token-1' }]);
  assert.deepEqual([page.data.phone, page.data.message], [MASKED, '']);
  assert.equal(names().filter((name) => name === 'login').length, 1, 'no wx.login in the callback');
  keepsSecrets(opened, 'phone-code', 'secret', 'token-1');
});

test('getPhoneNumber: older clients give encrypted data, sent as JSON and untouched', async () => {
  const opened = await open({ answers: server });
  await opened.page.onGetPhoneNumber(phoneEvent({ encryptedData: 'a+b/c d==', iv: 'i+v==', cloudID: 'cloud-1' }));
  const [, request] = opened.last();
  assert.deepEqual(request.data, { encryptedData: 'a+b/c d==', iv: 'i+v==' });
  assert.equal(request.header['content-type'], 'application/json');
  assert.equal(opened.page.data.phone, MASKED);
  keepsSecrets(opened, 'a+b');
});

test('getPhoneNumber in the cloud: the CloudID as text, else encrypted data', async () => {
  const answers = { phone: () => ({ ok: true, phone: MASKED, region: 'CN' }) };
  const opened = await open({ backend: 'cloud', answers });
  const { page, asked, last } = opened;
  assert.deepEqual(asked[0], ['cloud.init', { env: 'env-1' }]);
  await page.onGetPhoneNumber(phoneEvent({ code: 'c', encryptedData: 'secret-data', iv: 'secret-iv', cloudID: 'cloud-1' }));
  assert.deepEqual(last(), ['callFunction', { name: 'opendata', data: { action: 'phone', cloudID: 'cloud-1' } }]);
  assert.equal(page.data.phone, MASKED);
  await page.onGetPhoneNumber(phoneEvent({ encryptedData: 'secret-data', iv: 'secret-iv' }));
  assert.deepEqual(last()[1].data, { action: 'phone', encryptedData: 'secret-data', iv: 'secret-iv' });
  keepsSecrets(opened, 'secret');
});

test('getPhoneNumber: a refusal sends nothing and is no error; the number can be typed', async () => {
  for (const detail of [{ errMsg: 'getPhoneNumber:fail user deny' }, { errMsg: 'getPhoneNumber:fail:user deny' }, { errMsg: 'getPhoneNumber:fail no permission' }, { errMsg: 'getPhoneNumber:fail', errno: 1400001 }]) {
    const opened = await open({ answers: server });
    const before = opened.asked.length;
    await opened.page.onGetPhoneNumber({ detail });
    assert.equal(opened.asked.length, before);
    assert.equal(opened.page.data.phone, '');
    assert.match(opened.page.data.message, detail.errno ? /暂时无法获取/ : /未授权/);
    assert.equal(opened.page.data.ready, true);
    assert.deepEqual(opened.program.printed, []);
    opened.page.onPhoneTyped({ detail: { value: `+86 ${NUMBER}` } });
    assert.deepEqual([opened.page.data.phone, opened.page.data.message], [MASKED, '']);
    keepsSecrets(opened);
  }
});

test('getPhoneNumber: when the server refuses, log in anew and have it pressed again; nothing is sent twice', async () => {
  for (const answer of [{ statusCode: 400, error: 'DATA_REFUSED' }, { statusCode: 401, error: 'LOGIN_FIRST' }]) {
    const opened = await open({ answers: { ...server, '/phone': () => answer } });
    await opened.page.onGetPhoneNumber(phoneEvent({ encryptedData: 'secret-data', iv: 'secret-iv' }));
    assert.deepEqual(opened.names(), ['login', 'request', 'request', 'login', 'request']);
    assert.deepEqual([opened.page.data.ready, opened.page.data.phone], [true, '']);
    assert.match(opened.page.data.message, /再点一次/);
    keepsSecrets(opened, 'secret-data', 'secret-iv');
  }
});

test('chooseAvatar: the temporary file is shown, uploaded, and its new address saved', async () => {
  for (const temporary of ['wxfile://tmp_53bd8971edb0.png', 'http://tmp/kMqaeEnKgQ7_.jpeg', 'wxfile://temp/19ee5ddfcba_bec.jpeg', 'http://127.0.0.1:47692/__tmp__/cover.jpeg']) {
    const { page, asked, last } = await open({ answers: server });
    await page.onChooseAvatar({ detail: { avatarUrl: temporary } });
    assert.equal(page.data.avatarUrl, temporary);
    assert.deepEqual(asked[asked.length - 2], ['readFile', temporary]);
    const [, request] = last();
    assert.equal(request.url, 'https://example.com/avatar');
    assert.deepEqual(new Uint8Array(request.data), new Uint8Array([1, 2, 3]));
    assert.equal(request.header.authorization, 'Bearer token-1');
    await page.onSubmit({ detail: { value: { nickName: ' 张三😀 ' } } });
    assert.deepEqual(last()[1].data, { nickName: '张三😀', avatarUrl: '/avatars/1.png' });
    assert.equal(page.data.message, '已保存');
  }
});

test('chooseAvatar in the cloud: the file goes to cloud storage, under no name of the user', async () => {
  const answers = { uploadFile: () => ({ fileID: 'cloud://env.bucket/avatars/1.jpg' }), profile: () => ({ ok: true }) };
  const { page, asked, last } = await open({ backend: 'cloud', answers });
  await page.onChooseAvatar({ detail: { avatarUrl: 'http://tmp/kMqaeEnKgQ7_.jpeg' } });
  const [, upload] = asked.find(([name]) => name === 'uploadFile');
  assert.equal(upload.filePath, 'http://tmp/kMqaeEnKgQ7_.jpeg');
  assert.match(upload.cloudPath, /^avatars\/\d+-[0-9a-z]+\.jpg$/);
  await page.onSubmit({ detail: { value: { nickName: '张三' } } });
  assert.deepEqual(last(), ['callFunction', { name: 'opendata', data: { action: 'profile', nickName: '张三', avatarUrl: 'cloud://env.bucket/avatars/1.jpg' } }]);
});

test('chooseAvatar: what is no local file is not uploaded', async () => {
  const { page, names, last } = await open({ answers: server });
  await page.onChooseAvatar({ detail: { avatarUrl: 'http://thirdwx.qlogo.cn/mmopen/vi_32/a/132' } });
  assert.ok(!names().includes('readFile'));
  await page.onSubmit({ detail: { value: { nickName: '张三' } } });
  assert.equal(last()[1].data.avatarUrl, 'https://thirdwx.qlogo.cn/mmopen/vi_32/a/132');
});

test('chooseAvatar: a failed upload brings the picture before back, and the local path is never saved', async () => {
  let fails = false;
  const answers = { ...server, '/avatar': () => (fails ? { statusCode: 413, error: 'TOO_LARGE' } : { avatarUrl: '/avatars/1.png' }) };
  const { page, last } = await open({ answers });
  await page.onChooseAvatar({ detail: { avatarUrl: 'wxfile://tmp_1.png' } });
  fails = true;
  await page.onChooseAvatar({ detail: { avatarUrl: 'wxfile://tmp_2.png' } });
  assert.equal(page.data.avatarUrl, 'wxfile://tmp_1.png');
  assert.match(page.data.message, /上传失败/);
  await page.onSubmit({ detail: { value: { nickName: '张三' } } });
  assert.equal(last()[1].data.avatarUrl, '/avatars/1.png');
  const unreadable = await open({ answers: { ...server, file: undefined } });
  await unreadable.page.onChooseAvatar({ detail: { avatarUrl: 'wxfile://tmp_1.png' } });
  assert.equal(unreadable.page.data.avatarUrl, '');
  await unreadable.page.onSubmit({ detail: { value: { nickName: '张三' } } });
  assert.deepEqual(unreadable.last()[1].data, { nickName: '张三' });
});

test('chooseAvatar: of two choices the last one counts, whichever arrives first', async () => {
  const waiting = [];
  const opened = await open({ backend: 'cloud', answers: { uploadFile: ({ filePath }) => ({ fileID: `cloud://e.b/${filePath.slice(-5)}` }), profile: () => ({ ok: true }) } });
  const { uploadFile } = opened.program.context.wx.cloud;
  opened.program.context.wx.cloud.uploadFile = async (options) => {
    await new Promise((resolve) => waiting.push(resolve));
    return uploadFile(options);
  };
  const first = opened.page.onChooseAvatar({ detail: { avatarUrl: 'wxfile://tmp_1.png' } });
  const second = opened.page.onChooseAvatar({ detail: { avatarUrl: 'wxfile://tmp_2.png' } });
  waiting[1]();
  await second;
  waiting[0]();
  await first;
  assert.equal(opened.page.data.avatarUrl, 'wxfile://tmp_2.png');
  await opened.page.onSubmit({ detail: { value: { nickName: '张三' } } });
  assert.equal(opened.last()[1].data.avatarUrl, 'cloud://e.b/2.png');
});

test('a typed number: what is wrong with it is said in words, and it is shown masked', async () => {
  const opened = await open({ answers: server });
  const words = new Set();
  for (const value of ['', '135****6666', '张三', '135', '1358000666677777777', '+999 123456789', '14112345678']) {
    opened.page.onPhoneTyped({ detail: { value } });
    assert.equal(opened.page.data.phone, '', value);
    assert.match(opened.page.data.message, /[\u4e00-\u9fff]/, value);
    words.add(opened.page.data.message);
  }
  assert.equal(words.size, 7, [...words].join());
  opened.page.onPhoneTyped({ detail: { value: '00852 2123 4567' } });
  assert.equal(opened.page.data.message, '');
  assert.match(opened.page.data.phone, /^\+852 \d{0,3}\*{2,}\d{0,4}$/);
});

test('the form: a nickname is needed, and a refusal of the server is said', async () => {
  const { page, asked, last } = await open({ answers: { ...server, '/profile': () => ({ statusCode: 400, error: 'NICKNAME_REFUSED' }) } });
  const before = asked.length;
  await page.onSubmit({ detail: { value: { nickName: '  ' } } });
  assert.deepEqual([asked.length, page.data.message], [before, '请填写昵称']);
  await page.onSubmit({ detail: { value: { nickName: '张三' } } });
  assert.equal(last()[1].url, 'https://example.com/profile');
  assert.match(page.data.message, /保存失败/);
});

// ------------------------------------------------------------------------------------------------- what is no JavaScript

test('the template names handlers and data that the page has, and uses each of them', async () => {
  const { page } = await open({ answers: server });
  const wxml = read('pages/profile/profile.wxml');
  const handlers = new Set([...wxml.matchAll(/\bbind\w+="(\w+)"/g)].map(([, name]) => name));
  assert.ok(handlers.size >= 5);
  for (const name of handlers) assert.equal(typeof page[name], 'function', name);
  for (const name of Object.keys(page).filter((key) => /^on[A-Z]/.test(key) && key !== 'onLoad')) assert.ok(handlers.has(name), name);
  const shown = new Set([...wxml.matchAll(/\{\{!?(\w+)\}\}/g)].map(([, name]) => name));
  assert.deepEqual([...shown].sort(), Object.keys(page.data).sort());
  // Every button that needs the module waits for it.
  for (const [button] of wxml.matchAll(/<button [^>]*>/g)) assert.ok(/disabled="\{\{!ready\}\}"|bindtap="prepare"/.test(button), button);
  const tags = [...wxml.replace(/<!--[\s\S]*?-->/g, '').matchAll(/<(\/?)([\w-]+)[^>]*?(\/?)>/g)];
  const stack = [];
  for (const [, closes, name, empty] of tags) {
    if (closes) assert.equal(stack.pop(), name);
    else if (!empty) stack.push(name);
  }
  assert.deepEqual(stack, []);
});

test('the configuration: a visitor without appid, an npm build, pages that exist', () => {
  const project = JSON.parse(fs.readFileSync(path.join(examples, 'miniprogram/project.config.json'), 'utf8'));
  assert.equal(project.appid, 'touristappid');
  assert.equal(project.setting.packNpmManually, true);
  assert.match(project.libVersion, /^\d+\.\d+\.\d+$/);
  const app = JSON.parse(read('app.json'));
  assert.deepEqual(app.pages, ['pages/profile/profile']);
  for (const page of app.pages) for (const kind of ['js', 'json', 'wxml', 'wxss']) assert.ok(read(`${page}.${kind}`).length > 0);
  JSON.parse(read('pages/profile/profile.json'));
  JSON.parse(read(app.sitemapLocation));
});

test('the example is ES2017 itself, and has no session_key and no secret in it', () => {
  const files = fs.readdirSync(codePackage, { recursive: true }).filter((file) => file.endsWith('.js') && !file.startsWith('miniprogram_npm'));
  assert.ok(files.length >= 6);
  for (const file of files) {
    const code = read(file);
    acorn.parse(code, { ecmaVersion: 2017, sourceType: 'script' });
    const tokens = [...acorn.tokenizer(code, { ecmaVersion: 2017 })].map(({ value }) => String(value));
    for (const token of tokens) assert.ok(!/session_?key|app_?secret|^wx[0-9a-f]{16}$/i.test(token), `${file}: ${token}`);
  }
});
