// The authenticated channel from end to end: the service of examples/miniprogram in the stand-in, against examples/node-server over
// HTTP, with fakes in the part of WeChat.

import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { codePackage, examples } from './support/built.mjs';
import { start } from './support/mini-program.mjs';

const folder = path.join(examples, 'node-server');
const { createApp } = await import(pathToFileURL(path.join(folder, 'app.js')).href);
const node = createRequire(path.join(folder, 'app.js'))('weapp-opendata');

/** Synthetic keys, by version. */
const keyOf = (version) => ({ encryptKey: Buffer.alloc(16, `key ${version} `).toString('base64'), version, iv: '6003f73ec441c386', expireTime: 1 });
let latest = 10;
let serverKeys = () => [latest, latest - 1, latest - 2].map(keyOf);
const fetched = [];
const logged = [];
const avatarFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'channel-'));
const server = createApp({
  appid: 'wx0123456789abcdef',
  avatarFolder,
  wechat: {
    code2Session: async (code) => ({ openid: `openid-${code}`, sessionKey: Buffer.alloc(16, code).toString('base64') }),
    getUserEncryptKeys: async (...values) => {
      fetched.push(values);
      return serverKeys();
    },
  },
  log: (entry) => logged.push(entry),
});
let origin;
before(() => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)).then(() => (origin = `http://127.0.0.1:${server.address().port}`)));
after(() => {
  server.closeAllConnections();
  server.close();
  fs.rmSync(avatarFolder, { recursive: true });
});

let users = 0;

/** A mini-program that is logged in. `spoil` may change what goes over the wire. */
async function client({ wxWebAssembly, wx: more = {}, spoil = (body) => body } = {}) {
  const wire = [];
  const wx = {
    login: ({ success }) => success({ code: `user-${++users}` }),
    request({ url, method, data, header, success, fail }) {
      const { pathname } = new URL(url);
      const body = JSON.stringify(spoil(JSON.parse(JSON.stringify(data)), pathname));
      fetch(origin + pathname, { method, body, headers: { ...header } })
        .then(async (response) => {
          const answer = await response.json();
          wire.push({ pathname, body, answer, header: { ...header } });
          success({ statusCode: response.status, data: JSON.parse(JSON.stringify(spoil(answer, `answer ${pathname}`))) });
        })
        .catch((error) => fail({ errMsg: `request:fail ${error.message}` }));
    },
    getUserCryptoManager: () => ({ getLatestUserKey: ({ success }) => void setTimeout(() => success({ ...keyOf(latest), errMsg: 'ok' }), 0) }),
    getRandomValues: ({ length, success }) => void setTimeout(() => success({ randomValues: randomFillSync(new Uint8Array(length)).buffer }), 0),
    ...more,
  };
  const program = start(codePackage, { ...(wxWebAssembly === undefined ? {} : { wxWebAssembly }), globals: { wx } });
  await program.require('weapp-opendata').init();
  const backend = program.require('./services/server.js');
  await backend.login();
  const token = wire[0].answer.token;
  wire.length = 0;
  return { program, backend, wire, token };
}

async function send(token, body) {
  const response = await fetch(`${origin}/order`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } });
  return `${response.status} ${await response.text()}`;
}

const REFUSED = '400 {"error":"DATA_REFUSED"}';
const plain = (value) => JSON.parse(JSON.stringify(value));

for (const [mode, wxWebAssembly] of [['WXWebAssembly', undefined], ['plain JavaScript', null]]) {
  test(`${mode}: an order goes there and back, and nobody on the way can read it`, async () => {
    const { backend, wire, token } = await client({ wxWebAssembly });
    const answer = plain(await backend.order(1234567));
    assert.deepEqual(answer, { id: answer.id, bought: 1234567 });
    const [{ pathname, body, answer: sent }] = wire;
    assert.equal(pathname, '/order');
    assert.deepEqual([Object.keys(JSON.parse(body)), Object.keys(sent)], [['sealed'], ['sealed']]);
    assert.ok(!`${body}${JSON.stringify(sent)}`.includes('1234567'));
    // Both by the format, by the package on Node.
    const { sealed } = JSON.parse(body);
    const message = JSON.parse(node.openChannel(sealed, { key: keyOf(latest), context: `POST /order ${token}` }));
    assert.equal(message.item, 1234567);
    assert.ok(Math.abs(message.time - Date.now()) < 60000);
    assert.equal(JSON.parse(node.openChannel(sent.sealed, { key: keyOf(latest), context: `answer POST /order ${token}` })).bought, 1234567);
  });
}

test('no nonce and no id is used twice', async () => {
  const { backend, wire } = await client();
  const ids = new Set();
  for (let i = 0; i < 20; i++) ids.add((await backend.order(i)).id);
  assert.equal(ids.size, 20);
  const texts = wire.flatMap(({ body, answer }) => [JSON.parse(body).sealed, answer.sealed]);
  assert.equal(new Set(texts.map((text) => Buffer.from(text, 'base64url').toString('hex', 5, 17))).size, 40);
});

