// Each fault does what it says, to the requests that it is meant for, and leaves behind what it says.

import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { APP, OTHER_USER, SNS, USER, call, code2Session, getPhone, plainToken, refused, stableToken, start } from './calls.mjs';
import { ERRORS, PATHS, startEmulator } from './emulator.mjs';
import { FAULTS } from './faults.mjs';

const TOKEN = '/cgi-bin/token';

/** What node's own client sees: the head, what came of the body, and how it ended. */
function raw(emulator, path) {
  return new Promise((resolve) => {
    const request = http.get(emulator.url + path, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      const end = (error) => resolve({ status: response.statusCode, headers: response.headers, body, complete: response.complete, error });
      response.on('end', () => end());
      response.on('error', end);
    });
    request.on('error', (error) => resolve({ error }));
  });
}

const tokenPath = `${TOKEN}?${new URLSearchParams({ ...APP, grant_type: 'client_credential' })}`;

/** Has WeChat served the only request to this path? */
const wasServed = (emulator, path = TOKEN) => emulator.requestsTo(path)[0].answer !== undefined;

async function untilServed(emulator) {
  while (emulator.requests[0]?.answer === undefined) await setTimeout(1);
}

/** Nothing came of it for a while; that it fails when the emulator ends is no matter. */
function stillWaits(promise) {
  promise.catch(() => {});
  return Promise.race([promise.then(() => false), setTimeout(50, true)]);
}

test('slow: the answer comes, late', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'slow', milliseconds: 60 });
  const begin = performance.now();
  assert.equal((await plainToken(emulator)).json.expires_in, 7200);
  assert.ok(performance.now() - begin >= 59);
});

test('slow: a client that gives up leaves a code behind that is used', async () => {
  const emulator = await start();
  emulator.fault('/sns/jscode2session', { kind: 'slow', milliseconds: 60000 });
  const { code } = emulator.login(USER.openid);
  const query = { ...APP, js_code: code, grant_type: 'authorization_code' };
  const client = new AbortController();
  const answer = call(emulator, '/sns/jscode2session', { query, signal: client.signal });
  await untilServed(emulator);
  client.abort();
  await assert.rejects(answer, { name: 'AbortError' });
  refused(await code2Session(emulator, code), 40029, SNS);
});

test('trickle: the head at once, the body byte by byte', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'trickle', milliseconds: 60000 });
  const head = await fetch(emulator.url + tokenPath);
  assert.equal(head.status, 200);
  assert.ok(await stillWaits(head.text()));
  emulator.fault(TOKEN, { kind: 'trickle', milliseconds: 0 });
  assert.equal((await plainToken(emulator, {})).json.errcode, 41002);
});

test('hang: no answer', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'hang' });
  const answer = fetch(emulator.url + tokenPath);
  await untilServed(emulator);
  assert.ok(await stillWaits(answer));
});

test('reset: the connection ends before an answer', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'reset' });
  const { status, error } = await raw(emulator, tokenPath);
  assert.equal(status, undefined);
  assert.equal(error.code, 'ECONNRESET');
  assert.ok(wasServed(emulator));
});

test('cut: the connection ends in the middle of the body', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'cut' });
  const { status, headers, body, complete, error } = await raw(emulator, tokenPath);
  const whole = JSON.stringify(emulator.requestsTo(TOKEN)[0].answer);
  assert.equal(status, 200);
  assert.equal(Number(headers['content-length']), whole.length);
  assert.equal(body, whole.slice(0, Math.floor(whole.length / 2)));
  assert.equal(complete, false);
  assert.equal(error.code, 'ECONNRESET');
  emulator.fault(TOKEN, { kind: 'cut' });
  await assert.rejects(plainToken(emulator), TypeError);
});

test('truncated: whole for HTTP, half for JSON', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'truncated' });
  const { status, text, json } = await plainToken(emulator);
  const whole = JSON.stringify(emulator.requestsTo(TOKEN)[0].answer);
  assert.equal(status, 200);
  assert.equal(text, whole.slice(0, Math.floor(whole.length / 2)));
  assert.equal(json, undefined);
});

test('twice: the body twice over', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'twice' });
  const { text } = await plainToken(emulator);
  const whole = JSON.stringify(emulator.requestsTo(TOKEN)[0].answer);
  assert.equal(text, whole + whole);
});

test('replayed: what is good once is used up by the first of two', async () => {
  const emulator = await start();
  emulator.fault('/sns/jscode2session', { kind: 'replayed' });
  refused(await code2Session(emulator, emulator.login(USER.openid).code), 40029, SNS);
  assert.equal(emulator.requests.length, 1);
});

test('contentType: the right answer under another name', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'contentType' });
  const html = await plainToken(emulator);
  assert.equal(html.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.equal(html.json.expires_in, 7200);
  emulator.fault(TOKEN, { kind: 'contentType', value: 'application/octet-stream' });
  assert.equal((await plainToken(emulator)).headers.get('content-type'), 'application/octet-stream');
});

test('patch: the answer changed', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'patch', change: ({ expires_in: life }) => ({ expires_in: String(life) }) });
  assert.deepEqual((await plainToken(emulator)).json, { expires_in: '7200' });
  assert.equal(emulator.requestsTo(TOKEN)[0].answer.expires_in, 7200);
});

