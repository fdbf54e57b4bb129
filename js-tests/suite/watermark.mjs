// Which app, how old, how far ahead, and whether there is one at all.

export default function (api, { test, assert, fixtures, policy }) {
  const { watermarks, appid, otherAppid, timestamp } = fixtures;
  const open = (fixture, more) => api.decrypt(fixture, policy({ sessionKey: fixture.sessionKey, ...more }));
  const opens = (fixture, more, what) => assert.same(open(fixture, more), JSON.parse(fixture.plaintext), what);
  const refuses = (fixture, more, code, reason, what) =>
    assert.refuses(api, () => open(fixture, more), { code, reason }, what || fixture.plaintext);

  test('appid: one, several, or null', () => {
    opens(watermarks.valid, { appid });
    opens(watermarks.valid, { appid: [appid] });
    opens(watermarks.valid, { appid: [otherAppid, appid] });
    opens(watermarks.valid, { appid: Object.freeze([...Array(999).fill(otherAppid), appid]) });
    opens(watermarks.valid, { appid: null });
    opens(watermarks.otherApp, { appid: null });
    refuses(watermarks.otherApp, { appid }, 'APPID_MISMATCH');
    refuses(watermarks.otherApp, { appid: [appid, appid] }, 'APPID_MISMATCH');
    for (const near of [appid.toUpperCase(), ` ${appid}`, appid.slice(0, -1), `${appid}\u0000`, `${appid}x`]) {
      refuses(watermarks.valid, { appid: near }, 'APPID_MISMATCH', undefined, JSON.stringify(near));
    }
  });

  test('leaving appid out is an error, and so is an empty one', () => {
    const INVALID = 'INVALID_ARGUMENT';
    refuses(watermarks.valid, { appid: undefined }, INVALID, 'MISSING');
    refuses(watermarks.valid, { appid: '' }, INVALID, 'EMPTY');
    refuses(watermarks.valid, { appid: [] }, INVALID, 'EMPTY');
    refuses(watermarks.valid, { appid: [appid, ''] }, INVALID, 'EMPTY');
    refuses(watermarks.valid, { appid: [appid, null] }, INVALID, 'WRONG_TYPE');
    refuses(watermarks.valid, { appid: Array(1001).fill(appid) }, INVALID, 'TOO_MANY');
  });

  test('age and clock skew: both bounds are inclusive, in seconds', () => {
    const at = (seconds) => timestamp + seconds;
    opens(watermarks.valid, { now: at(1e9) });
    opens(watermarks.valid, { now: at(60), maxAge: 60 });
    opens(watermarks.valid, { now: at(0), maxAge: 0 });
    refuses(watermarks.valid, { now: at(61), maxAge: 60 }, 'WATERMARK_EXPIRED');
    refuses(watermarks.valid, { now: at(1), maxAge: 0 }, 'WATERMARK_EXPIRED');
    opens(watermarks.valid, { now: at(-300) });
    refuses(watermarks.valid, { now: at(-301) }, 'WATERMARK_IN_FUTURE');
    opens(watermarks.valid, { now: at(-10), clockSkew: 10 });
    refuses(watermarks.valid, { now: at(-11), clockSkew: 10 }, 'WATERMARK_IN_FUTURE');
    refuses(watermarks.valid, { now: at(-1), clockSkew: 0 }, 'WATERMARK_IN_FUTURE');
    opens(watermarks.valid, { now: 0, clockSkew: Number.MAX_VALUE, maxAge: Number.MAX_VALUE });
    opens(watermarks.valid, { now: at(-300), maxAge: 0 }, 'ahead within the skew is not old');
  });

  test('now: seconds, a Date, or the system clock; never milliseconds', () => {
    opens(watermarks.valid, { now: new Date((timestamp + 60) * 1000), maxAge: 60 });
    refuses(watermarks.valid, { now: new Date((timestamp + 61) * 1000), maxAge: 60 }, 'WATERMARK_EXPIRED');
    opens(watermarks.valid, { now: timestamp + 60.9, maxAge: 60 });
    opens(watermarks.valid, { now: undefined });
    refuses(watermarks.valid, { now: undefined, maxAge: 60 }, 'WATERMARK_EXPIRED');
    const age = Math.floor(Date.now() / 1000) - timestamp;
    opens(watermarks.valid, { now: undefined, maxAge: age + 3600 });
    refuses(watermarks.valid, { now: timestamp * 1000 }, 'INVALID_ARGUMENT', 'MILLISECONDS');
    refuses(watermarks.valid, { now: 1e11 }, 'INVALID_ARGUMENT', 'MILLISECONDS');
    opens(watermarks.valid, { now: 1e11 - 1 });
    refuses(watermarks.valid, { now: new Date(NaN) }, 'INVALID_ARGUMENT', 'OUT_OF_RANGE');
    refuses(watermarks.valid, { now: new Date(8.64e15) }, 'INVALID_ARGUMENT', 'MILLISECONDS');
    for (const now of [NaN, Infinity, -Infinity, -1]) refuses(watermarks.valid, { now }, 'INVALID_ARGUMENT', 'OUT_OF_RANGE');
  });

  test('maxAge and clockSkew are numbers of seconds, zero or more', () => {
    for (const field of ['maxAge', 'clockSkew']) {
      for (const bad of [NaN, Infinity, -1]) refuses(watermarks.valid, { [field]: bad }, 'INVALID_ARGUMENT', 'OUT_OF_RANGE');
      for (const bad of ['60', null, true, {}, [60]]) refuses(watermarks.valid, { [field]: bad }, 'INVALID_ARGUMENT', 'WRONG_TYPE');
    }
  });

  test('a watermark is required unless it is optional, and checked whenever it is there', () => {
    refuses(watermarks.absent, {}, 'WATERMARK_MISSING', 'ABSENT');
    refuses(watermarks.absent, { appid: null }, 'WATERMARK_MISSING', 'ABSENT');
    refuses(watermarks.absent, { watermark: 'required' }, 'WATERMARK_MISSING', 'ABSENT');
    opens(watermarks.absent, { watermark: 'optional' });
    opens(watermarks.valid, { watermark: 'optional' });
    refuses(watermarks.otherApp, { watermark: 'optional' }, 'APPID_MISMATCH');
    refuses(watermarks.valid, { watermark: 'optional', maxAge: 1 }, 'WATERMARK_EXPIRED');
    refuses(watermarks.valid, { watermark: 'Optional' }, 'INVALID_ARGUMENT', 'OUT_OF_RANGE');
  });

  test('one of the wrong shape is refused, optional or not, whatever app is acceptable', () => {
    for (const fixture of fixtures.wrongShapes) {
      for (const watermark of ['required', 'optional']) {
        for (const app of [null, appid]) refuses(fixture, { watermark, appid: app }, 'WATERMARK_MISSING', 'WRONG_SHAPE');
      }
    }
  });

  test('a timestamp is digits, as WeChat writes it, and nothing that comes to the same number', () => {
    assert.ok(fixtures.respelled.length > 5);
    for (const fixture of fixtures.respelled) {
      refuses(fixture, { appid: null, watermark: 'optional' }, 'WATERMARK_MISSING', 'WRONG_SHAPE');
    }
  });

  test('a timestamp that can only be milliseconds is refused with a reason', () => {
    refuses(watermarks.milliseconds, {}, 'WATERMARK_MISSING', 'MILLISECONDS');
    refuses(watermarks.milliseconds, { appid: null, watermark: 'optional' }, 'WATERMARK_MISSING', 'MILLISECONDS');
  });

  test('what is checked is what the caller receives', () => {
    for (const name of ['duplicateGoodLast', 'escapedKeyGoodLast', 'extraFields', 'escapedAppid']) {
      opens(watermarks[name], {}, name);
    }
    for (const name of ['duplicateBadLast', 'escapedKeyBadLast', 'duplicateAppidBadLast']) {
      refuses(watermarks[name], {}, 'APPID_MISMATCH', undefined, name);
      opens(watermarks[name], { appid: otherAppid }, name);
    }
    refuses(watermarks.duplicateTimeOldLast, { maxAge: 1e9 }, 'WATERMARK_EXPIRED');
    refuses(watermarks.duplicateNullLast, {}, 'WATERMARK_MISSING', 'WRONG_SHAPE');
    refuses(watermarks.nestedInWatermark, {}, 'WATERMARK_MISSING', 'WRONG_SHAPE');
    for (const name of ['nested', 'nestedInString', 'prototypeKey', 'otherCase']) {
      refuses(watermarks[name], {}, 'WATERMARK_MISSING', 'ABSENT', name);
    }
  });

  test('whatever JSON.parse takes is data, not a wrong key', () => {
    const odd = fixtures.oddWatermarks;
    opens(odd.halfACharacterBeside);
    opens(odd.infinityBeside);
    opens(odd.appidOfHalfACharacter, { appid: null });
    refuses(odd.appidOfHalfACharacter, {}, 'APPID_MISMATCH');
    refuses(odd.watermarkOfHalfACharacter, {}, 'WATERMARK_MISSING', 'WRONG_SHAPE');
    refuses(odd.infiniteTimestamp, {}, 'WATERMARK_MISSING', 'WRONG_SHAPE');
  });

  test('checkWatermark says the same of an object as decrypt of the ciphertext', () => {
    const policies = [
      {}, { appid: null }, { appid: otherAppid }, { appid: [otherAppid, appid] }, { watermark: 'optional' }, { maxAge: 100 },
      { maxAge: 99 }, { now: timestamp - 300 }, { now: timestamp - 301 }, { now: new Date(timestamp * 1000) }, { clockSkew: 0 },
    ];
    const outcome = (run) => {
      try {
        run();
        return 'accepted';
      } catch (error) {
        return JSON.stringify([error.message, { ...error }]);
      }
    };
    const seen = new Set();
    for (const fixture of [...Object.values(watermarks), ...fixtures.wrongShapes]) {
      const data = JSON.parse(fixture.plaintext);
      for (const more of policies) {
        const expected = outcome(() => open(fixture, more));
        assert.equal(outcome(() => api.checkWatermark(data, policy(more))), expected, fixture.plaintext);
        seen.add(expected);
      }
    }
    assert.equal(seen.size, 7, 'number of different outcomes');
  });

  test('checkWatermark returns nothing and reads the watermark once', () => {
    let reads = 0;
    const good = { appid, timestamp };
    const data = {
      get watermark() {
        reads++;
        return good;
      },
    };
    assert.equal(api.checkWatermark(data, policy()), undefined);
    assert.equal(reads, 1, 'reads');
  });
}
