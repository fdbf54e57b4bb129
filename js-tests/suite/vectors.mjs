// Published data, and synthetic data of every shape.

export default function (api, { test, assert, vectors, fixtures, policy, payload }) {
  test('every published vector opens to its plaintext', () => {
    assert.ok(vectors.length >= 5, 'there are vectors');
    for (const vector of vectors) {
      const { sessionKey, appid } = vector;
      assert.same(api.decrypt(payload(vector), { sessionKey, appid }), JSON.parse(vector.plaintext), vector.id);
    }
  });

  test('what is canonical opens in strict mode, and what was damaged does not', () => {
    for (const vector of vectors) {
      const { sessionKey, appid } = vector;
      const open = () => api.decrypt(payload(vector), { sessionKey, appid, strict: true });
      if (vector.derived) assert.refuses(api, open, { code: 'ILLEGAL_BASE64', errcode: -41004 }, vector.id);
      else assert.same(open(), JSON.parse(vector.plaintext), vector.id);
    }
  });

  test('whatever JSON.parse makes of an object is the result', () => {
    for (const fixture of fixtures.oddObjects) {
      const value = api.decrypt(fixture, { sessionKey: fixture.sessionKey, appid: null, watermark: 'optional' });
      assert.same(value, JSON.parse(fixture.plaintext), fixture.plaintext);
    }
    assert.equal({}.polluted, undefined, 'Object.prototype');
  });

  test('the result is a plain object of its own', () => {
    const fixture = fixtures.repairs.plain;
    const open = () => api.decrypt(fixture, policy({ sessionKey: fixture.sessionKey }));
    const first = open();
    assert.equal(Object.getPrototypeOf(first), Object.prototype, 'prototype');
    first.nickName = 'changed';
    assert.same(open(), JSON.parse(fixture.plaintext));
  });

  test('other fields of a request body are ignored', () => {
    const fixture = fixtures.watermarks.otherApp;
    const body = { ...payload(fixture), appid: null, sessionKey: 'x', strict: 7, now: -1, watermark: 'optional', policy: {} };
    assert.refuses(api, () => api.decrypt(body, policy({ sessionKey: fixture.sessionKey })), { code: 'APPID_MISMATCH' });
    assert.same(
      api.decrypt(body, policy({ sessionKey: fixture.sessionKey, appid: fixtures.otherAppid })),
      JSON.parse(fixture.plaintext),
    );
  });

  test('init() may be called any number of times and changes nothing', async () => {
    const { decrypt } = api;
    await Promise.all([api.init(), api.init()]);
    assert.equal(await api.init(), undefined);
    assert.equal(api.decrypt, decrypt);
    const fixture = fixtures.repairs.plain;
    assert.same(decrypt(fixture, policy({ sessionKey: fixture.sessionKey })), JSON.parse(fixture.plaintext));
  });
}
