// Signatures under session_key and appKey.

export default function (api, { test, assert, fixtures, stillWorks }) {
  const vector = (id) => fixtures.signatures.find((one) => one.id === id);
  const { rawData, signature, sessionKey } = vector('sig-official');
  const verify = (payload, more) => api.verifySignature({ rawData, signature, ...payload }, { sessionKey, ...more });
  const others = Array.from({ length: 7 }, (_, index) => `${'ABCDEFG'[index].repeat(21)}A==`);

  test('the published signature', () => {
    assert.equal(verify(), true);
    assert.equal(api.verifySignature({ rawData, signature, encryptedData: 7 }, { sessionKey, appid: {} }), true, 'other fields are not read');
  });

  test('false for whatever does not match, and never a throw', () => {
    for (const other of ['', 'x', signature.toUpperCase(), signature.slice(1), `${signature} `, `0${signature}`, '中'.repeat(40), 'x'.repeat(1048577), '\ud800']) {
      assert.equal(verify({ signature: other }), false, other.slice(0, 50));
    }
    for (let at = 0; at < signature.length; at++) {
      const other = signature[at] === '0' ? '1' : '0';
      assert.equal(verify({ signature: signature.slice(0, at) + other + signature.slice(at + 1) }), false, `digit ${at}`);
    }
    for (const other of ['', encodeURIComponent(rawData), JSON.stringify(JSON.parse(rawData), null, 1), `${rawData} `, rawData.slice(1)]) {
      assert.equal(verify({ rawData: other }), false, other.slice(0, 50));
    }
    assert.equal(verify({}, { sessionKey: others[0] }), false);
    stillWorks();
  });

  test('several keys, wherever the right one stands', () => {
    assert.equal(verify({}, { sessionKey: others }), false);
    for (let at = 0; at <= others.length; at++) {
      assert.equal(verify({}, { sessionKey: [...others.slice(0, at), sessionKey, ...others.slice(at)] }), true, `at ${at}`);
    }
  });

  test('what the keys are is judged before anything is compared', () => {
    assert.refuses(api, () => verify({}, { sessionKey: [] }), { code: 'INVALID_ARGUMENT', reason: 'EMPTY' });
    assert.refuses(api, () => verify({}, { sessionKey: Array(9).fill(sessionKey) }), { code: 'INVALID_ARGUMENT', reason: 'TOO_MANY' });
    for (const [key, reason] of [['', 'EMPTY'], [`${sessionKey}\n`, 'WHITESPACE'], [sessionKey.slice(0, -2), 'MISSING_PADDING'], [encodeURIComponent(sessionKey), 'PERCENT_ENCODING'], ['x'.repeat(1048577), 'TOO_LONG']]) {
      const expected = { code: 'ILLEGAL_SESSION_KEY', errcode: -41001, reason };
      assert.refuses(api, () => verify({}, { sessionKey: key }), expected, key.slice(0, 50));
      assert.refuses(api, () => verify({}, { sessionKey: [sessionKey, key] }), expected, key.slice(0, 50));
      assert.refuses(api, () => api.signWithSessionKey(key), expected, key.slice(0, 50));
    }
    assert.refuses(api, () => verify({ rawData: JSON.parse(rawData) }), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
    assert.refuses(api, () => verify({ signature: 7 }), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
  });

  test('the published HMACs', () => {
    const session = vector('hmac-session-doc');
    assert.equal(api.signWithSessionKey(session.key, session.data), session.expected);
    const payment = vector('vpay-pay_sig');
    const [uri, signData] = [payment.data.slice(0, payment.data.indexOf('&')), payment.data.slice(payment.data.indexOf('&') + 1)];
    assert.equal(api.signPayment(payment.key, uri, signData), payment.expected);
  });

  test('without data, the empty text is signed', () => {
    const empty = api.signWithSessionKey(sessionKey);
    assert.ok(/^[0-9a-f]{64}$/.test(empty), empty);
    assert.equal(api.signWithSessionKey(sessionKey, ''), empty);
    assert.equal(api.signWithSessionKey(sessionKey, undefined), empty);
    assert.ok(api.signWithSessionKey(sessionKey, 'x') !== empty, 'other data');
    assert.ok(api.signWithSessionKey(others[0]) !== empty, 'another key');
    assert.refuses(api, () => api.signWithSessionKey(sessionKey, null), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
  });

  test('a payment needs all three', () => {
    for (const values of [['', 'u', 'd'], ['k', '', 'd']]) {
      assert.refuses(api, () => api.signPayment(...values), { code: 'INVALID_ARGUMENT', reason: 'EMPTY' });
    }
    for (const values of [[undefined, 'u', 'd'], ['k', undefined, 'd'], ['k', 'u']]) {
      assert.refuses(api, () => api.signPayment(...values), { code: 'INVALID_ARGUMENT', reason: 'MISSING' });
    }
    assert.equal(api.signPayment('k', 'u', '').length, 64);
  });
}