test('error: any errcode, without the request being served', async () => {
  const emulator = await start();
  const { code } = emulator.login(USER.openid);
  for (const errcode of Object.keys(ERRORS).map(Number)) {
    emulator.fault('/sns/jscode2session', { kind: 'error', errcode });
    refused(await code2Session(emulator, code), errcode, SNS);
  }
  emulator.fault('/sns/jscode2session', { kind: 'error', errcode: 99999, errmsg: 'something new' });
  const { json } = await code2Session(emulator, code);
  assert.equal(json.errcode, 99999);
  assert.match(json.errmsg, /^something new, rid: /);
  assert.ok(emulator.requests.every(({ answer }) => answer === undefined));
  assert.equal((await code2Session(emulator, code)).json.openid, USER.openid);
});

test('error: WeChat can be busy after it has served', async () => {
  const emulator = await start();
  const { code } = emulator.login(USER.openid);
  emulator.fault('/sns/jscode2session', { kind: 'error', processed: true });
  refused(await code2Session(emulator, code), -1, SNS);
  assert.equal(emulator.requests[0].answer.openid, USER.openid);
  refused(await code2Session(emulator, code), 40029, SNS);
});

test('html: a page with status 200', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'html' });
  const { status, headers, text } = await plainToken(emulator);
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
  assert.match(text, /^<!DOCTYPE html>/);
  assert.ok(!wasServed(emulator));
});

test('status: 502 with a page, or any other', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'status' });
  const gateway = await plainToken(emulator);
  assert.equal(gateway.status, 502);
  assert.match(gateway.text, /<h1>502 Bad Gateway/);
  assert.ok(!wasServed(emulator));
  emulator.fault(TOKEN, { kind: 'status', status: 302, headers: { Location: 'http://127.0.0.1:9/' }, body: '' });
  const moved = await plainToken(emulator);
  assert.equal(moved.status, 302);
  assert.equal(moved.headers.get('location'), 'http://127.0.0.1:9/');
});

test('body: whatever it is', async () => {
  const emulator = await start();
  for (const body of ['null', '[]', '"text"', '{"access_token":7}', '\ufeff{}']) {
    emulator.fault(TOKEN, { kind: 'body', body });
    const response = await fetch(emulator.url + tokenPath);
    assert.equal(Buffer.from(await response.arrayBuffer()).toString(), body);
  }
  emulator.fault(TOKEN, { kind: 'body', body: Buffer.of(0xff, 0xfe), contentType: 'image/png' });
  const response = await fetch(emulator.url + tokenPath);
  assert.equal(response.headers.get('content-type'), 'image/png');
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), Buffer.of(0xff, 0xfe));
});

test('empty: status 200 and nothing', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'empty' });
  const { status, headers, text } = await plainToken(emulator);
  assert.deepEqual([status, headers.get('content-length'), text], [200, '0', '']);
});

test('huge: as many bytes as asked for, and JSON', async () => {
  const emulator = await start();
  for (const bytes of [1000, 65536, 1000000]) {
    for (const declared of [true, false]) {
      emulator.fault(TOKEN, { kind: 'huge', bytes, declared });
      const { headers, text, json } = await plainToken(emulator);
      assert.equal(headers.get('content-length'), declared ? String(bytes) : null);
      assert.equal(text.length, bytes);
      assert.equal(json.errcode, 0);
      assert.equal(emulator.requests.at(-1).sent, bytes);
    }
  }
});

test('huge: a client that stops reading is not sent the rest', async () => {
  const emulator = await start();
  emulator.fault(TOKEN, { kind: 'huge', bytes: 2 ** 30 });
  const response = await fetch(emulator.url + tokenPath);
  const reader = response.body.getReader();
  await reader.read();
  await reader.cancel();
  const [record] = emulator.requests;
  await setTimeout(100);
  assert.ok(record.sent > 0 && record.sent < 2 ** 26, `${record.sent}`);
});

test('every kind of fault is tested here', async () => {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(new URL(import.meta.url), 'utf8');
  for (const kind of Object.keys(FAULTS)) assert.ok(text.includes(`test('${kind}: `), kind);
});

test('a fault is met once, or as often as set, in the order of the faults', async () => {
  const emulator = await start({ faults: { [TOKEN]: [{ kind: 'empty', times: 2 }, { kind: 'html' }] } });
  assert.deepEqual(emulator.unusedFaults, [{ path: TOKEN, kind: 'empty' }, { path: TOKEN, kind: 'html' }]);
  const kinds = [];
  for (let i = 0; i < 4; i++) {
    await stableToken(emulator);
    await plainToken(emulator);
    kinds.push(emulator.requests.at(-2).fault, emulator.requests.at(-1).fault);
  }
  assert.deepEqual(kinds, [undefined, 'empty', undefined, 'empty', undefined, 'html', undefined, undefined]);
  assert.deepEqual(emulator.unusedFaults, []);
});