test('an order that is sent again, moved, turned back or altered is refused, always in the same words', async () => {
  const [one, other] = [await client(), await client()];
  await one.backend.order(1);
  const [{ body, answer }] = one.wire;
  const { sealed } = JSON.parse(body);
  assert.equal(await send(one.token, { sealed }), '409 {"error":"SENT_AGAIN"}');
  logged.length = 0;
  assert.equal(await send(other.token, { sealed }), REFUSED, 'another user');
  assert.equal(await send(one.token, { sealed: answer.sealed }), REFUSED, 'the answer as a request');
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[20] ^= 1;
  assert.equal(await send(one.token, { sealed: bytes.toString('base64url') }), REFUSED, 'altered');
  for (const wrong of [undefined, 7, '', '!', 'A'.repeat(44)]) assert.equal(await send(one.token, { sealed: wrong }), REFUSED, String(wrong));
  assert.deepEqual([...new Set(logged.map(({ code }) => code))].sort(), ['DECRYPT_FAILED', 'ILLEGAL_BASE64', 'ILLEGAL_BUFFER', 'INVALID_ARGUMENT']);
  assert.ok(!JSON.stringify(logged).includes(sealed.slice(8, 40)));

  // What the client writes is not to be trusted either.
  const seal = (message) => ({ sealed: node.sealChannel(message, { key: keyOf(latest), context: `POST /order ${one.token}` }) });
  const order = (more) => JSON.stringify({ id: 'a', time: Date.now(), item: 1, ...more });
  for (const message of ['', 'null', '7', '[]', 'no JSON', order({ time: Date.now() - 301000 }), order({ time: Date.now() + 301000 }), order({ time: 'now' }), order({ time: null }), order({ time: `${Date.now()}.` }), order({ time: String(Date.now()) }), order({ time: [Date.now()] }), order({ id: 7 }), order({ item: {} })]) {
    assert.equal(await send(one.token, seal(message)), REFUSED, message);
  }
  assert.match(await send(one.token, seal(order())), /^200 /);
  assert.equal(await send(one.token, seal(order())), '409 {"error":"SENT_AGAIN"}');
});

test('the client refuses an answer that is altered, another one’s, or its own request', async () => {
  let kept;
  const ways = {
    altered: ({ sealed }) => ({ sealed: `${sealed.slice(0, 40)}${sealed[40] === 'A' ? 'B' : 'A'}${sealed.slice(41)}` }),
    own: () => kept,
    of_before: (answer) => answer,
  };
  for (const [name, way] of Object.entries(ways)) {
    const spoil = (body, where) => {
      if (where === '/order') kept = body;
      return where === 'answer /order' ? way(body) : body;
    };
    const { backend, program } = await client({ spoil });
    const outcome = await backend.order(5).then((answer) => answer.bought, (error) => error);
    if (name === 'of_before') assert.equal(outcome, 5);
    else assert.ok(outcome instanceof program.require('weapp-opendata').OpenDataError && outcome.code === 'DECRYPT_FAILED' && outcome.reason === undefined, name);
  }
});

test('keys change: the server fetches anew, once; the client opens what was sealed under a newer one', async () => {
  const { backend, token } = await client();
  fetched.length = 0;
  await backend.order(1);
  await backend.order(2);
  assert.equal(fetched.length, 1, 'kept from order to order');
  assert.match(fetched[0][0], /^openid-/);
  latest++;
  // WeChat is not asked again so soon, whatever version a text names.
  await assert.rejects(backend.order(3), { message: 'DATA_REFUSED' });
  assert.equal(fetched.length, 1);
  const { now } = Date;
  Date.now = () => now() + 11000;
  try {
    assert.equal((await backend.order(4)).bought, 4);
    assert.equal(fetched.length, 2);
    const old = node.sealChannel('{}', { key: keyOf(latest - 3), context: `POST /order ${token}` });
    assert.equal(await send(token, { sealed: old }), REFUSED);
    assert.equal(logged[logged.length - 1].reason, 'KEY_VERSION');
    assert.equal(fetched.length, 2);
  } finally {
    Date.now = now;
  }
  // The key changes while the request is under way.
  const rotating = await client({ spoil: (body, where) => (where === '/order' && latest++, body) });
  serverKeys = () => [latest, latest - 1].map(keyOf);
  assert.equal((await rotating.backend.order(6)).bought, 6);
});

test('without key or random bytes nothing is sent', async () => {
  const failing = [
    { getUserCryptoManager: () => ({ getLatestUserKey: ({ fail }) => fail({ errMsg: 'getLatestUserKey:fail' }) }) },
    { getRandomValues: ({ fail }) => fail({ errMsg: 'getRandomValues:fail' }) },
  ];
  for (const wx of failing) {
    const { backend, wire } = await client({ wx });
    await assert.rejects(backend.order(1), /:fail/);
    assert.deepEqual(wire, []);
  }
});
