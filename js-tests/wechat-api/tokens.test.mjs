// Access tokens: how long they live, what replaces them, how many may be asked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { APP, OTHER_APP, call, plainToken, refused, stableToken, start } from './calls.mjs';
import { Clock } from './emulator.mjs';
import { Platform } from './platform.mjs';
import { settings } from './settings.mjs';

/** What a token is good for: undefined if it works, or the errcode. */
async function errcodeOf(emulator, token) {
  const { json } = await call(emulator, '/wxa/checksession', { query: { access_token: token } });
  assert.notEqual(json.errcode, 0);
  // A request without a signature is refused for that only when the token works.
  return json.errcode === 87009 ? undefined : json.errcode;
}

test('the stable token stays the same and counts down, until five minutes before its end', async () => {
  const emulator = await start();
  const first = (await stableToken(emulator)).json;
  assert.equal(first.expires_in, 7200);
  assert.equal(first.access_token.length, 512);
  assert.deepEqual((await stableToken(emulator)).json, first);
  emulator.clock.advance(6855);
  // The page's own sample: «"expires_in":345».
  assert.deepEqual((await stableToken(emulator, { force_refresh: false })).json, { ...first, expires_in: 345 });
  emulator.clock.advance(45);
  const second = (await stableToken(emulator)).json;
  assert.equal(second.expires_in, 7200);
  assert.notEqual(second.access_token, first.access_token);
  assert.equal(await errcodeOf(emulator, first.access_token), undefined);
  assert.equal(await errcodeOf(emulator, second.access_token), undefined);
  emulator.clock.advance(299);
  assert.equal(await errcodeOf(emulator, first.access_token), undefined);
  emulator.clock.advance(1);
  assert.equal(await errcodeOf(emulator, first.access_token), 42001);
  assert.equal(await errcodeOf(emulator, second.access_token), undefined);
});

test('a token runs out after 7200 seconds', async () => {
  const emulator = await start();
  const { access_token: token } = (await stableToken(emulator)).json;
  emulator.clock.advance(7199);
  assert.equal(await errcodeOf(emulator, token), undefined);
  emulator.clock.advance(1);
  assert.equal(await errcodeOf(emulator, token), 42001);
  assert.equal((await stableToken(emulator)).json.expires_in, 7200);
});

test('force_refresh makes the former token invalid at once', async () => {
  const emulator = await start();
  const former = (await stableToken(emulator)).json.access_token;
  const { access_token: token, expires_in: life } = (await stableToken(emulator, { force_refresh: true })).json;
  assert.equal(life, 7200);
  assert.equal(await errcodeOf(emulator, former), 40001);
  assert.equal(await errcodeOf(emulator, token), undefined);
  assert.equal((await stableToken(emulator)).json.access_token, token);
});

test('force_refresh with a grace, as the general page has it', async () => {
  const emulator = await start({ settings: { grace: { forced: 300 } } });
  const former = (await stableToken(emulator)).json.access_token;
  await stableToken(emulator, { force_refresh: true });
  emulator.clock.advance(299);
  assert.equal(await errcodeOf(emulator, former), undefined);
  emulator.clock.advance(1);
  assert.equal(await errcodeOf(emulator, former), 40001);
});

test('force_refresh 30 seconds apart and 20 times a day', async () => {
  // Midnight in China, so that the day has room for all.
  const midnight = 1700000000 - ((1700000000 + 8 * 3600) % 86400);
  const emulator = await start({ clock: new Clock(midnight) });
  for (let i = 0; i < 20; i++) {
    const answer = await stableToken(emulator, { force_refresh: true });
    assert.equal(answer.json.expires_in, 7200, `${i}`);
    emulator.clock.advance(29);
    if (i < 19) refused(await stableToken(emulator, { force_refresh: true }), 45011);
    emulator.clock.advance(1);
  }
  refused(await stableToken(emulator, { force_refresh: true }), 45009);
  assert.equal((await stableToken(emulator)).json.errcode, undefined);
  assert.equal((await stableToken(emulator, { force_refresh: true }, OTHER_APP)).json.expires_in, 7200);
  emulator.clock.advance(86400 - 600 - 1);
  refused(await stableToken(emulator, { force_refresh: true }), 45009);
  emulator.clock.advance(1);
  assert.equal((await stableToken(emulator, { force_refresh: true })).json.expires_in, 7200);
});

