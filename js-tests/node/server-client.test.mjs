// weapp-opendata/server: what each call sends and what it makes of the answers, over loopback HTTP.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { build } from 'esbuild';

import { packageFolder, project, readPackageFile, requireInstalled } from '../support/installed.mjs';
import { APP, NUMBER, OTHER_USER, PATH, SAMPLE_KEY, USER, createClient, failure, refuses, start } from '../support/server.mjs';
import { ERRORS } from '../wechat-api/emulator.mjs';

const core = requireInstalled('weapp-opendata');
const server = requireInstalled('weapp-opendata/server');
const { openid } = USER;

const signatureOf = (sessionKey) => createHmac('sha256', sessionKey).update('').digest('hex');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// ------------------------------------------------------------------------------------------------ what it is

test('import and require give the same, and the class of errors is that of the package', () => {
  const script = `
    import { createRequire } from 'node:module';
    import * as esm from 'weapp-opendata/server';
    import { OpenDataError } from 'weapp-opendata';
    const cjs = createRequire(import.meta.url)('weapp-opendata/server');
    console.log(JSON.stringify([Object.keys(esm).sort(), Object.keys(cjs).sort().every((name) => cjs[name] === esm[name]), esm.OpenDataError === OpenDataError]));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: project, encoding: 'utf8', stdio: 'pipe' });
  assert.deepEqual(JSON.parse(output), [['OpenDataError', 'createClient'], true, true]);
  assert.equal(server.OpenDataError, core.OpenDataError);
});

test('its files carry no core of their own, and ask for nothing but it and, on Node, node:crypto', () => {
  for (const [name, node] of [['server.cjs', true], ['server-bundle.js', true], ['server-web.js', false]]) {
    const code = readPackageFile(name);
    assert.ok(code.length < 40000, `${name}: ${code.length} characters`);
    const asked = [...code.matchAll(/(?:require\(|from )["']([^"']+)["']/g)].map(([, module]) => module);
    assert.deepEqual([...new Set(asked)].sort(), node ? ['node:crypto', 'weapp-opendata'] : ['weapp-opendata'], name);
    assert.doesNotMatch(code, /\beval\(|new Function|process\.env|console\.\w/, name);
  }
});

for (const format of ['cjs', 'esm']) {
  test(`bundled with the core into one file (${format}), it runs from another folder`, async () => {
    const { emulator } = await start();
    const folder = fs.mkdtempSync(path.join(packageFolder, '../../bundle-'));
    try {
      const outfile = path.join(folder, `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`);
      const contents = `
        import { createClient } from 'weapp-opendata/server';
        const [baseUrl, code, encryptedData] = process.argv.slice(2);
        const client = createClient({ ...${JSON.stringify(APP)}, baseUrl });
        (async () => console.log(JSON.stringify([await client.code2Session(code), await client.checkEncryptedData({ encryptedData })])))();`;
      await build({ stdin: { contents, resolveDir: project }, bundle: true, minify: true, platform: 'node', format, outfile, logLevel: 'silent' });
      const { code } = emulator.login(openid, { rotate: false });
      const { encryptedData } = emulator.phoneButton(openid);
      const { execFile } = await import('node:child_process');
      const output = await new Promise((resolve, reject) =>
        execFile(process.execPath, [outfile, emulator.url, code, encryptedData], { cwd: '/' }, (error, stdout) => (error ? reject(error) : resolve(stdout))),
      );
      const [session, checked] = JSON.parse(output);
      assert.equal(session.openid, openid);
      assert.equal(checked.valid, true);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
}

test('a client is a few functions, which need no object and show nothing', () => {
  const client = createClient(APP);
  const names = ['checkEncryptedData', 'checkSession', 'code2Session', 'getAccessToken', 'getPhoneNumber', 'getUserEncryptKeys', 'resetSession'];
  assert.deepEqual(Object.keys(client).sort(), names);
  assert.ok(Object.isFrozen(client));
  assert.ok(!inspect(client, { depth: Infinity, showHidden: true }).includes(APP.secret));
});

// ------------------------------------------------------------------------------------------------ each call

test('code2Session: a code for a session, asked for as WeChat documents it', async () => {
  const { client, emulator } = await start();
  const { code } = emulator.login(openid);
  const session = await client.code2Session(code);
  assert.deepEqual(session, { openid, unionid: USER.unionid, sessionKey: emulator.sessionKey(openid) });
  const [request] = emulator.requests;
  assert.deepEqual([request.method, request.path, { ...request.query }], ['GET', PATH.login, { ...APP, js_code: code, grant_type: 'authorization_code' }]);
  assert.equal(request.body, '');

  const { code: other } = emulator.login(OTHER_USER.openid);
  assert.deepEqual(Object.keys(await client.code2Session(other)), ['openid', 'sessionKey'], 'no unionid where there is none');
});

test('code2Session: also where WeChat says errcode 0, and under any content type', async () => {
  const { client, emulator } = await start({ settings: { errcodeOnSuccess: true } });
  emulator.fault(PATH.login, { kind: 'contentType', value: 'text/html' });
  assert.equal((await client.code2Session(emulator.login(openid).code)).openid, openid);
});

test('code2Session: codes are good once and age, and a blocked user is blocked', async () => {
  for (const usedLoginCode of [40029, 40163]) {
    const { client, emulator } = await start({ settings: { usedLoginCode } });
    const { code } = emulator.login(openid);
    await client.code2Session(code);
    const error = await refuses(client.code2Session(code), 'WECHAT_ERROR', { errcode: usedLoginCode });
    assert.match(error.errmsg, /^(invalid code|code been used), rid: /);
  }
  const { client, emulator } = await start();
  const { code } = emulator.login(openid);
  emulator.clock.advance(300);
  const old = await refuses(client.code2Session(code), 'WECHAT_ERROR', { errcode: 40029, message: 'WeChat answered with errcode 40029' });
  assert.match(old.hint, /wx\.login.* \/ .*code 无效/);
  emulator.user(openid).blocked = true;
  await refuses(client.code2Session(emulator.login(openid).code), 'WECHAT_ERROR', { errcode: 40226 });
});

test('getPhoneNumber: the number, checked and in canonical form', async () => {
  for (const countryCodeAsNumber of [false, true]) {
    const { client, emulator, now } = await start({ settings: { countryCodeAsNumber } });
    const { code } = emulator.phoneButton(openid);
    const data = await client.getPhoneNumber(code, { maxAge: 300, now: now() });
    const watermark = { timestamp: now(), appid: APP.appid };
    const { phone, ...fields } = data;
    assert.deepEqual(fields, { ...USER.phone, watermark });
    assert.equal(phone.e164, `+86${NUMBER}`);
    const [request] = emulator.requestsTo(PATH.phone);
    assert.deepEqual([request.method, request.body], ['POST', JSON.stringify({ code })]);
    assert.deepEqual({ ...request.query }, { access_token: await client.getAccessToken() });
    assert.match(request.headers['content-type'], /^application\/json/);
    await refuses(client.getPhoneNumber(code), 'WECHAT_ERROR', { errcode: 40029 });
  }
});

test('getPhoneNumber: the watermark is checked, for the client’s own app unless another is named', async () => {
  const { client, emulator, now } = await start();
  const ask = (policy) => client.getPhoneNumber(emulator.phoneButton(openid).code, policy);
  await ask();
  await ask({ appid: null });
  await ask({ appid: ['wx', APP.appid] });
  await refuses(ask({ appid: 'wx' }), 'APPID_MISMATCH', { errcode: -41003 });
  await refuses(ask({ appid: ['wx'] }), 'APPID_MISMATCH', { errcode: -41003 });
  await refuses(ask({ maxAge: 60 }), 'WATERMARK_EXPIRED');
  await refuses(ask({ now: now() - 1000 }), 'WATERMARK_IN_FUTURE');
  const patch = (change) => emulator.fault(PATH.phone, { kind: 'patch', change: (answer) => ({ ...answer, phone_info: { ...answer.phone_info, ...change } }) });
  patch({ watermark: undefined });
  await refuses(ask(), 'WATERMARK_MISSING', { reason: 'ABSENT', errcode: -41003 });
  patch({ watermark: { appid: 'wxfedcba9876543210', timestamp: now() } });
  await refuses(ask(), 'APPID_MISMATCH', { errcode: -41003 });
  patch({ purePhoneNumber: '120****0001' });
  await refuses(ask(), 'INVALID_PHONE_NUMBER', { reason: 'MASKED' });
  patch({ watermark: undefined });
  await ask({ watermark: 'optional' });
});

test('getPhoneNumber: a policy that is none is refused before the code is used up', async () => {
  const { client, emulator, now } = await start();
  const { code } = emulator.phoneButton(openid);
  for (const [policy, reason, message] of [
    [null, 'WRONG_TYPE', 'policy: expected an object, found null'],
    ['x', 'WRONG_TYPE', 'policy: expected an object, found a string'],
    [[], 'WRONG_TYPE', 'policy: expected an object, found an array'],
    [{ maxAge: '60' }, 'WRONG_TYPE', undefined],
    [{ maxAge: -1 }, 'OUT_OF_RANGE', undefined],
    [{ appid: 7 }, 'WRONG_TYPE', undefined],
    [{ appid: [] }, 'EMPTY', undefined],
    [{ appid: Array(5000).fill('wx') }, 'TOO_MANY', undefined],
    [{ now: Date.now() }, 'MILLISECONDS', undefined],
    [{ watermark: 'maybe' }, 'OUT_OF_RANGE', undefined],
    [{ get now() { throw new Error(APP.secret); } }, 'UNREADABLE', 'policy: reading it threw an exception'],
  ]) await refuses(client.getPhoneNumber(code, policy), 'INVALID_ARGUMENT', { reason, message });
  assert.equal(emulator.requests.length, 0);
  await client.getPhoneNumber(code, { now: new Date(1000 * now()) });
});

test('getPhoneNumber: the policy that is checked is the one that counts', async () => {
  const { client, emulator } = await start();
  const appid = ['wx'];
  const gate = emulator.hold(PATH.phone);
  const asked = client.getPhoneNumber(emulator.phoneButton(openid).code, { appid });
  await gate.arrived();
  appid[0] = APP.appid;
  gate.release();
  await refuses(asked, 'APPID_MISMATCH', { errcode: -41003 });
});

test('checkSession: true for the present key, false for any other, and the key is not sent', async () => {
  const { client, emulator } = await start();
  assert.equal(await client.checkSession(openid, SAMPLE_KEY), true);
  const [request] = emulator.requestsTo(PATH.check);
  assert.deepEqual([request.method, { ...request.query }], [
    'GET', { access_token: await client.getAccessToken(), openid, signature: signatureOf(SAMPLE_KEY), sig_method: 'hmac_sha256' },
  ]);
  emulator.login(openid);
  assert.equal(await client.checkSession(openid, SAMPLE_KEY), false, 'replaced by wx.login');
  assert.equal(await client.checkSession(OTHER_USER.openid, SAMPLE_KEY), false, 'of another user');
  emulator.fault(PATH.check, { kind: 'error', errcode: 87007 });
  assert.equal(await client.checkSession(openid, emulator.sessionKey(openid)), false, 'gone');
  emulator.fault(PATH.check, { kind: 'error', errcode: -1 });
  await refuses(client.checkSession(openid, SAMPLE_KEY), 'WECHAT_ERROR', { errcode: -1 });
  emulator.fault(PATH.check, { kind: 'body', body: '{}' });
  await refuses(client.checkSession(openid, SAMPLE_KEY), 'WECHAT_ERROR', { reason: 'WRONG_SHAPE' });
  assert.ok(!emulator.requests.some(({ url, body }) => `${decodeURIComponent(url)}${body}`.includes(SAMPLE_KEY)));
});

test('resetSession: a new key, and the former one is refused', async () => {
  const { client, emulator } = await start();
  const session = await client.resetSession(openid, SAMPLE_KEY);
  assert.deepEqual(session, { openid, sessionKey: emulator.sessionKey(openid) });
  assert.notEqual(session.sessionKey, SAMPLE_KEY);
  await refuses(client.resetSession(openid, SAMPLE_KEY), 'WECHAT_ERROR', { errcode: 87009 });
  await refuses(client.resetSession(OTHER_USER.openid, SAMPLE_KEY), 'WECHAT_ERROR', { errcode: 87007 });
  assert.equal(await client.checkSession(openid, session.sessionKey), true);
});

test('checkEncryptedData: by the hash of the text', async () => {
  const { client, emulator, now } = await start({ settings: { hashOf: 'text' } });
  const data = emulator.phoneButton(openid);
  const { encryptedData } = data;
  assert.deepEqual(await client.checkEncryptedData(data), { valid: true, createTime: now() });
  const [request] = emulator.requestsTo(PATH.data);
  assert.deepEqual([request.method, request.body], ['POST', JSON.stringify({ encrypted_msg_hash: sha256(encryptedData) })]);
  assert.deepEqual(await client.checkEncryptedData({ encryptedData: `${encryptedData}A` }), { valid: false, createTime: 0 });
  assert.deepEqual(await client.checkEncryptedData({ encryptedData: '加密 😀' }), { valid: false, createTime: 0 });
  assert.equal(JSON.parse(emulator.requests.at(-1).body).encrypted_msg_hash, sha256('加密 😀'));
  emulator.clock.advance(3 * 86400 + 1);
  assert.deepEqual(await client.checkEncryptedData(data), { valid: false, createTime: 0 }, 'older than three days');
  for (const [answer, expected] of [
    [{ errcode: 0, vaild: false }, { valid: false, createTime: 0 }],
    [{ errcode: 0, valid: true, create_time: 7 }, { valid: true, createTime: 7 }],
  ]) {
    emulator.fault(PATH.data, { kind: 'body', body: JSON.stringify(answer) });
    assert.deepEqual(await client.checkEncryptedData(data), expected);
  }
});

test('getUserEncryptKeys: newest first whatever the order, ready for the channel', async () => {
  const { client, emulator } = await start();
  await refuses(client.getUserEncryptKeys(openid, SAMPLE_KEY), 'WECHAT_ERROR', { errcode: 87007 });
  const made = [1, 2, 3].map(() => emulator.latestUserKey(openid, { renew: true })).reverse();
  const expected = made.map(({ encryptKey, iv, version, expireTime }) => ({ encryptKey, iv, version, expireIn: 3600, createTime: expireTime - 3600 }));
  assert.deepEqual(await client.getUserEncryptKeys(openid, SAMPLE_KEY), expected);
  emulator.fault(PATH.keys, { kind: 'patch', change: (answer) => ({ ...answer, key_info_list: answer.key_info_list.reverse() }) });
  const keys = await client.getUserEncryptKeys(openid, SAMPLE_KEY);
  assert.deepEqual(keys, expected);
  const sealed = core.sealChannel('hello', { key: made[1], context: 'x' });
  assert.equal(core.openChannel(sealed, { key: keys, context: 'x' }), 'hello');
  await refuses(client.getUserEncryptKeys(openid, 'AAAAAAAAAAAAAAAAAAAAAA=='), 'WECHAT_ERROR', { errcode: 87009 });
});

// ------------------------------------------------------------------------------------------------ arguments

const throwing = (name) => Object.defineProperty({ ...APP }, name, { get() { throw new Error(APP.secret); } });
const URLS = 'options.baseUrl: expected an http or https URL without user, query or fragment';

test('options: judged when the client is made', () => {
  const rows = [
    [undefined, 'MISSING', 'options: expected an object, found nothing'],
    [null, 'WRONG_TYPE', 'options: expected an object, found null'],
    ['x', 'WRONG_TYPE', 'options: expected an object, found a string'],
    [[], 'WRONG_TYPE', 'options: expected an object, found an array'],
    [{}, 'MISSING', 'options.appid: expected a string, found nothing'],
    [{ ...APP, appid: 7 }, 'WRONG_TYPE', 'options.appid: expected a string, found a number'],
    [{ ...APP, appid: '' }, 'EMPTY', 'options.appid: expected a string, found an empty one'],
    [{ ...APP, secret: undefined }, 'MISSING', 'options.secret: expected a string, found nothing'],
    [{ ...APP, secret: Symbol('x') }, 'WRONG_TYPE', 'options.secret: expected a string, found a symbol'],
    [{ ...APP, secret: 'x'.repeat(1025) }, 'TOO_LONG', 'options.secret: expected at most 1024 characters, found a longer text'],
    [{ ...APP, baseUrl: 7n }, 'WRONG_TYPE', 'options.baseUrl: expected a string, found a bigint'],
    [{ ...APP, baseUrl: 'api.weixin.qq.com' }, 'OUT_OF_RANGE', URLS],
    [{ ...APP, baseUrl: 'ftp://x' }, 'OUT_OF_RANGE', URLS],
    [{ ...APP, baseUrl: 'https://user:password@x' }, 'OUT_OF_RANGE', URLS],
    [{ ...APP, baseUrl: 'https://x/?a=b' }, 'OUT_OF_RANGE', URLS],
    [{ ...APP, baseUrl: 'https://x/#a' }, 'OUT_OF_RANGE', URLS],
    [{ ...APP, timeout: '5000' }, 'WRONG_TYPE', 'options.timeout: expected milliseconds, more than 0 and at most 2147483647, found a string'],
    ...[0, -1, NaN, Infinity, 2147483648].map((timeout) => [{ ...APP, timeout }, 'OUT_OF_RANGE', 'options.timeout: expected milliseconds, more than 0 and at most 2147483647']),
    [{ ...APP, fetch: {} }, 'WRONG_TYPE', 'options.fetch: expected a function, found an object'],
    [{ ...APP, store: null }, 'WRONG_TYPE', 'options.store: expected an object, found null'],
    [{ ...APP, store: { set() {} } }, 'MISSING', 'options.store.get: expected a function, found nothing'],
    [{ ...APP, store: { get() {}, set: true } }, 'WRONG_TYPE', 'options.store.set: expected a function, found a boolean'],
    [throwing('secret'), 'UNREADABLE', 'options: reading it threw an exception'],
    [{ ...APP, store: throwing('get') }, 'UNREADABLE', 'options.store: reading it threw an exception'],
  ];
  for (const [options, reason, message] of rows) {
    assert.throws(() => createClient(options), (error) => {
      assert.deepEqual([error instanceof server.OpenDataError, error.code, error.reason, error.message], [true, 'INVALID_ARGUMENT', reason, message]);
      return true;
    });
  }
});

test('options: each is read once, the object’s own alone, and a path of the base URL is kept', async () => {
  const { emulator } = await start();
  let reads = 0;
  const options = {
    get appid() { return APP.appid; },
    get secret() { return ++reads > 1 ? 'another' : APP.secret; },
    get baseUrl() { return `${emulator.url}/`; },
  };
  const client = createClient(options);
  await client.getAccessToken();
  assert.equal(reads, 1);
  // What a polluted prototype says is not an option: the secret would go elsewhere.
  assert.throws(() => createClient(Object.create(options)), { code: 'INVALID_ARGUMENT', reason: 'MISSING', message: /^options\.appid: / });
  const other = createClient({ ...APP, baseUrl: `${emulator.url}/gateway/` });
  await refuses(other.getAccessToken(), 'WECHAT_ERROR', { errcode: 40066 });
  assert.equal(emulator.requests.at(-1).path, '/gateway/cgi-bin/stable_token');
});

test('a host without fetch is told so', (context) => {
  const { fetch } = globalThis;
  context.after(() => (globalThis.fetch = fetch));
  globalThis.fetch = undefined;
  assert.throws(() => createClient(APP), { code: 'INVALID_ARGUMENT', message: 'options.fetch: expected a function, since this host has no fetch, found nothing' });
  createClient({ ...APP, fetch });
});

test('fetch: one’s own, or the global one as it stands at the call', async (context) => {
  const { client, emulator, make } = await start();
  const asked = [];
  const own = (url, init) => {
    asked.push([new URL(url).pathname, init.redirect]);
    return fetch(url, init);
  };
  await make({ fetch: own }).getAccessToken();
  assert.deepEqual(asked, [[PATH.token, 'manual']]);
  const original = globalThis.fetch;
  context.after(() => (globalThis.fetch = original));
  globalThis.fetch = (...values) => {
    asked.push('global');
    return original(...values);
  };
  await client.getAccessToken();
  assert.equal(asked.at(-1), 'global');
  assert.equal(emulator.requests.length, 2);
});

test('arguments: judged before anything is sent', async () => {
  const { client, emulator } = await start();
  const rows = [
    [() => client.code2Session(), 'MISSING', 'code: expected a string, found nothing'],
    [() => client.code2Session(null), 'WRONG_TYPE', 'code: expected a string, found null'],
    [() => client.code2Session(''), 'EMPTY', 'code: expected a string, found an empty one'],
    [() => client.code2Session({ code: 'x' }), 'WRONG_TYPE', 'code: expected a string, found an object'],
    [() => client.code2Session('x'.repeat(1025)), 'TOO_LONG', 'code: expected at most 1024 characters, found a longer text'],
    [() => client.getAccessToken(null), 'WRONG_TYPE', 'options: expected an object, found null'],
    [() => client.getAccessToken(true), 'WRONG_TYPE', 'options: expected an object, found a boolean'],
    [() => client.getAccessToken({ forceRefresh: 1 }), 'WRONG_TYPE', 'options.forceRefresh: expected true or false, found a number'],
    [() => client.getAccessToken({ get forceRefresh() { throw new Error('x'); } }), 'UNREADABLE', 'options: reading it threw an exception'],
    [() => client.getPhoneNumber(7), 'WRONG_TYPE', 'code: expected a string, found a number'],
    [() => client.checkSession(undefined, SAMPLE_KEY), 'MISSING', 'openid: expected a string, found nothing'],
    [() => client.checkSession(openid), 'MISSING', 'sessionKey: expected a string, found nothing'],
    [() => client.resetSession(openid, [SAMPLE_KEY]), 'WRONG_TYPE', 'sessionKey: expected a string, found an array'],
    [() => client.getUserEncryptKeys('', SAMPLE_KEY), 'EMPTY', 'openid: expected a string, found an empty one'],
    [() => client.checkEncryptedData(), 'MISSING', 'payload: expected an object, found nothing'],
    [() => client.checkEncryptedData('x'), 'WRONG_TYPE', 'payload: expected an object, found a string'],
    [() => client.checkEncryptedData({}), 'MISSING', 'payload.encryptedData: expected a string, found nothing'],
    [() => client.checkEncryptedData({ encryptedData: 'x'.repeat(1048577) }), 'TOO_LONG', 'payload.encryptedData: expected at most 1048576 characters, found a longer text'],
    [() => client.checkEncryptedData({ get encryptedData() { throw new Error('x'); } }), 'UNREADABLE', 'payload: reading it threw an exception'],
  ];
  for (const [run, reason, message] of rows) await refuses(run(), 'INVALID_ARGUMENT', { reason, message });
  for (const call of ['checkSession', 'resetSession', 'getUserEncryptKeys']) {
    await refuses(client[call](openid, 'not a key'), 'ILLEGAL_SESSION_KEY', { reason: 'LOST_PLUS', errcode: -41001 });
  }
  assert.equal(emulator.requests.length, 0);
});

// ------------------------------------------------------------------------------------------------ WeChat's errors

/** Every number of WeChat's HTTP interfaces and of the cloud that is documented with the interfaces that this package knows. */
const ERRCODES = [
  -1, 1, 40001, 40002, 40003, 40013, 40014, 40029, 40066, 40097, 40125, 40163, 40164, 40226, 40243, 41001, 41002, 41004, 41008, 42001, 43001,
  43002, 44002, 45009, 45011, 47001, 50004, 50007, 65206, 87007, 87008, 87009, 89503, 89506, 89507, 1400001, -601005, -601006, -601007, -601009,
  -604001, 40230, 40231, 40232, 40233, 40234, 40235, 40236, 40237, 40238, 40239, 40240,
];

test('every documented errcode has a hint in English and Chinese, wherever it is met', async () => {
  const { client, emulator } = await start();
  for (const errcode of Object.keys(ERRORS).map(Number)) assert.ok(ERRCODES.includes(errcode), String(errcode));
  await client.getAccessToken();
  const calls = {
    login: () => client.code2Session('a-login-code'),
    token: () => client.getAccessToken({ forceRefresh: true }),
    phone: () => client.getPhoneNumber('a-phone-code'),
    reset: () => client.resetSession(openid, SAMPLE_KEY),
  };
  for (const errcode of ERRCODES) {
    for (const [name, call] of Object.entries(calls)) {
      const again = [40001, 40014, 42001].includes(errcode) && (name === 'phone' || name === 'reset');
      emulator.fault(PATH[name], { kind: 'error', errcode, errmsg: 'some words', times: again ? 2 : 1 });
      const error = await refuses(call(), 'WECHAT_ERROR', { errcode, message: `WeChat answered with errcode ${errcode}` });
      assert.match(error.errmsg, /^some words/);
      const [english, chinese, ...more] = error.hint.split(' / ');
      assert.deepEqual(more, [], error.hint);
      assert.match(english, /^[\x20-\x7e（）\u4e00-\u9fff]+$/, `${errcode}`);
      assert.match(chinese, /[\u4e00-\u9fff]/, `${errcode}`);
    }
  }
  const unknown = 7654321;
  emulator.fault(PATH.login, { kind: 'error', errcode: unknown, errmsg: 'x'.repeat(600) });
  const error = await refuses(calls.login(), 'WECHAT_ERROR', { errcode: unknown });
  assert.equal(error.hint, undefined);
  assert.equal(error.errmsg.length, 512);
});

test('the same number has another cause at another interface', async () => {
  const { client, emulator } = await start();
  emulator.fault(PATH.login, { kind: 'error', errcode: 40029 });
  emulator.fault(PATH.phone, { kind: 'error', errcode: 40029 });
  const [login, phone] = [await failure(client.code2Session('x')), await failure(client.getPhoneNumber('x'))];
  assert.match(login.hint, /the code of the phone button is another one/);
  assert.match(phone.hint, /the code of wx\.login was sent instead of the phone button's/);
});

test('an error in an answer with another status is WeChat’s error all the same', async () => {
  const { client, emulator } = await start();
  emulator.fault(PATH.login, { kind: 'status', status: 412, body: '{"errcode":45011,"errmsg":"slower"}', contentType: 'application/json' });
  await refuses(client.code2Session('x'), 'WECHAT_ERROR', { errcode: 45011 });
});

// ------------------------------------------------------------------------------------------------ what is no answer

const NOT_JSON = ['NOT_JSON', 'the answer is not the text of one JSON object'];
const BAD = [
  [{ kind: 'html' }, NOT_JSON],
  [{ kind: 'truncated' }, NOT_JSON],
  [{ kind: 'twice' }, NOT_JSON],
  [{ kind: 'empty' }, NOT_JSON],
  ...['null', '[]', '7', '"x"', '{', '\u0000'].map((body) => [{ kind: 'body', body }, NOT_JSON]),
  [{ kind: 'body', body: Buffer.from('{"openid":"\xff","session_key":"x"}', 'latin1') }, NOT_JSON],
  [{ kind: 'status' }, ['HTTP_STATUS', 'WeChat answers with HTTP status 200, and this answer has 502']],
  [{ kind: 'status', status: 302, headers: { Location: 'http://127.0.0.1:9/' } }, ['HTTP_STATUS', 'WeChat answers with HTTP status 200, and this answer has 302']],
  [{ kind: 'status', status: 204, body: '' }, ['HTTP_STATUS', 'WeChat answers with HTTP status 200, and this answer has 204']],
  [{ kind: 'status', status: 500, body: '{"openid":"x","session_key":"x"}' }, ['HTTP_STATUS', 'WeChat answers with HTTP status 200, and this answer has 500']],
  [{ kind: 'huge' }, ['TOO_LONG', 'the answer has more than 1048576 bytes']],
  [{ kind: 'huge', declared: false }, ['TOO_LONG', 'the answer has more than 1048576 bytes']],
  [{ kind: 'huge', bytes: 1048577 }, ['TOO_LONG', 'the answer has more than 1048576 bytes']],
  [{ kind: 'body', body: '{"errcode":"40029","errmsg":"x"}' }, ['WRONG_SHAPE', 'the answer has no errcode as WeChat documents it']],
  [{ kind: 'body', body: '{"errcode":0.5}' }, ['WRONG_SHAPE', 'the answer has no errcode as WeChat documents it']],
];

test('an answer that is none is an error that says so, and not what it held', async () => {
  const { client, emulator } = await start();
  await client.getAccessToken();
  for (const [fault, [reason, message]] of BAD) {
    for (const [name, call] of [['login', () => client.code2Session('x')], ['phone', () => client.getPhoneNumber('x')]]) {
      emulator.fault(PATH[name], fault);
      const error = await refuses(call(), 'WECHAT_ERROR', { reason, message });
      assert.equal(error.cause, undefined);
      assert.match(error.hint, / \/ /);
    }
  }
  // Nothing was asked twice, and an endless answer was not read to its end.
  assert.equal(emulator.requestsTo(PATH.login).length, BAD.length);
  for (const { sent, fault } of emulator.requests) if (fault === 'huge') assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes`);
});