test('a fault for every path, for ever, until it is taken back', async () => {
  const emulator = await start();
  const stop = emulator.fault('*', { kind: 'status', times: Infinity });
  for (const path of PATHS) assert.equal((await call(emulator, path)).status, 502);
  stop();
  for (const path of PATHS) assert.equal((await call(emulator, path)).status, 200);
});

test('what is held back is served, and waits', async () => {
  const emulator = await start();
  const gate = emulator.hold('/cgi-bin/stable_token');
  let done = 0;
  const calls = [1, 2].map(() => stableToken(emulator).then((answer) => (done++, answer.json.access_token)));
  await gate.arrived(2);
  assert.equal(done, 0);
  assert.equal(gate.requests.length, 2);
  assert.equal((await plainToken(emulator)).json.expires_in, 7200);
  gate.release();
  const [first, second] = await Promise.all(calls);
  assert.equal(first, second);
  assert.equal((await stableToken(emulator)).json.access_token, first);
});

test('requests are recorded as they came', async () => {
  const emulator = await start();
  const { code } = emulator.phoneButton(USER.openid);
  emulator.clock.advance(5);
  await getPhone(emulator, { code });
  assert.equal(emulator.requests.length, 2);
  const [token, phone] = emulator.requests;
  assert.deepEqual(emulator.requestsTo('/wxa/business/getuserphonenumber'), [phone]);
  assert.equal(token.method, 'POST');
  assert.deepEqual(JSON.parse(token.body), { grant_type: 'client_credential', ...APP });
  assert.equal(token.headers['content-type'], 'text/plain;charset=UTF-8');
  assert.equal(phone.path, '/wxa/business/getuserphonenumber');
  assert.equal(phone.url, `${phone.path}?access_token=${token.answer.access_token}`);
  assert.deepEqual({ ...phone.query }, { access_token: token.answer.access_token });
  assert.equal(phone.body, JSON.stringify({ code }));
  assert.equal(phone.time, emulator.clock.now());
  assert.equal(phone.answer.phone_info.purePhoneNumber, USER.phone.purePhoneNumber);

  const response = await fetch(`${emulator.url}//wxa/checksession?access_token=a%2Bb&access_token=c&__proto__=d`);
  assert.equal((await response.json()).errcode, 40066);
  const odd = emulator.requests.at(-1);
  assert.equal(odd.path, '//wxa/checksession');
  assert.equal(odd.url, '//wxa/checksession?access_token=a%2Bb&access_token=c&__proto__=d');
  assert.deepEqual(Object.entries(odd.query), [['access_token', 'a+b'], ['__proto__', 'd']]);
});

test('two emulators tell the same, and know nothing of each other', async () => {
  const run = async (emulator) => (await code2Session(emulator, emulator.login(USER.openid).code)).text;
  const [first, second] = [await start(), await start()];
  assert.equal(await run(first), await run(second));
  const { code } = first.login(USER.openid);
  refused(await code2Session(second, code), 40029, SNS);
});

test('what a test cannot mean is refused', async () => {
  const wrong = (options) => assert.rejects(startEmulator({ apps: [APP], ...options }), TypeError);
  await wrong({ apps: [{ appid: 'x' }] });
  await wrong({ apps: [APP, APP] });
  await wrong({ user: [] });
  await wrong({ users: [{ openid: '' }] });
  await wrong({ users: [{ ...USER, appid: 'x' }] });
  await wrong({ users: [USER, USER] });
  await wrong({ users: [{ ...USER, session_key: 'x' }] });
  await wrong({ settings: { rotate: true } });
  await wrong({ settings: { rotateOnLogin: 'no' } });
  await wrong({ settings: { hashOf: 'hex' } });
  await wrong({ settings: { grace: { force: 1 } } });
  await wrong({ settings: { quotas: { '/token': {} } } });
  await wrong({ faults: { '/token': [{ kind: 'empty' }] } });
  await wrong({ faults: { [TOKEN]: [{ kind: 'slowly' }] } });
  await wrong({ faults: { [TOKEN]: [{ kind: 'slow', seconds: 1 }] } });
  await wrong({ faults: { [TOKEN]: [{ kind: 'slow', times: 0 }] } });

  const emulator = await start();
  for (const seconds of [-1, 0.5, NaN, '1', undefined]) assert.throws(() => emulator.clock.advance(seconds), TypeError);
  assert.throws(() => emulator.requestsTo('/token'), TypeError);
  assert.throws(() => emulator.hold('/token'), TypeError);
  assert.throws(() => emulator.login('nobody'), TypeError);
  assert.throws(() => emulator.revokeTokens('wx'), TypeError);
  assert.throws(() => emulator.expireSession(OTHER_USER.openid), TypeError);
  assert.throws(() => emulator.phoneButton(OTHER_USER.openid), TypeError);
});

test('what goes wrong in the emulator itself is told at its end', async () => {
  const emulator = await startEmulator({ apps: [APP] });
  emulator.fault(TOKEN, { kind: 'patch', change: () => { throw new RangeError('a mistake of the test'); } });
  await assert.rejects(plainToken(emulator), TypeError);
  await assert.rejects(emulator.close(), ({ errors }) => errors.length === 1 && errors[0] instanceof RangeError);
});