test('getAccessToken gives a new token each time, and the former has five minutes', async () => {
  const emulator = await start();
  const stable = (await stableToken(emulator)).json.access_token;
  const first = (await plainToken(emulator)).json.access_token;
  const second = (await plainToken(emulator)).json.access_token;
  assert.equal(new Set([stable, first, second]).size, 3);
  emulator.clock.advance(299);
  for (const token of [stable, first, second]) assert.equal(await errcodeOf(emulator, token), undefined);
  emulator.clock.advance(1);
  assert.equal(await errcodeOf(emulator, first), 40001);
  // «完全隔离，互不影响»
  for (const token of [stable, second]) assert.equal(await errcodeOf(emulator, token), undefined);
  assert.equal((await stableToken(emulator)).json.access_token, stable);
});

test('tokens are taken away from one app alone', async () => {
  const emulator = await start();
  const own = [(await stableToken(emulator)).json.access_token, (await plainToken(emulator)).json.access_token];
  const other = (await stableToken(emulator, {}, OTHER_APP)).json.access_token;
  emulator.revokeTokens(APP.appid);
  for (const token of own) assert.equal(await errcodeOf(emulator, token), 40001);
  assert.equal(await errcodeOf(emulator, other), undefined);
  const next = (await stableToken(emulator)).json;
  assert.equal(next.expires_in, 7200);
  assert.equal(await errcodeOf(emulator, next.access_token), undefined);
  // What is gone stays gone, although a replaced token usually has a grace.
  await plainToken(emulator);
  for (const token of own) assert.equal(await errcodeOf(emulator, token), 40001);
});

test('tokens are as long as set', async () => {
  for (const tokenLength of [16, 136, 1000]) {
    const emulator = await start({ settings: { tokenLength } });
    const { access_token: token } = (await stableToken(emulator)).json;
    assert.match(token, /^[\w-]+$/);
    assert.equal(token.length, tokenLength);
  }
});

test('quotas run out for the minute and for the day, for each app', async () => {
  const emulator = await start({ settings: { quotas: { '/cgi-bin/token': { perMinute: 2, perDay: 4 } } } });
  const works = async (app) => assert.equal((await plainToken(emulator, app)).json.expires_in, 7200);
  await works();
  await works();
  refused(await plainToken(emulator), 45011);
  await works(OTHER_APP);
  // What is refused for its secret counts for nobody.
  for (let i = 0; i < 5; i++) refused(await plainToken(emulator, { ...OTHER_APP, secret: 'x' }), 40125);
  await works(OTHER_APP);
  emulator.clock.advance(60);
  await works();
  await works();
  emulator.clock.advance(60);
  refused(await plainToken(emulator), 45009);
  emulator.clock.advance(86400);
  await works();
});

test('the documented quotas: 10,000 tokens a minute and 500,000 a day, 60,000 resets a minute', () => {
  const clock = new Clock();
  const platform = new Platform([APP], [], clock, settings({}));
  const app = platform.app(APP.appid);
  const served = (path, count) => {
    for (let i = 0; i < count; i++) platform.countRequest(app, path);
  };
  const refuses = (path, errcode) => assert.throws(() => platform.countRequest(app, path), { errcode });
  served('/wxa/resetusersessionkey', 60000);
  refuses('/wxa/resetusersessionkey', 45011);
  for (let minute = 0; minute < 50; minute++) {
    served('/cgi-bin/stable_token', 10000);
    clock.advance(60);
  }
  refuses('/cgi-bin/stable_token', 45009);
  clock.advance(86400);
  served('/cgi-bin/stable_token', 10000);
  refuses('/cgi-bin/stable_token', 45011);
});
