// weapp-opendata/server: whatever goes wrong, nothing that an error, a log line or a crash shows holds a secret of the request or of
// the answer. Every failure mode, every call; the whole of the error, its causes and its hidden properties are searched.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import net from 'node:net';
import { test } from 'node:test';

import { project } from '../support/installed.mjs';
import { APP, NUMBER, PATH, USER, createClient, everythingOf, failure, start } from '../support/server.mjs';

const { openid } = USER;
/** The least that is looked for. Of a random text that is enough to know it by. */
const PART = 8;

/** The forms in which a secret may be written, in pieces. */
function* piecesOf(secret) {
  for (const form of new Set([secret, encodeURIComponent(secret), encodeURI(secret), JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('base64').replace(/=*$/, '')])) {
    for (let i = 0; i + PART <= form.length; i += 1) yield form.slice(i, i + PART);
  }
}

function holdsNone(text, secrets, what) {
  for (const [name, secret] of Object.entries(secrets)) {
    for (const piece of piecesOf(secret)) assert.ok(!text.includes(piece), `${what}: ${name} shows in\n${text.slice(0, 3000)}`);
  }
}

const CODES = { loginCode: '0c1aUxE3wLkGq8Zs5HdPj0rM4oByT2fv', phoneCode: 'f00dphonecode0a1b2c3d4e5f60718293a4b5c6d7e8f9' };
const SESSION_KEY = 'hJ6Lp+uD1/RcXe0NiKt3sg==';
const SIGNATURE = createHmac('sha256', SESSION_KEY).update('').digest('hex');
const TOKEN = '61_VnW7bQm-2yFo9KzC5tIuR8gEjA4hSxP1dLrNkY6qHwB3vUcTfXsJpMaGeOiZlD0';

const SECRETS = { secret: APP.secret, token: TOKEN, sessionKey: SESSION_KEY, signature: SIGNATURE, ...CODES, number: NUMBER };

const CALLS = {
  login: (client) => client.code2Session(CODES.loginCode),
  token: (client) => client.getAccessToken({ forceRefresh: true }),
  phone: (client) => client.getPhoneNumber(CODES.phoneCode),
  check: (client) => client.checkSession(openid, SESSION_KEY),
  reset: (client) => client.resetSession(openid, SESSION_KEY),
  data: (client) => client.checkEncryptedData({ encryptedData: 'x' }),
  keys: (client) => client.getUserEncryptKeys(openid, SESSION_KEY),
};

/** All that this package must not show, as a thoughtless server might send it back. */
const ECHO = `${Object.values(SECRETS).join(' ')} ${Object.values(SECRETS).map(encodeURIComponent).join(' ')} ${APP.secret.slice(0, 12)}…`;
const ANSWER = { openid, session_key: SESSION_KEY, access_token: TOKEN, phone_info: { purePhoneNumber: NUMBER, phoneNumber: NUMBER } };

const FAULTS = [
  ...['reset', 'cut', 'truncated', 'twice', 'hang', 'html', 'empty', 'status', 'huge'].map((kind) => ({ kind })),
  { kind: 'trickle', milliseconds: 1000 },
  ...[-1, 40001, 40013, 40029, 40125, 41001, 45011, 87009 - 1, 7654321].map((errcode) => ({ kind: 'error', errcode, errmsg: `refused: ${ECHO}`, times: 2 })),
  { kind: 'body', body: ECHO },
  { kind: 'body', body: `{"a":${ECHO}` },
  { kind: 'body', body: JSON.stringify(ANSWER).slice(0, -1) },
  { kind: 'body', body: JSON.stringify({ ...ANSWER, errcode: ECHO, errmsg: ECHO }) },
  { kind: 'body', body: JSON.stringify({ ...ANSWER, errcode: 40029, errmsg: { text: ECHO } }) },
  { kind: 'body', body: JSON.stringify({ ...ANSWER, openid: undefined, access_token: undefined, phone_info: { ...ANSWER.phone_info, watermark: { appid: 'wx', timestamp: 1 } }, session: ECHO }) },
  { kind: 'body', body: JSON.stringify({ ...ANSWER, openid: 7, access_token: [TOKEN], phone_info: { purePhoneNumber: `${NUMBER}*`, countryCode: '86', watermark: { appid: APP.appid, timestamp: 1 } } }) },
  { kind: 'status', status: 302, headers: { Location: `http://127.0.0.1:1/?${encodeURIComponent(ECHO)}` } },
  { kind: 'status', status: 500, body: ECHO },
  // An answer that fetch itself does not take.
  { kind: 'status', status: 200, headers: { 'Content-Encoding': 'gzip' }, body: ECHO },
  { kind: 'contentType', value: `text/plain; charset="${encodeURIComponent(ECHO)}"`, processed: false },
];

