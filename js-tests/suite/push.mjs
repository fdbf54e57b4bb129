// Message push.

export default function (api, { test, assert, fixtures, stillWorks }) {
  const { config, query, opened, otherApp, notOpened, noCiphertext } = fixtures.push;
  const vector = (id) => fixtures.pushVectors.find((one) => one.id === id);
  const configOf = ({ token, encodingAesKey, appid }) => ({ token, encodingAESKey: encodingAesKey, appid });
  const queryOf = ({ msgSignature, timestamp, nonce }) => ({ msg_signature: msgSignature, timestamp, nonce });
  const make = (more) => new api.MessagePush({ ...config, ...more });
  const ascii = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const secure = ['push-secure-json-receive', 'push-secure-json-reply'];
  const random = ascii('0123456789abcdef');

  test('the published signatures', () => {
    for (const { token, signature, querySignature, timestamp, nonce, id } of fixtures.pushVectors) {
      if (signature || querySignature) assert.equal(make({ token }).verify({ signature: signature || querySignature, timestamp, nonce }), true, id);
    }
    const push = make();
    assert.equal(push.verify(query), true);
    for (const field of ['signature', 'timestamp', 'nonce']) {
      for (let at = 0; at < query[field].length; at++) {
        const other = query[field][at] === '0' ? '1' : '0';
        assert.equal(push.verify({ ...query, [field]: query[field].slice(0, at) + other + query[field].slice(at + 1) }), false, `${field} ${at}`);
      }
    }
    for (const signature of ['', query.signature.toUpperCase(), 'x'.repeat(1048577), '中']) assert.equal(push.verify({ ...query, signature }), false);
    assert.refuses(api, () => push.verify({ ...query, signature: undefined }), { code: 'INVALID_ARGUMENT', reason: 'MISSING' });
    assert.refuses(api, () => push.verify({ ...query, nonce: ['1'] }), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
  });

  test('the published messages, both ways', () => {
    for (const id of secure) {
      const one = vector(id);
      const push = make(configOf(one));
      assert.equal(push.decrypt(one.encrypt, queryOf(one)), one.plaintext, id);
      for (const timestamp of [one.timestamp, Number(one.timestamp), new Date(Number(one.timestamp) * 1000)]) {
        assert.same(
          push.encrypt(one.plaintext, { timestamp, nonce: one.nonce, random: ascii(one.random) }),
          { Encrypt: one.encrypt, MsgSignature: one.msgSignature, TimeStamp: Number(one.timestamp), Nonce: one.nonce },
          id,
        );
      }
    }
  });

  test('every message, whatever its padding', () => {
    const push = make();
    for (const one of opened) assert.equal(push.decrypt(one.encrypt, one.query), one.message);
    assert.equal(opened.length, 37);
  });

  test('another instance, another message: nothing is kept between calls', () => {
    const [push, other] = [make(), make({ token: 'other', appid: fixtures.otherAppid })];
    const [one] = opened;
    assert.refuses(api, () => other.decrypt(one.encrypt, one.query), { code: 'SIGNATURE_MISMATCH' });
    assert.equal(push.decrypt(one.encrypt, one.query), one.message);
    const reply = other.encrypt('x', { random, nonce: '1', timestamp: 5 });
    assert.equal(other.decrypt(reply.Encrypt, { msg_signature: reply.MsgSignature, timestamp: '5', nonce: '1' }), 'x');
  });

  test('a signature that does not match is refused before anything else is said', () => {
    const push = make();
    for (const { encrypt, query: right } of [opened[2], otherApp[0], notOpened[0], noCiphertext.ILLEGAL_CHARACTER]) {
      for (const wrong of [{ msg_signature: '' }, { msg_signature: query.signature }, { timestamp: '1700000001' }, { nonce: '' }]) {
        assert.refuses(api, () => push.decrypt(encrypt, { ...right, ...wrong }), { code: 'SIGNATURE_MISMATCH', reason: undefined, errcode: undefined });
      }
    }
    const { encrypt, query: right } = opened[2];
    for (let at = 0; at < encrypt.length; at++) {
      const other = encrypt[at] === 'A' ? 'B' : 'A';
      assert.refuses(api, () => push.decrypt(encrypt.slice(0, at) + other + encrypt.slice(at + 1), right), { code: 'SIGNATURE_MISMATCH' }, `character ${at}`);
    }
  });

  test('what is wrong with a plaintext is one failure; another app is told apart', () => {
    const push = make();
    const failures = notOpened.map(({ encrypt, query: right }) => assert.refuses(api, () => push.decrypt(encrypt, right), { code: 'DECRYPT_FAILED', errcode: -41003, reason: undefined }));
    for (const error of failures) {
      assert.equal(error.message, failures[0].message);
      assert.equal(error.hint, failures[0].hint);
    }
    for (const { encrypt, query: right } of otherApp) assert.refuses(api, () => push.decrypt(encrypt, right), { code: 'APPID_MISMATCH', errcode: -41003 });
    for (const reason of Object.keys(noCiphertext)) {
      const { encrypt, query: right } = noCiphertext[reason];
      const code = /^(EMPTY|WRONG_LENGTH)$/.test(reason) ? 'ILLEGAL_BUFFER' : 'ILLEGAL_BASE64';
      assert.refuses(api, () => push.decrypt(encrypt, right), { code, reason }, reason);
    }
    assert.refuses(api, () => push.decrypt('x'.repeat(1048577), opened[0].query), { code: 'ILLEGAL_BUFFER', reason: 'TOO_LONG' });
    stillWorks();
  });

  test('replies: what is left out is filled in', () => {
    const push = make();
    const before = Math.floor(Date.now() / 1000);
    const seen = {};
    for (let round = 0; round < 50; round++) {
      let reply;
      try {
        reply = push.encrypt('{}');
      } catch (error) {
        // Only a host without a generator may ask for random bytes.
        assert.ok(typeof crypto === 'undefined', 'this host has a generator');
        assert.refuses(api, () => push.encrypt('{}'), { code: 'INVALID_ARGUMENT', reason: 'MISSING', message: 'options.random: expected a Uint8Array of 16 random bytes, found nothing' });
        assert.ok(error.hint.length > 0, 'a hint');
        return;
      }
      assert.ok(/^(0|[1-9][0-9]{0,9})$/.test(reply.Nonce), reply.Nonce);
      assert.ok(reply.TimeStamp >= before && reply.TimeStamp <= Date.now() / 1000, 'the clock\'s');
      assert.ok(/^[0-9a-f]{40}$/.test(reply.MsgSignature), reply.MsgSignature);
      const back = push.decrypt(reply.Encrypt, { msg_signature: reply.MsgSignature, timestamp: String(reply.TimeStamp), nonce: reply.Nonce });
      assert.equal(back, '{}');
      seen[reply.Encrypt] = seen[reply.Nonce] = true;
    }
    assert.ok(Object.keys(seen).length > 95, 'never the same twice');
  });

  test('replies: what is given is judged', () => {
    const push = make();
    const all = { timestamp: 5, nonce: 'n', random };
    assert.same(Object.keys(push.encrypt('', all)), ['Encrypt', 'MsgSignature', 'TimeStamp', 'Nonce']);
    const refuses = (more, reason, field) => {
      const error = assert.refuses(api, () => push.encrypt('', { ...all, ...more }), { code: 'INVALID_ARGUMENT', reason });
      assert.ok(error.message.startsWith(`options.${field}: `), error.message);
    };
    for (const timestamp of ['05', '', ' 5', '5.0', '-1', -1, NaN, Infinity, '1e3', 'x'.repeat(30), new Date(NaN)]) refuses({ timestamp }, 'OUT_OF_RANGE', 'timestamp');
    for (const timestamp of [1700000000000, '1700000000000']) refuses({ timestamp }, 'MILLISECONDS', 'timestamp');
    for (const timestamp of [null, true, {}]) refuses({ timestamp }, 'WRONG_TYPE', 'timestamp');
    assert.equal(push.encrypt('', { ...all, timestamp: 5.9 }).TimeStamp, 5);
    refuses({ nonce: '' }, 'EMPTY', 'nonce');
    refuses({ nonce: 7 }, 'WRONG_TYPE', 'nonce');
    refuses({ nonce: new Uint8Array(4) }, 'WRONG_TYPE', 'nonce');
    for (const length of [0, 15, 17, 1048577]) refuses({ random: new Uint8Array(length) }, 'OUT_OF_RANGE', 'random');
    for (const value of ['0123456789abcdef', new Uint8ClampedArray(16), Array(16).fill(0), null]) refuses({ random: value }, 'WRONG_TYPE', 'random');
    assert.refuses(api, () => push.encrypt('', null), { code: 'INVALID_ARGUMENT', message: 'options: expected an object, found null' });
    assert.refuses(api, () => push.encrypt('x'.repeat(1048576), all), { code: 'INVALID_ARGUMENT', reason: 'TOO_LONG' });
    // The instance's own random bytes stay as they are.
    assert.same([...random], [...ascii('0123456789abcdef')]);
  });

  test('settings are judged by the constructor', () => {
    const key = config.encodingAESKey;
    for (const [more, reason] of [
      [{ token: '' }, 'EMPTY'], [{ appid: '' }, 'EMPTY'], [{ token: undefined }, 'MISSING'], [{ appid: null }, 'WRONG_TYPE'], [{ appid: [config.appid] }, 'WRONG_TYPE'],
      [{ encodingAESKey: undefined }, 'MISSING'], [{ encodingAESKey: '' }, 'WRONG_LENGTH'], [{ encodingAESKey: `${key}=` }, 'WRONG_LENGTH'], [{ encodingAESKey: key.slice(1) }, 'WRONG_LENGTH'],
      [{ encodingAESKey: `${key.slice(1)}=` }, 'ILLEGAL_CHARACTER'], [{ encodingAESKey: `${key.slice(1)}_` }, 'ILLEGAL_CHARACTER'], [{ encodingAESKey: `${key.slice(1)}\n` }, 'ILLEGAL_CHARACTER'],
      [{ encodingAESKey: `${key.slice(3)}中` }, 'ILLEGAL_CHARACTER'], [{ token: 'x'.repeat(1048577) }, 'TOO_LONG'],
    ]) {
      const error = assert.refuses(api, () => make(more), { code: 'INVALID_ARGUMENT', reason }, JSON.stringify(more).slice(0, 80));
      assert.ok(!`${error.message}${error.hint}`.includes(key.slice(3, 20)), 'the key is not shown');
    }
    assert.refuses(api, () => new api.MessagePush(), { code: 'INVALID_ARGUMENT', message: 'config: expected an object, found nothing' });
  });

  test('the last character of a key has bits that mean nothing', () => {
    const one = vector(secure[0]);
    for (const last of 'ABCD') {
      const push = make({ ...configOf(one), encodingAESKey: 'A'.repeat(42) + last });
      assert.equal(push.decrypt(one.encrypt, queryOf(one)), one.plaintext);
    }
    const other = make({ ...configOf(one), encodingAESKey: `${'A'.repeat(42)}E` });
    assert.refuses(api, () => other.decrypt(one.encrypt, queryOf(one)), { code: 'DECRYPT_FAILED' });
  });

  test('an instance shows nothing, and keeps what it was made with', () => {
    const settings = { ...config };
    const push = new api.MessagePush(settings);
    settings.token = settings.encodingAESKey = settings.appid = 'changed';
    assert.equal(push.verify(query), true);
    assert.equal(JSON.stringify(push), '{}');
    assert.same(Object.getOwnPropertyNames(push), []);
    assert.equal(Object.getOwnPropertySymbols(push).length, 0);
    assert.equal(api.MessagePush.name, 'MessagePush');
    const { verify, decrypt, encrypt } = push;
    for (const call of [() => verify(query), () => decrypt('x', query), () => encrypt('x'), () => verify.call({ ...config }, query), () => verify.call(Object.create(push), query)]) {
      assert.refuses(api, call, { code: 'INVALID_ARGUMENT', message: 'this: expected a MessagePush, found nothing' });
    }
    class Own extends api.MessagePush {}
    assert.equal(new Own(config).verify(query), true, 'a subclass');
  });

  test('every field is read once, and no more of them than there are', () => {
    const reads = {};
    const counting = (object, prefix) =>
      Object.defineProperties({}, Object.fromEntries(Object.keys(object).map((key) => [key, { enumerable: true, get: () => {
        reads[prefix + key] = (reads[prefix + key] || 0) + 1;
        // What is called from within a getter must not disturb the call that reads it.
        stillWorks();
        return object[key];
      } }])));
    const push = new api.MessagePush(counting({ ...config, other: 1 }, 'config.'));
    assert.equal(push.verify(counting({ ...query, other: 1 }, 'verify.')), true);
    assert.equal(push.decrypt(opened[2].encrypt, counting({ ...opened[2].query, other: 1 }, 'decrypt.')), opened[2].message);
    push.encrypt('', counting({ timestamp: 5, nonce: 'n', random, other: 1 }, 'encrypt.'));
    for (const key of Object.keys(reads)) assert.equal(reads[key], 1, key);
    assert.equal(Object.keys(reads).length, 12, 'number of fields read');
  });
}
