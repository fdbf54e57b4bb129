// Batches.

export default function (api, { test, assert, fixtures, official, policy, payload, stillWorks }) {
  const { watermarks, keys, repairs } = fixtures;
  const record = (fixture, more) => ({ ...payload(fixture), sessionKey: fixture.sessionKey, ...more });
  const good = record(watermarks.valid);
  const expected = JSON.parse(watermarks.valid.plaintext);
  /** Results as plain data, an error as its code and reason. */
  const outcomes = (records, more) =>
    api.decryptMany(records, policy(more)).map((result) => {
      assert.ok(['fulfilled', 'rejected'].includes(result.status), 'status');
      if (result.status === 'fulfilled') return result.value;
      assert.ok(result.reason instanceof api.OpenDataError, 'reason is an OpenDataError');
      return [result.reason.code, result.reason.reason].join(' ').trim();
    });

  test('results stand in the order of the input, whatever some of them are', () => {
    const records = [
      good,
      record(watermarks.otherApp),
      record(watermarks.valid, { sessionKey: keys.stale }),
      record(watermarks.valid, { sessionKey: [keys.stale, good.sessionKey] }),
      record(watermarks.valid, { iv: '' }),
      record(watermarks.valid, { encryptedData: 'x' }),
      record(watermarks.valid, { sessionKey: 7 }),
      record(repairs.plain),
      record(watermarks.absent),
      good,
    ];
    assert.same(outcomes(records), [
      expected,
      'APPID_MISMATCH',
      'DECRYPT_FAILED',
      expected,
      'ILLEGAL_IV EMPTY',
      'ILLEGAL_BASE64 TRUNCATED',
      'INVALID_ARGUMENT WRONG_TYPE',
      JSON.parse(repairs.plain.plaintext),
      'WATERMARK_MISSING ABSENT',
      expected,
    ]);
  });

  test('each result is what decrypt gives or throws for the record', () => {
    const all = [...Object.values(watermarks), ...fixtures.notObjects, ...fixtures.notUtf8, ...fixtures.oddObjects, ...repairs.leading];
    for (const more of [{}, { appid: null, watermark: 'optional' }, { strict: true }, { maxAge: 10 }]) {
      const results = api.decryptMany(all.map((fixture) => record(fixture)), policy(more));
      assert.equal(results.length, all.length, 'number of results');
      all.forEach((fixture, i) => {
        const result = results[i];
        if (result.status === 'fulfilled') {
          assert.same(result.value, api.decrypt(fixture, policy({ ...more, sessionKey: fixture.sessionKey })));
          return;
        }
        const error = assert.thrown(() => api.decrypt(fixture, policy({ ...more, sessionKey: fixture.sessionKey })));
        assert.equal(result.reason.message, error.message, 'message');
        assert.same({ ...result.reason }, { ...error }, 'fields');
      });
    }
  });

  test('no records, and all the records there may be', () => {
    assert.same(outcomes([]), []);
    const short = { encryptedData: 'AAAAAAAAAAAAAAAAAAAAAA==', iv: good.iv, sessionKey: good.sessionKey };
    const results = outcomes(Array(100000).fill(short));
    assert.equal(results.length, 100000, 'number of results');
    assert.same([...new Set(results)], ['DECRYPT_FAILED']);
    const tooMany = { code: 'INVALID_ARGUMENT', reason: 'TOO_MANY' };
    assert.refuses(api, () => api.decryptMany(Array(100001).fill(short), policy()), tooMany);
    assert.refuses(api, () => api.decryptMany(new Array(4294967295), policy()), tooMany);
    stillWorks();
  });

  test('many large records', () => {
    const large = record(watermarks.valid, { encryptedData: 'A'.repeat(1048576) });
    const results = outcomes([...Array(20).fill(large), good, ...Array(20).fill(large), good]);
    assert.equal(results.length, 42, 'number of results');
    assert.same([results[20], results[41]], [expected, expected]);
    assert.same([...new Set(results.filter((result) => typeof result === 'string'))], ['DECRYPT_FAILED']);
  });

  test('only the policy and what is no array make the call itself fail', () => {
    const invalid = (reason) => ({ code: 'INVALID_ARGUMENT', reason });
    const call = (...args) => () => api.decryptMany(...args);
    assert.refuses(api, call([good], { now: 0 }), invalid('MISSING'));
    assert.refuses(api, call([], { now: 0 }), invalid('MISSING'), 'no records, no appid');
    assert.refuses(api, call([good]), invalid('MISSING'));
    assert.refuses(api, call(), invalid('MISSING'));
    assert.refuses(api, call({ length: 1, 0: good }, policy()), invalid('WRONG_TYPE'));
    assert.refuses(api, call('records', policy()), invalid('WRONG_TYPE'));
    assert.refuses(api, call([good], policy({ strict: 'yes' })), invalid('WRONG_TYPE'));
  });

  // Whatever stands in a record, the records around it get what is theirs. A record may hold what a client sent, so a value that
  // is read as something else than itself would let one client answer for another.
  test('a bad record spoils no other', () => {
    const forged = record(official);
    const parts = [{}, forged.encryptedData, forged.iv, forged.sessionKey];
    const lists = [[], [1], parts, [...parts, ...parts], parts.slice(1), ['x', ...parts], ['x', 'y', ...parts], [[parts], parts], Array(1001).fill('x')];
    const values = [undefined, null, true, 7, NaN, '', 'x', {}, ...lists];
    const bad = [
      ...values,
      ...values.map((value) => record(watermarks.valid, { encryptedData: value })),
      ...values.map((value) => record(watermarks.valid, { iv: value })),
      ...values.map((value) => record(watermarks.valid, { sessionKey: value })),
      ...values.map((value) => ({ encryptedData: value, iv: value, sessionKey: value })),
      ...lists.map((list) => record(watermarks.valid, { sessionKey: [good.sessionKey, list] })),
    ];
    for (const one of bad) {
      const results = outcomes([good, one, good, one, one, good], { appid: [fixtures.appid, official.appid], now: 2e9 });
      const what = JSON.stringify(one);
      assert.equal(results.length, 6, what);
      for (const i of [0, 2, 5]) assert.same(results[i], expected, `${what}: record ${i}`);
      for (const i of [1, 3, 4]) assert.equal(typeof results[i], 'string', `${what}: record ${i}`);
    }
  });

  test('a record that cannot be read is a result, and is read once', () => {
    let reads = 0;
    const counting = {
      get encryptedData() {
        reads++;
        return good.encryptedData;
      },
      iv: good.iv,
      sessionKey: good.sessionKey,
    };
    const throwing = {
      get iv() {
        throw new Error('secret');
      },
    };
    assert.same(outcomes([throwing, counting, throwing, good]), [
      'INVALID_ARGUMENT UNREADABLE',
      expected,
      'INVALID_ARGUMENT UNREADABLE',
      expected,
    ]);
    assert.equal(reads, 1, 'reads');
  });

  test('a session key in the policy is not used', () => {
    const { sessionKey, ...rest } = good;
    assert.same(outcomes([rest], { sessionKey }), ['INVALID_ARGUMENT MISSING']);
  });
}
