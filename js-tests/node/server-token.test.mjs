// weapp-opendata/server: one access token for all callers, kept, renewed, and shared through a store that may fail in every way.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { APP, OpenDataError, PATH, SAMPLE_KEY, USER, failure, later, refuses, start } from '../support/server.mjs';

const { openid } = USER;
const forced = (request) => JSON.parse(request.body).force_refresh;

// ------------------------------------------------------------------------------------------------ kept

test('a thousand concurrent callers cause one request', async () => {
  const { client, emulator, tokensAsked } = await start();
  const gate = emulator.hold(PATH.token);
  const calls = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? client.getAccessToken() : client.checkSession(openid, SAMPLE_KEY)));
  await gate.arrived();
  gate.release();
  const results = await Promise.all(calls);
  assert.equal(new Set(results.filter((_, i) => i % 2 === 0)).size, 1);
  assert.ok(results.every((result, i) => i % 2 === 0 || result === true));
  assert.equal(tokensAsked(), 1);
  const [{ method, query, body }] = emulator.requestsTo(PATH.token);
  assert.deepEqual([method, { ...query }, JSON.parse(body)], ['POST', {}, { grant_type: 'client_credential', ...APP, force_refresh: false }]);
});

test('a request that a host has dropped is not waited for without end', async (context) => {
  const { client, make, tokensAsked } = await start();
  // As in workerd, when the request in which it was sent goes away: neither the answer nor the time that was set comes.
  const { setTimeout } = globalThis;
  globalThis.setTimeout = () => {};
  const dropped = make({ fetch: (url, init) => (globalThis.setTimeout === setTimeout ? fetch(url, init) : new Promise(() => {})) });
  void dropped.getAccessToken();
  globalThis.setTimeout = setTimeout;
  const { now } = performance;
  context.mock.method(performance, 'now', () => now.call(performance) + 20_001);
  assert.equal(await dropped.getAccessToken(), await client.getAccessToken());
  assert.equal(tokensAsked(), 2);
});

test('a request that fails fails for all who wait, and the next caller asks again', async () => {
  const { client, emulator, tokensAsked } = await start();
  emulator.fault(PATH.token, { kind: 'error', errcode: -1 });
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => client.getAccessToken()));
  for (const { status, reason } of results) assert.deepEqual([status, reason.errcode], ['rejected', -1]);
  assert.equal(tokensAsked(), 1);
  await client.getAccessToken();
  assert.equal(tokensAsked(), 2);
});

test('it is kept until five minutes before it runs out', async (context) => {
  const { client, emulator, tokensAsked } = await start();
  const first = await client.getAccessToken();
  later(context, 6890);
  emulator.clock.advance(6890);
  assert.equal(await client.getAccessToken(), first);
  assert.equal(tokensAsked(), 1);
  context.mock.restoreAll();
  later(context, 6900);
  emulator.clock.advance(10);
  const calls = await Promise.all(Array.from({ length: 50 }, () => client.getAccessToken()));
  assert.equal(tokensAsked(), 2);
  assert.equal(new Set(calls).size, 1);
  assert.notEqual(calls[0], first);
});

test('of a token that others fetched before, what is left of its time counts', async (context) => {
  const { client, emulator, make, tokensAsked } = await start();
  const first = await make().getAccessToken();
  emulator.clock.advance(6000);
  assert.equal(await client.getAccessToken(), first, 'WeChat has one stable token');
  later(context, 890);
  await client.getAccessToken();
  assert.equal(tokensAsked(), 2);
  context.mock.restoreAll();
  later(context, 901);
  emulator.clock.advance(900);
  assert.notEqual(await client.getAccessToken(), first);
  assert.equal(tokensAsked(), 3);
});

test('a token of less than five minutes is used, and not kept', async () => {
  const { client, emulator, tokensAsked } = await start();
  emulator.fault(PATH.token, { kind: 'patch', change: (answer) => ({ ...answer, expires_in: 299 }), times: 2 });
  assert.equal(await client.checkSession(openid, SAMPLE_KEY), true);
  assert.equal(await client.checkSession(openid, SAMPLE_KEY), true);
  assert.equal(tokensAsked(), 2);
});

// ------------------------------------------------------------------------------------------------ renewed

