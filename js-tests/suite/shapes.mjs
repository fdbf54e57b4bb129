// The shapes that WeChat really sends, which are read in a shorter way than other JSON, and what is nearly one of them. The result is
// what JSON.parse makes of the text, down to the order of its fields, whichever way was taken.

export default function (api, { test, assert, fixtures, policy }) {
  const opened = fixtures.shapes.map((fixture) => ({ fixture, expected: JSON.parse(fixture.plaintext) }));
  const check = (value, { expected, fixture }) => {
    assert.same(value, expected, fixture.plaintext);
    assert.equal(JSON.stringify(value), JSON.stringify(expected), 'fields in their order');
    assert.equal(Object.getPrototypeOf(value), Object.prototype, 'prototype');
    assert.equal(Object.getPrototypeOf(value.watermark), Object.prototype, 'prototype of the watermark');
  };

  test('shapes open to what JSON.parse makes of them, each by itself', () => {
    assert.ok(opened.length > 100, 'there are shapes');
    for (const { fixture, expected } of opened) {
      for (const appid of [fixtures.appid, [fixtures.otherAppid, fixtures.appid], null]) {
        check(api.decrypt(fixture, policy({ sessionKey: fixture.sessionKey, appid })), { fixture, expected });
      }
    }
  });

  test('shapes open to what JSON.parse makes of them, all in one batch', () => {
    for (const appid of [fixtures.appid, [fixtures.appid], null]) {
      const results = api.decryptMany(opened.map(({ fixture }) => fixture), policy({ appid }));
      opened.forEach((one, i) => check(results[i].value, one));
    }
  });

  test('the watermark of a shape is checked like any other', () => {
    for (const { fixture } of opened) {
      const refuses = (more, code) =>
        assert.refuses(api, () => api.decrypt(fixture, policy({ sessionKey: fixture.sessionKey, ...more })), { code }, fixture.plaintext);
      refuses({ appid: fixtures.otherAppid }, 'APPID_MISMATCH');
      refuses({ now: fixtures.timestamp + 200, maxAge: 100 }, 'WATERMARK_EXPIRED');
      refuses({ now: fixtures.timestamp - 1, clockSkew: 0 }, 'WATERMARK_IN_FUTURE');
    }
  });

  test('results of one shape share nothing that can be changed', () => {
    const { fixture, expected } = opened[0];
    const open = () => api.decrypt(fixture, policy({ sessionKey: fixture.sessionKey }));
    const first = open();
    first.watermark.appid = 'changed';
    delete first.phoneNumber;
    check(open(), { fixture, expected });
  });
}