test('the longest answer that is read', async () => {
  const { client, emulator } = await start();
  emulator.fault(PATH.login, { kind: 'huge', bytes: 1048576 });
  await refuses(client.code2Session('x'), 'WECHAT_ERROR', { reason: 'WRONG_SHAPE', message: 'the answer has no openid as WeChat documents it' });
});

test('a field that is missing or of another type is named', async () => {
  const { client, emulator } = await start();
  const { encryptedData } = emulator.phoneButton(openid);
  const key = { encrypt_key: 'x', iv: 'x', version: 1, expire_in: 1, create_time: 1 };
  const rows = [
    ['login', () => client.code2Session('x'), [[{ openid: 7 }, 'openid'], [{ openid: 'x' }, 'session_key'], [{ openid: 'x', session_key: '' }, 'session_key']]],
    ['token', () => client.getAccessToken(), [[{}, 'access_token'], [{ access_token: '' }, 'access_token'], [{ access_token: 'x' }, 'expires_in'], [{ access_token: 'x', expires_in: 0 }, 'expires_in'], [{ access_token: 'x', expires_in: '7200' }, 'expires_in']]],
    ['phone', () => client.getPhoneNumber('x'), [[{}, 'phone_info'], [{ phone_info: [] }, 'phone_info'], [{ phone_info: {} }, 'purePhoneNumber'], [{ phone_info: { purePhoneNumber: NUMBER } }, 'countryCode']]],
    ['reset', () => client.resetSession(openid, SAMPLE_KEY), [[{ openid: 'x' }, 'session_key']]],
    ['data', () => client.checkEncryptedData({ encryptedData }), [[{ vaild: 1 }, 'vaild'], [{}, 'vaild'], [{ vaild: true }, 'create_time']]],
    ['keys', () => client.getUserEncryptKeys(openid, SAMPLE_KEY), [[{}, 'key_info_list'], [{ key_info_list: {} }, 'key_info_list'], [{ key_info_list: [null] }, 'encrypt_key'], ...Object.keys(key).map((name) => [{ key_info_list: [{ ...key, [name]: undefined }] }, name])]],
  ];
  for (const [name, call, answers] of rows) {
    for (const [answer, field] of answers) {
      emulator.fault(PATH[name], { kind: 'body', body: JSON.stringify({ errcode: 0, errmsg: 'ok', ...answer }) });
      await refuses(call(), 'WECHAT_ERROR', { reason: 'WRONG_SHAPE', message: `the answer has no ${field} as WeChat documents it` });
    }
  }
  const odd = { errcode: 0, openid: 'x', session_key: 'y', unionid: 7, __proto__: null };
  emulator.fault(PATH.login, { kind: 'body', body: JSON.stringify(odd).replace('"x"', '"x","__proto__":{"unionid":"z"}') });
  assert.deepEqual(await client.code2Session('x'), { openid: 'x', sessionKey: 'y' });
});