test('against the emulator: in no failure mode of no call', async () => {
  const { emulator, client, make } = await start({ timeout: 200 });
  // The first request of a process is slow on a busy machine.
  await make({ timeout: 10000 }).getAccessToken();
  emulator.fault(PATH.token, { kind: 'patch', change: (answer) => ({ ...answer, access_token: TOKEN }) });
  await client.getAccessToken();
  let failures = 0;
  for (const [name, call] of Object.entries(CALLS)) {
    for (const fault of FAULTS) {
      const takeBack = emulator.fault(PATH[name], fault);
      // A renewal brings the same token again, whatever WeChat has.
      const takeTokenBack = emulator.fault(PATH.token, { kind: 'body', body: JSON.stringify({ access_token: TOKEN, expires_in: 7200 }), times: 5 });
      const error = await failure(call(client));
      takeBack();
      takeTokenBack();
      holdsNone(everythingOf(error), SECRETS, `${name}, ${JSON.stringify(fault).slice(0, 120)}`);
      failures += 1;
    }
  }
  assert.equal(failures, Object.keys(CALLS).length * FAULTS.length);
  assert.ok(emulator.requests.some(({ url }) => url.includes(encodeURIComponent(APP.secret))), 'control: the secret was sent');
});

test('errmsg: what is no secret stays', async () => {
  const { emulator, client } = await start();
  emulator.fault(PATH.login, { kind: 'error', errcode: 40029, errmsg: `invalid code ${CODES.loginCode}, appsecret ${APP.secret.slice(0, 12)}…, url ${encodeURIComponent(APP.secret)}` });
  assert.match((await failure(CALLS.login(client))).errmsg, /^invalid code \*\*\*, appsecret \*\*\*…, url \*\*\*, rid: [0-9a-f-]+$/);
});

test('errmsg: a secret is not there in another case, nor the rest of one of which a part is', async () => {
  const HEX = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
  const { emulator, make } = await start();
  const client = make({ secret: HEX });
  const texts = [HEX.toUpperCase(), `${HEX.slice(0, 10)}${HEX.slice(10, 22).toUpperCase()}${HEX.slice(22)}`, `x-${HEX.slice(4, 12)}-AbCdEf`, `secret=${HEX}`, `${HEX}%2F=`];
  for (const text of texts) {
    emulator.fault(PATH.login, { kind: 'error', errcode: 40029, errmsg: `bad: ${text} end` });
    assert.match((await failure(CALLS.login(client))).errmsg, /^bad: \*\*\* end,? rid: [0-9a-f-]+$/, text);
  }
  // Lower-case escapes, lower-case base64, and both.
  for (const text of [encodeURIComponent(SESSION_KEY).replace(/%../g, (escape) => escape.toLowerCase()), SESSION_KEY.toLowerCase(), encodeURIComponent(SESSION_KEY).toLowerCase()]) {
    emulator.fault(PATH.check, { kind: 'error', errcode: 40013, errmsg: `bad: ${text} end` });
    assert.match((await failure(CALLS.check(make()))).errmsg, /^bad: \*\*\* end,? rid: [0-9a-f-]+$/, text);
  }
});

test('errmsg: what looks like somebody’s number or key is not there either, and nothing else is lost', async () => {
  const { emulator, client } = await start();
  const cases = {
    '13580006666': '***', '135 8000 6666': '***', '135-8000-6666': '***', '+86 135 8000 6666': '+***', '135 - 8000 - 6666': '***', '１３５８０００６６６６': '***', '135\u00a08000\u00a06666': '***',
    'QWERTYUIOPasdfghjklzxc==': '***', 'QWERTYUIOPasdfghjklzxcvbnmQWERTYUIOPasdfghj=': '***', 'hJ6LpAuD1bRcXe0NiKt3sg': '***',
    // Words, names, addresses and short numbers.
    component_verify_ticket: 'component_verify_ticket', InvalidCharacterError: 'InvalidCharacterError', UND_ERR_CONNECT_TIMEOUT: 'UND_ERR_CONNECT_TIMEOUT',
    '192.168.10.20:44300': '192.168.10.20:44300', 'https://api.weixin.qq.com/a/1234567/b': 'https://api.weixin.qq.com/a/1234567/b', 'errcode 40029': 'errcode 40029', '不合法的 appid': '不合法的 appid',
  };
  for (const [text, expected] of Object.entries(cases)) {
    emulator.fault(PATH.login, { kind: 'error', errcode: 40029, errmsg: `bad: ${text} end` });
    const { errmsg } = await failure(CALLS.login(client));
    assert.equal(errmsg.replace(/, rid: [0-9a-f-]+$/, ''), `bad: ${expected} end`);
  }
});