test('a token that WeChat no longer takes is renewed once and the call repeated, with the same code', async () => {
  for (const errcode of [40001, 40014, 42001]) {
    const { client, emulator, now, tokensAsked } = await start();
    await client.getAccessToken();
    emulator.fault(PATH.phone, { kind: 'error', errcode, errmsg: 'x' });
    const { code } = emulator.phoneButton(openid);
    await client.getPhoneNumber(code, { now: now() });
    assert.deepEqual(emulator.requestsTo(PATH.phone).map(({ body }) => body), Array(2).fill(JSON.stringify({ code })));
    assert.equal(tokensAsked(), 2);
    assert.ok(!emulator.requestsTo(PATH.token).some(forced), 'a forced renewal would stop the token of all others');
  }
});

test('once, and no more: then WeChat’s error is the caller’s', async () => {
  const { client, emulator, tokensAsked } = await start();
  emulator.fault(PATH.phone, { kind: 'error', errcode: 40001, times: 2 });
  const error = await refuses(client.getPhoneNumber('x'), 'WECHAT_ERROR', { errcode: 40001 });
  assert.match(error.hint, /neither the access_token that was kept nor the one that replaced it/);
  assert.equal(emulator.requestsTo(PATH.phone).length, 2);
  assert.equal(tokensAsked(), 2);
});

test('nothing else is repeated', async () => {
  const { client, emulator, tokensAsked } = await start();
  await client.getAccessToken();
  const faults = [...[-1, 40013, 40029, 41001, 45011, 87009].map((errcode) => ({ kind: 'error', errcode })), { kind: 'html' }, { kind: 'reset' }, { kind: 'cut' }, { kind: 'status', status: 503 }];
  for (const fault of faults) {
    emulator.fault(PATH.reset, fault);
    await failure(client.resetSession(openid, SAMPLE_KEY));
  }
  assert.equal(emulator.requestsTo(PATH.reset).length, faults.length);
  assert.equal(tokensAsked(), 1);
});

test('of many callers whose token was refused, one asks', async () => {
  const { client, emulator, tokensAsked } = await start();
  const first = await client.getAccessToken();
  emulator.revokeTokens(APP.appid);
  const results = await Promise.all(Array.from({ length: 200 }, () => client.checkSession(openid, SAMPLE_KEY)));
  assert.ok(results.every((result) => result === true));
  assert.equal(tokensAsked(), 2);
  assert.notEqual(await client.getAccessToken(), first);
  const used = emulator.requestsTo(PATH.check).map(({ query }) => query.access_token === first);
  assert.ok(used.filter((old) => old).length <= 200 && used.filter((old) => !old).length === 200);
});

test('a token that runs out on its way is renewed', async () => {
  const { client, emulator, tokensAsked } = await start();
  await client.getAccessToken();
  // WeChat's clock is ahead of this one.
  emulator.clock.advance(7200);
  assert.equal(await client.checkSession(openid, SAMPLE_KEY), true);
  assert.equal(tokensAsked(), 2);
});

test('quotas: what WeChat says is what the caller gets', async () => {
  const { make } = await start({ settings: { quotas: { [PATH.token]: { perMinute: 1, perDay: 2 } } } });
  await make().getAccessToken();
  const error = await refuses(make().getPhoneNumber('x'), 'WECHAT_ERROR', { errcode: 45011 });
  assert.match(error.hint, /30 seconds/);
});

// ------------------------------------------------------------------------------------------------ forced

test('forceRefresh replaces the token, at once and for all calls of the client', async () => {
  const { client, emulator, tokensAsked } = await start();
  const first = await client.getAccessToken({ forceRefresh: false });
  const second = await client.getAccessToken({ forceRefresh: true });
  assert.notEqual(first, second);
  assert.deepEqual(emulator.requestsTo(PATH.token).map(forced), [false, true]);
  assert.equal(await client.getAccessToken(), second);
  assert.equal(await client.checkSession(openid, SAMPLE_KEY), true);
  assert.equal(tokensAsked(), 2);
});

test('forced calls at the same time are one, and wait for a request that was not', async () => {
  const { client, emulator } = await start();
  const gate = emulator.hold(PATH.token);
  const plain = client.getAccessToken();
  await gate.arrived();
  const both = [client.getAccessToken({ forceRefresh: true }), client.getAccessToken({ forceRefresh: true })];
  const joins = client.getAccessToken();
  gate.release();
  const [first, second, third, fourth] = await Promise.all([plain, ...both, joins]);
  assert.notEqual(first, second);
  assert.deepEqual([third, fourth], [second, second]);
  assert.deepEqual(emulator.requestsTo(PATH.token).map(forced), [false, true]);
  assert.equal(await client.getAccessToken(), second);
});

