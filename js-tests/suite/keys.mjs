// Several session keys, and one and the same answer to everything that does not open.

const FAILED = {
  code: 'DECRYPT_FAILED',
  errcode: -41003,
  reason: undefined,
  errmsg: undefined,
  message: 'encryptedData does not open with the given sessionKey and iv',
};

export default function (api, { test, assert, fixtures, policy }) {
  const subject = fixtures.watermarks.valid;
  const { stale, passesPadding, opensAsText } = fixtures.keys;
  const open = (sessionKey) => api.decrypt(subject, policy({ sessionKey }));

  test('the keys are tried in order, and the first that opens the data counts', () => {
    const right = subject.sessionKey;
    const expected = JSON.parse(subject.plaintext);
    const wrong = [stale, passesPadding];
    for (let position = 0; position < 8; position++) {
      const list = Array.from({ length: 8 }, (_, i) => (i === position ? right : wrong[i % 2]));
      assert.same(open(list), expected, `right key at ${position}`);
      assert.same(open(list.slice(0, position + 1)), expected, `right key last of ${position + 1}`);
      assert.equal(api.diagnose(subject, policy({ sessionKey: list })).sessionKeyIndex, position, 'sessionKeyIndex');
    }
    assert.equal(api.diagnose(subject, policy({ sessionKey: [right, right] })).sessionKeyIndex, 0, 'of two the first');
  });

  test('a wrong key that passes the padding check is a wrong key like any other', () => {
    const one = assert.refuses(api, () => open(stale), FAILED);
    const others = [passesPadding, [stale, passesPadding], [passesPadding, passesPadding], [passesPadding, stale]];
    for (const key of others) assert.equal(assert.refuses(api, () => open(key), FAILED).hint, one.hint, 'hint');
  });

  test('a wrong key whose text is no JSON object gives way to the next key', () => {
    const { sessionKey, wrongKey, plaintext } = opensAsText;
    const tryKeys = (keys) => api.decrypt(opensAsText, { sessionKey: keys, appid: null, watermark: 'optional' });
    assert.same(tryKeys([wrongKey, sessionKey]), JSON.parse(plaintext));
    assert.refuses(api, () => tryKeys(wrongKey), FAILED);
  });

  test('a key that opens the data settles it: its watermark is not forgiven by a later key', () => {
    const { sessionKey } = fixtures.watermarks.otherApp;
    const list = [stale, sessionKey, sessionKey];
    assert.refuses(api, () => api.decrypt(fixtures.watermarks.otherApp, policy({ sessionKey: list })), { code: 'APPID_MISMATCH' });
  });

  test('padding, UTF-8 and JSON failures are one and the same', () => {
    const { notObjects, notUtf8, badPadding } = fixtures;
    const all = [...notObjects, ...notUtf8, ...badPadding];
    const answers = new Set();
    for (const fixture of all) {
      for (const appid of [null, fixtures.appid]) {
        for (const watermark of ['optional', 'required']) {
          const run = () => api.decrypt(fixture, policy({ appid, watermark, sessionKey: fixture.sessionKey }));
          const error = assert.refuses(api, run, FAILED, JSON.stringify(fixture.plaintext));
          answers.add(JSON.stringify([error.name, error.message, { ...error }]));
        }
      }
    }
    assert.equal(answers.size, 1, 'number of different answers');
  });

  test('one illegal key among several is an error before any key is used', () => {
    const expected = { code: 'ILLEGAL_SESSION_KEY', reason: 'WRONG_LENGTH' };
    assert.refuses(api, () => open([subject.sessionKey, 'AAAA']), expected);
    assert.refuses(api, () => open(['AAAA', subject.sessionKey]), expected);
  });
}