test('errmsg: texts too short to be secrets do not tear words apart', async () => {
  const { emulator, client } = await start();
  emulator.fault(PATH.login, { kind: 'error', errcode: 40029, errmsg: 'invalid code x' });
  assert.match((await failure(client.code2Session('x'))).errmsg, /^invalid code x, rid: /);
});

test('without a way to WeChat: no URL of undici’s, of other hosts’ fetch, of no cause', async () => {
  const urlOf = (url, init) => `${url} ${init.body ?? ''}`;
  const raw = {
    'Node: no address': (url) => new TypeError('fetch failed', { cause: Object.assign(new Error(`getaddrinfo ENOTFOUND ${new URL(url).host}`), { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname: new URL(url).host }) }),
    'Node: not parsed': (url) => Object.assign(new TypeError(`Failed to parse URL from ${url}`), { code: 'ERR_INVALID_URL', input: url, cause: Object.assign(new TypeError('Invalid URL'), { input: url, base: url }) }),
    Deno: (url) => new TypeError(`error sending request for url (${url}): connection refused`),
    Bun: (url, init) => Object.assign(new Error('Unable to connect. Is the computer able to access the url?'), { code: 'ConnectionRefused', path: url, request: init }),
    'node-fetch': (url) => Object.assign(new Error(`request to ${url} failed, reason: connect ECONNREFUSED 127.0.0.1:443`), { type: 'system', errno: 'ECONNREFUSED', code: 'ECONNREFUSED' }),
    axios: (url, init) => Object.assign(new Error(`Request failed: ${urlOf(url, init)}`), { config: { url, data: init.body }, request: { path: url, _header: `GET ${url}` }, response: { data: ECHO } }),
    'a parser’s buffer': () => new TypeError('fetch failed', { cause: Object.assign(new Error('Invalid character in chunk size'), { code: 'HPE_INVALID_CHUNK_SIZE', data: ECHO, reason: ECHO }) }),
    'causes of causes': (url, init) => [1, 2, 3, 4, 5, 6, 7].reduce((cause) => new Error(`because of ${urlOf(url, init)}`, { cause }), new Error(url)),
    'several errors': (url) => new TypeError('fetch failed', { cause: new AggregateError([new Error(url), new Error(ECHO)], url) }),
    'an abort': (url) => new DOMException(`The operation was aborted: ${url}`, 'AbortError'),
    'a text': urlOf,
    'an object': (url, init) => ({ message: `no ${url}`, url, init }),
    'getters that throw': (url) => Object.defineProperty(new Error('x'), 'message', { get() { throw new Error(url); } }),
    'a name': (url, init) => Object.assign(new Error('x'), { name: urlOf(url, init), code: url }),
    nothing: () => undefined,
  };
  for (const [kind, make] of Object.entries(raw)) {
    for (const [name, call] of Object.entries(CALLS)) {
      let asked = false;
      const client = createClient({
        ...APP,
        async fetch(url, init) {
          asked = true;
          if (url.includes('stable_token') && name !== 'token') return Response.json({ access_token: TOKEN, expires_in: 7200 });
          throw make(url, init);
        },
      });
      const error = await failure(call(client));
      assert.ok(asked);
      holdsNone(everythingOf(error), SECRETS, `${kind}, ${name}`);
    }
  }
  const client = createClient({ ...APP, fetch: async (url) => { throw raw.Deno(url); } });
  const error = await failure(CALLS.login(client));
  assert.equal(error.message, 'error sending request for url (https://api.weixin.qq.com/sns/jscode2session): connection refused', 'and the rest stays');
});

