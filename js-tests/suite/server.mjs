// What weapp-opendata/server does, on any server: nothing here is Node's. `fixtures` is what platforms/hosts/server.mjs prepares, with
// an emulator of WeChat's API behind `url`, which meets the third and fourth question about data with silence and with a page.

import * as assert from './assert.mjs';

/** Every text that an error holds, and those of its causes. */
function textsOf(error, depth = 0) {
  if (typeof error !== 'object' || error === null || depth > 8) return [String(error)];
  const own = Reflect.ownKeys(error).map((name) => error[name]);
  const texts = [error.name, error.message, error.stack, String(error), JSON.stringify(error)];
  return [...texts, ...[...own, error.cause].flatMap((value) => textsOf(value, depth + 1))].map(String);
}

export function runServerSuite(api, { test, fixtures }) {
  const { url, app, openid, sessionKey, loginCode, phoneCode, phone, now, encryptedData, createTime, keys } = fixtures;
  const client = api.createClient({ ...app, baseUrl: url });

  async function refused(promise, what) {
    let value;
    try {
      value = await promise;
    } catch (error) {
      for (const secret of [app.secret, encodeURIComponent(app.secret), loginCode, phoneCode, sessionKey]) {
        assert.ok(!textsOf(error).some((text) => text.includes(secret)), `${what}: a secret shows in ${error}`);
      }
      return error;
    }
    return assert.fail(`${what}: expected a failure, got ${JSON.stringify(value)}`);
  }

  test('a login code for a session, once', async () => {
    const session = await client.code2Session(loginCode);
    assert.same(session, { openid, sessionKey }, 'session');
    const error = await refused(client.code2Session(loginCode), 'again');
    assert.ok(error instanceof api.OpenDataError, 'its class');
    assert.same([error.code, error.errcode], ['WECHAT_ERROR', 40029], 'code');
    assert.ok(error.hint.includes(' / '), 'a hint in both languages');
  });

  test('calls with a token: one for all of them', async () => {
    const [data, current, stale, checked, unknown, found] = await Promise.all([
      client.getPhoneNumber(phoneCode, { now, maxAge: 60 }),
      client.checkSession(openid, sessionKey),
      client.checkSession(openid, 'AAAAAAAAAAAAAAAAAAAAAA=='),
      client.checkEncryptedData({ encryptedData }),
      client.checkEncryptedData({ encryptedData: `${encryptedData}=` }),
      client.getUserEncryptKeys(openid, sessionKey),
    ]);
    assert.equal(data.phone.e164, phone, 'phone');
    assert.same([current, stale], [true, false], 'sessions');
    assert.same([checked, unknown], [{ valid: true, createTime }, { valid: false, createTime: 0 }], 'data');
    assert.same(found, keys, 'keys');
  });

  test('an answer that does not come is the platform’s own TimeoutError', async () => {
    const error = await refused(api.createClient({ ...app, baseUrl: url, timeout: 300 }).checkEncryptedData({ encryptedData }), 'silence');
    assert.equal(error.name, 'TimeoutError', 'name');
  });

  test('a page is no answer', async () => {
    const error = await refused(client.checkEncryptedData({ encryptedData }), 'a page');
    assert.same([error.code, error.reason], ['WECHAT_ERROR', 'NOT_JSON'], 'code');
  });

  test('where nobody listens, the error is not this package’s, and holds no secret', async () => {
    const nowhere = api.createClient({ ...app, baseUrl: 'http://127.0.0.1:1' });
    for (const call of [() => nowhere.code2Session(loginCode), () => nowhere.getPhoneNumber(phoneCode)]) {
      const error = await refused(call(), 'nobody');
      assert.ok(error instanceof Error && !(error instanceof api.OpenDataError), String(error));
      assert.ok(error.message.length > 0, 'it says something');
    }
  });

  test('clients with one store share one token', async () => {
    const store = new Map();
    const tokens = await Promise.all([1, 2, 3].map(() => api.createClient({ ...app, baseUrl: url, store }).getAccessToken()));
    assert.equal(new Set(tokens).size, 1, 'tokens');
    assert.ok(!JSON.stringify([...store]).includes(app.secret), 'no secret in the store');
  });
}