test('a forced renewal that WeChat refuses leaves the token as it was', async () => {
  const { client, emulator } = await start();
  const token = await client.getAccessToken({ forceRefresh: true });
  await refuses(client.getAccessToken({ forceRefresh: true }), 'WECHAT_ERROR', { errcode: 45011 });
  assert.equal(await client.getAccessToken(), token);
  emulator.clock.advance(30);
  assert.notEqual(await client.getAccessToken({ forceRefresh: true }), token);
});

// ------------------------------------------------------------------------------------------------ a store

/** A store as Keyv is one, whose answers take a while. */
class Store {
  values = new Map();
  calls = [];
  delay = () => 1;

  #later(run) {
    return new Promise((resolve, reject) => {
      setTimeout(() => {
        try {
          resolve(run());
        } catch (error) {
          reject(error);
        }
      }, this.delay());
    });
  }

  get(key) {
    this.calls.push(['get', key]);
    return this.#later(() => {
      const { value, until } = this.values.get(key) ?? {};
      return until > performance.now() ? value : undefined;
    });
  }

  set(key, value, ttl) {
    this.calls.push(['set', key, ttl]);
    return this.#later(() => {
      this.values.set(key, { value, until: performance.now() + (ttl ?? Infinity) });
      return true;
    });
  }

  get tokenKey() {
    return [...this.values.keys()].find((key) => !/:(claim|asking)$/.test(key));
  }
}

test('clients that share a store share one token, and each keeps it in its memory', async () => {
  const store = new Store();
  const { emulator, make, tokensAsked } = await start({ store });
  const [one, other] = [make(), make()];
  const token = await one.getAccessToken();
  assert.equal(await other.getAccessToken(), token);
  assert.equal(tokensAsked(), 1);
  const before = store.calls.length;
  await Promise.all([one, other].map((client) => client.checkSession(openid, SAMPLE_KEY)));
  assert.equal(store.calls.length, before, 'the store is asked when a token is wanted, not at each call');

  const key = `weapp-opendata:access_token:${new URL(emulator.url).host}:${APP.appid}`;
  assert.equal(store.tokenKey, key);
  const [, , ttl] = store.calls.find(([method, name]) => method === 'set' && name === key);
  assert.ok(Number.isInteger(ttl) && ttl > 6_890_000 && ttl <= 6_900_000, String(ttl));
  assert.equal(typeof store.values.get(key).value, 'string');
});

test('clients that start at the same moment cause one request', async () => {
  for (let round = 0; round < 12; round++) {
    const store = new Store();
    // Some answers overtake others; in the last rounds the store is far away.
    let drawn = round * 7919;
    store.delay = () => ((drawn = (drawn * 48271 + 11) % 2147483647) % (round < 8 ? 12 : 120));
    const { emulator, make, tokensAsked } = await start({ store });
    // WeChat takes longer than the claims.
    if (round % 2 === 0) emulator.fault(PATH.token, { kind: 'slow', milliseconds: 600 });
    const tokens = await Promise.all(Array.from({ length: 8 }, () => make().getAccessToken()));
    assert.equal(new Set(tokens).size, 1);
    assert.equal(tokensAsked(), 1, `round ${round}`);
  }
});

test('a process that is held up while it writes its claim does not ask beside the one that asks', async () => {
  for (const late of [50, 150, 300, 500]) {
    const store = new Store();
    const { emulator, make, tokensAsked } = await start({ store });
    const slow = {
      get: (key) => store.get(key),
      set: async (key, ...values) => {
        if (key.endsWith(':claim')) await new Promise((resolve) => setTimeout(resolve, late));
        return store.set(key, ...values);
      },
    };
    emulator.fault(PATH.token, { kind: 'slow', milliseconds: 1500 });
    const held = make({ store: slow }).getAccessToken();
    const quick = make().getAccessToken();
    assert.equal(await held, await quick);
    assert.equal(tokensAsked(), 1, `${late} ms`);
  }
});