test('real sockets: what undici keeps of an answer that is none', async (context) => {
  const answers = [
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${ECHO}\r\n`,
    `HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n${JSON.stringify(ANSWER)}`,
    `${ECHO}\r\n\r\n`,
    `HTTP/1.1 200 OK\r\n${ECHO}\r\n\r\n`,
    `HTTP/9.9 200 OK\r\n\r\n${ECHO}`,
    '',
  ];
  let answer;
  let asked = '';
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => {
      asked += data;
      // The request comes back, as a debugging proxy would have it.
      socket.end(answer.replace('{request}', String(data)));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  for (answer of answers) {
    for (const call of [CALLS.login, CALLS.token]) {
      const client = createClient({ ...APP, baseUrl: `http://127.0.0.1:${server.address().port}`, timeout: 2000 });
      holdsNone(everythingOf(await failure(call(client))), SECRETS, answer.slice(0, 40));
    }
  }
  assert.ok(asked.includes(new URLSearchParams({ secret: APP.secret }).toString()), 'control: the secret was sent');
});

test('a store’s own errors are not shown, nor does it get the secret', async () => {
  const given = [];
  const failing = {
    get: async (key) => {
      given.push(key);
      throw new Error(`redis://user:password@host ${key}`);
    },
    set: async (...values) => {
      given.push(...values);
      throw new Error(String(values));
    },
  };
  const { emulator, make } = await start({ store: failing });
  emulator.fault(PATH.token, { kind: 'error', errcode: -1 });
  const error = await failure(make().getAccessToken());
  holdsNone(everythingOf(error), { ...SECRETS, password: 'user:password@host' }, 'store');
  const kept = new Map();
  await make({ store: kept }).getAccessToken();
  holdsNone(JSON.stringify([...kept, ...given]), { secret: APP.secret }, 'what the store holds');
});

// ------------------------------------------------------------------------------------------------ output of a process

const PROGRAM = `
  import { createClient } from 'weapp-opendata/server';
  const [baseUrl, name] = process.argv.slice(1);
  const options = { ...${JSON.stringify(APP)}, baseUrl, timeout: 200, store: new Map() };
  const client = createClient(options);
  console.log(client, [client], client.code2Session);
  const calls = { ${Object.entries(CALLS).map(([name, call]) => `${name}: ${call.toString().replace(/CODES\.(\w+)/g, (_, code) => JSON.stringify(CODES[code])).replaceAll('SESSION_KEY', JSON.stringify(SESSION_KEY)).replaceAll('openid', JSON.stringify(openid))}`).join(',\n')} };
  if (name === 'logged') {
    for (const call of Object.values(calls)) await call(client).catch((error) => { console.log(error); console.error(error.stack, String(error)); });
  } else {
    await calls[name](client);
  }
`;

/** What a program prints on its way to its end. */
const printed = (url, name, env = {}) =>
  new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', PROGRAM, url, name], { cwd: project, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      // The crash report prints the line that threw, of a program given on the command line all of it: that is this file's own text.
      resolve({ code: error?.code ?? 0, text: (stdout + stderr).replaceAll(PROGRAM, '') });
    });
  });

test('a program that logs its errors, or dies of them, prints none', async () => {
  const { emulator } = await start();
  const faults = [{ kind: 'reset' }, { kind: 'html' }, { kind: 'hang' }, { kind: 'cut' }, { kind: 'error', errcode: 40029, errmsg: ECHO }];
  for (const fault of faults) {
    const takeBack = emulator.fault('*', { ...fault, times: Infinity });
    const logged = await printed(emulator.url, 'logged');
    assert.equal(logged.code, 0, logged.text);
    assert.match(logged.text, /Error/);
    holdsNone(logged.text, SECRETS, `logged, ${fault.kind}`);
    const crash = await printed(emulator.url, 'login');
    assert.notEqual(crash.code, 0);
    assert.match(crash.text, /Error/);
    holdsNone(crash.text, SECRETS, `crash, ${fault.kind}`);
    takeBack();
  }
});

test('control: what must not be found would be', () => {
  for (const [name, secret] of Object.entries(SECRETS)) {
    const others = Object.entries(SECRETS).filter(([other]) => other !== name);
    holdsNone(others.map(([, other]) => other).join(' '), { [name]: secret }, 'control: one is not part of another');
  }
  for (const [name, secret] of Object.entries(SECRETS)) {
    assert.throws(() => holdsNone(everythingOf(new Error('x', { cause: Object.assign(new Error('y'), { path: `/?a=${encodeURIComponent(secret)}` }) })), SECRETS, name), assert.AssertionError);
    assert.throws(() => holdsNone(everythingOf(Object.defineProperty(new Error('x'), 'hidden', { value: secret })), SECRETS, name), assert.AssertionError);
  }
});