test('what a proxy sends twice uses codes up, and is an error of WeChat', async () => {
  const { client, emulator } = await start();
  emulator.fault(PATH.login, { kind: 'replayed' });
  await refuses(client.code2Session(emulator.login(openid).code), 'WECHAT_ERROR', { errcode: 40029 });
});

// ------------------------------------------------------------------------------------------------ the network

test('time runs out for the whole of a request, its last byte too', async () => {
  const { emulator, make } = await start({ timeout: 300 });
  for (const fault of [{ kind: 'hang' }, { kind: 'slow', milliseconds: 20000 }, { kind: 'trickle', milliseconds: 40 }]) {
    emulator.fault(PATH.login, fault);
    const began = performance.now();
    const error = await failure(make().code2Session(emulator.login(openid).code));
    assert.deepEqual([error instanceof DOMException, error.name, error.message], [true, 'TimeoutError', 'The operation was aborted due to timeout']);
    const took = performance.now() - began;
    assert.ok(took >= 290 && took < 5000, `${fault.kind}: ${took} ms`);
  }
  emulator.fault(PATH.login, { kind: 'slow', milliseconds: 50 });
  await make({ timeout: 20000 }).code2Session(emulator.login(openid).code);
});

test('time runs out even for a fetch that takes no notice of its signal', async () => {
  const client = createClient({ ...APP, timeout: 20, fetch: () => new Promise(() => {}) });
  assert.equal((await failure(client.code2Session('x'))).name, 'TimeoutError');
});

test('a failure of the network is the platform’s own error, with its cause', async () => {
  const { client, emulator, make } = await start();
  emulator.fault(PATH.login, { kind: 'reset' });
  const reset = await failure(client.code2Session('x'));
  assert.deepEqual([reset instanceof TypeError, reset.message, reset.cause.code], [true, 'fetch failed', 'ECONNRESET']);
  emulator.fault(PATH.login, { kind: 'cut' });
  assert.deepEqual((await failure(client.code2Session('x'))).constructor, TypeError);
  const refused = await failure(make({ baseUrl: 'http://127.0.0.1:1' }).code2Session('x'));
  assert.ok(refused instanceof TypeError);
  const nowhere = await failure(make({ baseUrl: 'http://nowhere.invalid' }).code2Session('x'));
  assert.deepEqual([nowhere.cause.code, nowhere.cause.hostname], ['ENOTFOUND', 'nowhere.invalid']);
  const own = await failure(make({ fetch: async () => { throw 'words'; } }).code2Session('x'));
  assert.equal(own.message, 'words');
});