test('a store is any object with get and set: a Map, one that answers at once, one without times', async () => {
  const map = new Map();
  for (const store of [new Map(), { get: (key) => map.get(key) ?? null, set: (key, value) => void map.set(key, value) }]) {
    const { make, tokensAsked } = await start({ store });
    const tokens = await Promise.all([make(), make(), make()].map((client) => client.getAccessToken()));
    assert.equal(new Set([...tokens, await make().getAccessToken()]).size, 1);
    assert.equal(tokensAsked(), 1);
  }
});

test('another WeChat or another app has another token', async () => {
  const store = new Store();
  const one = await start({ store });
  const two = await start({ store });
  await one.client.getAccessToken();
  await two.client.getAccessToken();
  assert.deepEqual([one.tokensAsked(), two.tokensAsked()], [1, 1]);
  assert.equal(await one.make().checkSession(openid, SAMPLE_KEY), true);
  await refuses(one.make({ appid: 'wxfedcba9876543210' }).getAccessToken(), 'WECHAT_ERROR', { errcode: 40013 });
});

test('a token that one process renewed is taken over by the others without a request', async () => {
  const { emulator, make, tokensAsked } = await start({ store: new Store() });
  const [one, other] = [make(), make()];
  await one.getAccessToken();
  const former = await other.getAccessToken();
  const next = await one.getAccessToken({ forceRefresh: true });
  assert.equal(await other.getAccessToken(), former, 'nobody has told it yet');
  assert.equal(await other.checkSession(openid, SAMPLE_KEY), true);
  assert.equal(await other.getAccessToken(), next);
  assert.equal(tokensAsked(), 2);

  emulator.revokeTokens(APP.appid);
  await Promise.all([one, other].flatMap((client) => Array.from({ length: 20 }, () => client.checkSession(openid, SAMPLE_KEY))));
  assert.equal(tokensAsked(), 3, 'refused to both, asked for by one');
});

test('a token in the store that WeChat refuses is replaced there', async () => {
  const store = new Store();
  const { emulator, make, tokensAsked } = await start({ store });
  await make().getAccessToken();
  emulator.revokeTokens(APP.appid);
  assert.equal(await make().checkSession(openid, SAMPLE_KEY), true);
  assert.equal(tokensAsked(), 2);
  assert.equal(await make().checkSession(openid, SAMPLE_KEY), true);
  assert.equal(tokensAsked(), 2);
});

test('what is no token of this package in the store is not taken for one', async () => {
  const { make, emulator, tokensAsked } = await start();
  const right = { token: 'not-a-token-of-wechat', expires: Date.now() + 7200_000, serial: 'x' };
  const odd = [
    'text', 7, {}, right, JSON.stringify(7), JSON.stringify([right]), 'null', '{', JSON.stringify({ ...right, token: '' }), JSON.stringify({ ...right, token: 7 }),
    JSON.stringify({ ...right, token: 'x'.repeat(8193) }), JSON.stringify({ ...right, expires: 'x' }), JSON.stringify({ ...right, expires: Date.now() + 299_000 }), JSON.stringify({ ...right, serial: undefined }),
  ];
  for (const value of odd) {
    const store = new Store();
    await store.set(`weapp-opendata:access_token:${new URL(emulator.url).host}:${APP.appid}`, value);
    const before = tokensAsked();
    assert.notEqual(await make({ store }).getAccessToken(), right.token);
    assert.equal(tokensAsked(), before + 1);
  }
  const store = new Store();
  await store.set(`weapp-opendata:access_token:${new URL(emulator.url).host}:${APP.appid}`, JSON.stringify(right));
  assert.equal(await make({ store }).getAccessToken(), right.token, 'control');
});

// ------------------------------------------------------------------------------------------------ a store that fails

const took = async (run) => {
  const began = performance.now();
  await run();
  return performance.now() - began;
};

test('a claimant that died holds nobody up for long', async () => {
  for (const timed of [true, false]) {
    const store = new Store();
    const { emulator, make, tokensAsked } = await start({ store });
    const key = `weapp-opendata:access_token:${new URL(emulator.url).host}:${APP.appid}`;
    for (const name of ['claim', 'asking']) await store.set(`${key}:${name}`, 'the dead', timed ? 3000 : undefined);
    const waited = await took(() => make().getAccessToken());
    assert.ok(waited > 1000 && waited < 5000, `${waited} ms`);
    assert.equal(tokensAsked(), 1);
    // Also where a store forgets nothing: it is over with the claim.
    store.values.delete(key);
    assert.ok((await took(() => make().getAccessToken())) < 1000);
  }
});

