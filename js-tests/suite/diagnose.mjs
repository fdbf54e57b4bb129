// The known causes, in sentences. Notes may be reworded, so what is looked for are the words that name the cause.

export default function (api, { test, assert, fixtures, official, policy, payload }) {
  const { watermarks, keys, repairs } = fixtures;
  const subject = watermarks.valid;
  const CJK = /[\u4e00-\u9fff]/;

  /** Diagnoses, checks what is true of every diagnosis, and returns it. */
  const diagnose = (texts, more) => {
    const { encryptedData, iv, sessionKey } = { ...subject, ...texts };
    const full = policy({ sessionKey, ...more });
    const diagnosis = api.diagnose({ encryptedData, iv }, full);
    const { ok, code, reason, sessionKeyIndex, repairs: made, notes, ...rest } = diagnosis;
    assert.same(rest, {}, 'no other fields');
    assert.equal(typeof ok, 'boolean', 'ok');
    assert.ok(Array.isArray(made) && Array.isArray(notes) && notes.length > 0, 'repairs and notes are lists');
    for (const note of notes) assert.ok(CJK.test(note) && /[a-z]{3}/.test(note) && note.includes(' / '), `in both languages: ${note}`);
    for (const key of ['code', 'reason', 'sessionKeyIndex']) assert.ok(!(key in diagnosis) || diagnosis[key] !== undefined, `${key} is absent or a value`);
    // It is decrypt's verdict.
    try {
      api.decrypt({ encryptedData, iv }, full);
      assert.same([ok, code, reason], [true, undefined, undefined], 'verdict');
    } catch (error) {
      if (!(error instanceof api.OpenDataError)) throw error;
      assert.same([ok, code, reason], [false, error.code, error.reason], 'verdict');
    }
    // No key, no iv, no plaintext.
    const text = JSON.stringify(diagnosis);
    for (const secret of [sessionKey, iv, encryptedData].flat()) {
      if (typeof secret !== 'string' || secret.length < 8) continue;
      for (let at = 0; at + 8 <= Math.min(secret.length, 600); at++) assert.ok(!text.includes(secret.slice(at, at + 8)), 'no text of the payload');
    }
    for (const secret of ['13000000000', 'phoneNumber', 'openId', '张三']) assert.ok(!text.includes(secret), 'no plaintext');
    return diagnosis;
  };
  const says = (diagnosis, words, what) =>
    assert.ok(diagnosis.notes.some((note) => words.test(note)), `${what}: ${JSON.stringify(diagnosis.notes)}`);
  const saysFirst = (diagnosis, words, what) => assert.ok(words.test(diagnosis.notes[0]), `${what}: ${JSON.stringify(diagnosis.notes)}`);

  test('what opens', () => {
    const diagnosis = diagnose({});
    assert.same([diagnosis.ok, diagnosis.sessionKeyIndex, diagnosis.repairs], [true, 0, []]);
    says(diagnosis, /opens the data/, 'the key opens it');
  });

  test('which key', () => {
    const diagnosis = diagnose({ sessionKey: [keys.stale, keys.passesPadding, subject.sessionKey] });
    assert.same([diagnosis.ok, diagnosis.sessionKeyIndex], [true, 2]);
    says(diagnosis, /key 3 of 3/, 'number of the key');
    says(diagnosis, /before the latest wx\.login/, 'cause');
  });

  test('a stale key', () => {
    for (const sessionKey of [keys.stale, keys.passesPadding, [keys.stale, keys.passesPadding]]) {
      const diagnosis = diagnose({ sessionKey });
      assert.same([diagnosis.code, diagnosis.sessionKeyIndex], ['DECRYPT_FAILED', undefined]);
      saysFirst(diagnosis, /stale.*wx\.login/, 'stale');
    }
  });

  test('a key that is not decoded', () => {
    const text = Array.from(subject.sessionKey, (char) => char.charCodeAt(0).toString(2).padStart(8, '0')).join('');
    const twice = text.match(/.{6}/g).map((bits) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'[parseInt(bits, 2)]).join('');
    const diagnosis = diagnose({ sessionKey: twice });
    assert.same([diagnosis.code, diagnosis.reason], ['ILLEGAL_SESSION_KEY', 'ENCODED_TWICE']);
    saysFirst(diagnosis, /24-character text/, 'encoded twice');
  });

  test('key and iv swapped', () => {
    for (const fixture of [subject, repairs.plain, official]) {
      const swapped = { encryptedData: fixture.encryptedData, iv: fixture.sessionKey, sessionKey: fixture.iv };
      const diagnosis = diagnose(swapped, { appid: null });
      assert.equal(diagnosis.code, 'DECRYPT_FAILED');
      saysFirst(diagnosis, /swapped/, 'swapped');
      saysFirst(diagnose({ ...swapped, sessionKey: [keys.stale, fixture.iv] }), /swapped/, 'swapped, second of two keys');
    }
  });

  test('a key of the wrong length', () => {
    for (const sessionKey of ['AAAA', 'AAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAAA=', 'z'.repeat(32)]) {
      const diagnosis = diagnose({ sessionKey });
      assert.same([diagnosis.code, diagnosis.reason], ['ILLEGAL_SESSION_KEY', 'WRONG_LENGTH']);
      saysFirst(diagnosis, /expected base64 of 16 bytes, found \d+ bytes/, 'wrong length');
    }
    saysFirst(diagnose({ sessionKey: '0123456789abcdef0123456789abcdef' }), /AppSecret/, 'AppSecret');
    saysFirst(diagnose({ sessionKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE' }), /EncodingAESKey/, 'EncodingAESKey');
  });

  test('which repairs were needed', () => {
    const damaged = {
      encryptedData: repairs.plain.encryptedData.replace(/\+/g, ' '),
      iv: encodeURIComponent(repairs.plain.iv),
      sessionKey: repairs.plain.sessionKey.replace(/=+$/, ''),
    };
    const diagnosis = diagnose(damaged);
    assert.equal(diagnosis.ok, true);
    assert.same(diagnosis.repairs, ['PERCENT_ENCODING', 'LOST_PLUS', 'MISSING_PADDING']);
    says(diagnosis, /encryptedData: .*'\+' was lost/, 'lost plus');
    says(diagnosis, /iv: percent-encoded/, 'percent-encoded');
    says(diagnosis, /sessionKey: '=' at the end is missing/, 'padding');
    // One text beyond repair does not hide what is wrong with the others.
    assert.same(diagnose({ ...damaged, iv: '!' }).repairs, ['LOST_PLUS', 'MISSING_PADDING']);
  });

  test('data that was cut', () => {
    const text = repairs.plain.encryptedData;
    for (const length of [64, 128, 64 + 22, 128 + 43]) {
      for (const cut of [text.slice(0, length)]) {
        if (cut.length % 4 === 1) continue;
        // 64 characters are 48 bytes; 22 and 43 more end within a block's last character, which has bits to spare.
        const diagnosis = diagnose({ ...repairs.plain, encryptedData: cut });
        if (length % 64 === 0) {
          assert.equal(diagnosis.code, 'DECRYPT_FAILED');
          saysFirst(diagnosis, /cut short/, `cut to ${length}`);
        } else assert.equal(diagnosis.ok, false);
      }
    }
    for (const length of [63, 62, 100, 101]) {
      const diagnosis = diagnose({ ...repairs.plain, encryptedData: text.slice(0, length) });
      assert.ok(['ILLEGAL_BASE64', 'ILLEGAL_BUFFER'].includes(diagnosis.code), diagnosis.code);
    }
    const beginning = diagnose({ ...repairs.plain, encryptedData: text.slice(64) });
    saysFirst(beginning, /session_key is right, .*beginning of encryptedData is missing/, 'beginning missing');
  });

  test('the iv of other data', () => {
    saysFirst(diagnose({ iv: official.iv }), /session_key is right, but the iv belongs to other data/, 'iv of other data');
  });

  test('texts in the wrong places', () => {
    const { encryptedData, iv, sessionKey } = repairs.plain;
    says(diagnose({ encryptedData: iv, iv: encryptedData, sessionKey }), /given as iv has the length of encryptedData/, 'iv and data');
    says(diagnose({ encryptedData: sessionKey, iv, sessionKey: encryptedData }), /given as sessionKey has the length of encryptedData/, 'key and data');
  });

  test('data of another app, old data, milliseconds', () => {
    const other = diagnose(watermarks.otherApp);
    assert.same([other.code, other.sessionKeyIndex], ['APPID_MISMATCH', 0]);
    saysFirst(other, /another mini-program/, 'another app');
    const old = diagnose({ sessionKey: [keys.stale, subject.sessionKey] }, { maxAge: 1 });
    assert.same([old.code, old.sessionKeyIndex], ['WATERMARK_EXPIRED', 1]);
    saysFirst(old, /maxAge/, 'too old');
    const future = diagnose({}, { now: 0 });
    assert.same([future.code, future.sessionKeyIndex], ['WATERMARK_IN_FUTURE', 0]);
    saysFirst(future, /clock/, 'clock');
    const milliseconds = diagnose(watermarks.milliseconds);
    // "Present as well where only the watermark was refused."
    assert.same([milliseconds.code, milliseconds.reason, milliseconds.sessionKeyIndex], ['WATERMARK_MISSING', 'MILLISECONDS', 0]);
    saysFirst(milliseconds, /milliseconds/, 'milliseconds');
    const absent = diagnose(watermarks.absent);
    assert.same([absent.code, absent.reason, absent.sessionKeyIndex], ['WATERMARK_MISSING', 'ABSENT', 0]);
    saysFirst(absent, /optional/, 'absent');
  });

  test('every fixture gets decrypt’s verdict', () => {
    const groups = [Object.values(watermarks), fixtures.wrongShapes, fixtures.notObjects, fixtures.oddObjects, fixtures.notUtf8, fixtures.badPadding];
    for (const fixture of groups.flat()) {
      diagnose(fixture);
      diagnose(fixture, { appid: null, watermark: 'optional', strict: true });
    }
  });

  test('only INVALID_ARGUMENT is thrown', () => {
    const run = (data, more) => () => api.diagnose(data, policy({ sessionKey: subject.sessionKey, ...more }));
    assert.refuses(api, run(undefined), { code: 'INVALID_ARGUMENT', reason: 'MISSING' });
    assert.refuses(api, run(payload(subject), { sessionKey: [] }), { code: 'INVALID_ARGUMENT', reason: 'EMPTY' });
    assert.refuses(api, run(payload(subject), { appid: undefined }), { code: 'INVALID_ARGUMENT', reason: 'MISSING' });
    assert.refuses(api, run({ ...payload(subject), iv: 7 }), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
    // Oversize text is a state of the payload, like any other fault of it.
    for (const text of ['A'.repeat(1048577), ' '.repeat(1048577)]) {
      for (const texts of [{ encryptedData: text }, { iv: text }, { sessionKey: text }, { sessionKey: [subject.sessionKey, text] }]) {
        assert.equal(diagnose(texts).reason, 'TOO_LONG', Object.keys(texts)[0]);
      }
    }
  });
}