test('a claimant that fails makes way', async () => {
  const { emulator, make, tokensAsked } = await start({ store: new Store() });
  emulator.fault(PATH.token, { kind: 'error', errcode: -1 });
  const results = await Promise.allSettled([make().getAccessToken(), make().getAccessToken(), make().getAccessToken()]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'fulfilled', 'rejected']);
  assert.equal(results.find(({ reason }) => reason).reason.errcode, -1);
  assert.equal(tokensAsked(), 2);
});

test('an answer that is slow is waited for, and not for ever', async () => {
  const { emulator, make, tokensAsked } = await start({ store: new Store(), timeout: 20000 });
  emulator.fault(PATH.token, { kind: 'slow', milliseconds: 1500 });
  await Promise.all([make().getAccessToken(), make().getAccessToken()]);
  assert.equal(tokensAsked(), 1);

  const other = await start({ store: new Store(), timeout: 20000 });
  const gate = other.emulator.hold(PATH.token);
  const slow = other.make().getAccessToken();
  await gate.arrived();
  const second = other.make().getAccessToken();
  await gate.arrived(2);
  gate.release();
  assert.equal(await slow, await second);
});

const throws = () => {
  throw new Error('the store is broken');
};
const rejects = async () => throws();
const hangs = () => new Promise(() => {});
const BROKEN = {
  'get throws': { get: throws, set: async () => true },
  'set throws': { get: async () => undefined, set: throws },
  'get rejects': { get: rejects, set: async () => true },
  'set rejects': { get: async () => undefined, set: rejects },
  'both reject': { get: rejects, set: rejects },
  'get hangs': { get: hangs, set: async () => true },
  'set hangs': { get: async () => undefined, set: hangs },
  'both hang': { get: hangs, set: hangs },
  'it keeps nothing': { get: async () => undefined, set: async () => false },
  'it gives everybody everything': { get: async () => 'x', set: async () => true },
  'it answers with objects that cannot be read': { get: async () => new Proxy({}, { get: throws }), set: async () => true },
};

for (const [name, store] of Object.entries(BROKEN)) {
  test(`a store that is broken fails no call and blocks none for long: ${name}`, async (context) => {
    const { client, emulator, tokensAsked } = await start({ store });
    const rejections = [];
    const note = (error) => rejections.push(error);
    process.on('unhandledRejection', note);
    context.after(() => process.off('unhandledRejection', note));
    const first = await took(async () => {
      const results = await Promise.all(Array.from({ length: 50 }, () => client.checkSession(openid, SAMPLE_KEY)));
      assert.ok(results.every((result) => result === true));
    });
    assert.ok(first < 5000, `${first} ms`);
    assert.equal(tokensAsked(), 1);
    // The memory of this process has it, and a renewal comes through too.
    emulator.revokeTokens(APP.appid);
    const second = await took(() => client.checkSession(openid, SAMPLE_KEY));
    assert.ok(second < 5000, `${second} ms`);
    assert.equal(tokensAsked(), 2);
    await client.getAccessToken({ forceRefresh: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(rejections, []);
  });
}

test('a store that failed is left alone for half a minute, then tried again', async (context) => {
  const store = new Store();
  let broken = true;
  let asked = 0;
  const flaky = { get: (key) => (asked++, broken ? rejects() : store.get(key)), set: (...values) => (asked++, broken ? rejects() : store.set(...values)) };
  const { client, emulator } = await start({ store: flaky });
  await client.getAccessToken();
  const first = asked;
  emulator.revokeTokens(APP.appid);
  await client.checkSession(openid, SAMPLE_KEY);
  assert.equal(asked, first);
  broken = false;
  const { now } = performance;
  context.mock.method(performance, 'now', () => now.call(performance) + 30_001);
  emulator.revokeTokens(APP.appid);
  await client.checkSession(openid, SAMPLE_KEY);
  assert.ok(asked > first);
  assert.ok(store.tokenKey);
});

test('a failure of WeChat is told as such, whatever the store does', async () => {
  for (const store of [new Store(), BROKEN['both reject']]) {
    const { client, emulator } = await start({ store });
    emulator.fault(PATH.token, { kind: 'error', errcode: 40125 });
    const error = await failure(client.getAccessToken());
    assert.ok(error instanceof OpenDataError && error.errcode === 40125);
  }
});
