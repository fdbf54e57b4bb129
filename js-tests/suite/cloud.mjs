// Data that WeChat decrypted: CloudIDs and /wxa/getopendata.

export default function (api, { test, assert, fixtures, policy }) {
  const { appid, otherAppid, timestamp } = fixtures;
  const data = { phoneNumber: '13000000000', list: [1, { a: '张三😀' }], watermark: { appid, timestamp } };
  const read = (value, more) => api.readCloudData(value, policy(more));
  const refuses = (value, expected, more) => assert.refuses(api, () => read(value, more), expected, JSON.stringify(value));

  test('data, as an object or as JSON, of a CloudID or of getopendata', () => {
    const json = JSON.stringify(data);
    for (const value of [{ cloudID: '1', data }, { data }, { cloud_id: '1', json }, { json: data }, { data: json }, { errCode: 0, errMsg: 'ok', data }, { errCode: null, data }]) {
      assert.same(read(value), data);
    }
    const { watermark, ...unstamped } = data;
    assert.same(read({ data: unstamped }, { watermark: 'optional' }), unstamped);
  });

  test('the result is a copy', () => {
    const copy = read({ data });
    assert.ok(copy !== data && copy.list !== data.list && copy.list[1] !== data.list[1], 'nothing is shared');
    assert.equal(Object.getPrototypeOf(copy), Object.prototype, 'prototype');
  });

  test('the watermark is checked', () => {
    refuses({ data }, { code: 'APPID_MISMATCH', errcode: -41003 }, { appid: otherAppid });
    refuses({ data }, { code: 'WATERMARK_EXPIRED', errcode: undefined }, { maxAge: 99 });
    refuses({ data }, { code: 'WATERMARK_IN_FUTURE', errcode: undefined }, { now: timestamp - 301 });
    refuses({ data: { a: 1 } }, { code: 'WATERMARK_MISSING', reason: 'ABSENT' });
    refuses({ data: { watermark: { appid, timestamp: timestamp * 1000 } } }, { code: 'WATERMARK_MISSING', reason: 'MILLISECONDS' });
    refuses({ data: { watermark: [] } }, { code: 'WATERMARK_MISSING', reason: 'WRONG_SHAPE' }, { watermark: 'optional', appid: null });
    refuses({ data }, { code: 'INVALID_ARGUMENT', reason: 'MISSING' }, { appid: undefined });
  });

  test('JSON that is no object is refused', () => {
    for (const json of ['', 'x', '[]', '7', 'null', '"text"', '{', '{}{}', '\ufeff{}']) {
      refuses({ json }, { code: 'WATERMARK_MISSING' }, { appid: null, watermark: 'optional' });
    }
    for (const value of [true, 7, () => {}, Symbol('x'), 10n]) {
      assert.refuses(api, () => read({ data: value }), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
    }
    assert.refuses(api, () => read({ data: [data] }), { code: 'WATERMARK_MISSING' });
  });

  test('what is checked is what is returned', () => {
    const good = JSON.stringify({ appid, timestamp });
    const bad = JSON.stringify({ appid: otherAppid, timestamp });
    assert.same(read({ json: `{"watermark":${bad},"watermark":${good}}` }), { watermark: { appid, timestamp } });
    refuses({ json: `{"watermark":${good},"watermark":${bad}}` }, { code: 'APPID_MISMATCH' });
    refuses({ json: `{"watermark":${good},"\\u0077atermark":${bad}}` }, { code: 'APPID_MISMATCH' });
    refuses({ data: { nested: data } }, { code: 'WATERMARK_MISSING', reason: 'ABSENT' });

    // Data that changes from one reading to the next.
    let reads = 0;
    const changing = {
      get watermark() {
        return { appid: reads++ === 0 ? appid : otherAppid, timestamp };
      },
    };
    assert.same(read({ data: changing }), { watermark: { appid, timestamp } });
    assert.equal(reads, 1, 'reads of the watermark');
    let values = 0;
    const value = {
      get data() {
        return values++ === 0 ? data : { watermark: { appid: otherAppid, timestamp } };
      },
    };
    const result = (() => {
      try {
        return read(value).watermark.appid;
      } catch (error) {
        return error.code;
      }
    })();
    assert.ok([appid, 'APPID_MISMATCH'].includes(result), `a changing getter gave ${result}`);
    assert.same(read({ data: { toJSON: () => data } }), data, 'toJSON');
  });

  test('a CloudID that was not replaced', () => {
    for (const value of ['43_cloud-id', '', 'x'.repeat(1048577), { cloudID: '43_x' }, {}, { data: null }, { data: undefined, json: null }]) {
      refuses(value, { code: 'CLOUD_ID_NOT_RESOLVED', errcode: undefined, reason: undefined });
    }
  });

  test("WeChat's own errors", () => {
    const known = { '-1': 'busy', 40001: 'access_token', '-601005': 'malformed', '-601006': '5 minutes', '-601007': 'another user', '-601009': 'no phone number' };
    for (const errCode of [-601005, -601006, -601007, -601009, -1, 40001, 12345, -9007199254740991, 1.5, -1e300, Number.MAX_VALUE]) {
      const error = refuses({ cloudID: 'x', errCode, errMsg: `words ${errCode}` }, { code: 'WECHAT_ERROR', errmsg: `words ${errCode}`, reason: undefined });
      if (Math.abs(errCode) < 2 ** 53 && Number.isInteger(errCode)) {
        assert.equal(error.errcode, errCode, 'errcode');
        assert.equal(error.message, `WeChat answered with errcode ${errCode}`, 'message');
      }
      assert.equal(typeof error.errcode, 'number', 'type of errcode');
      const words = known[errCode];
      assert.equal(error.hint !== undefined, words !== undefined, 'hint');
      if (words) assert.ok(error.hint.includes(words), error.hint);
    }
    refuses({ errCode: -1, errMsg: undefined, data }, { code: 'WECHAT_ERROR' });
    assert.refuses(api, () => read({ errCode: '-1', data }), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
    assert.refuses(api, () => read({ errCode: NaN, data }), { code: 'INVALID_ARGUMENT' });
  });

  test('errmsg is cut to 512 characters and stands in no message', () => {
    const error = refuses({ errCode: -1, errMsg: '密'.repeat(600) }, { errmsg: '密'.repeat(512) });
    assert.ok(!error.message.includes('密') && !(error.hint || '').includes('密'), 'only errmsg holds it');
    const pairs = refuses({ errCode: -1, errMsg: `a${'😀'.repeat(600)}` }, { code: 'WECHAT_ERROR' });
    assert.ok(pairs.errmsg.length <= 1024 && !/[\ud800-\udbff]$/.test(pairs.errmsg), 'no half character');
  });

  test('the answer of getPhoneNumber, over HTTP and as a cloud call', () => {
    const info = { phoneNumber: '+8613580006666', purePhoneNumber: '13580006666', countryCode: '86', watermark: { appid, timestamp } };
    const ask = (response, more) => api.readPhoneNumberResponse(response, policy(more));
    for (const response of [{ errcode: 0, errmsg: 'ok', phone_info: info }, { errCode: 0, errMsg: 'ok', phoneInfo: info }]) {
      const { phone, ...rest } = ask(response);
      assert.same(rest, info);
      assert.equal(phone.e164, '+8613580006666');
      assert.refuses(api, () => ask(response, { appid: otherAppid }), { code: 'APPID_MISMATCH' });
    }
    assert.refuses(api, () => ask({ errcode: 40029, errmsg: 'invalid code' }), { code: 'WECHAT_ERROR', errcode: 40029, errmsg: 'invalid code' });
    const tail = [{}, null, 1e9, 1e9, 1, 'optional'];
    for (const list of [[JSON.stringify(info), ...tail], [1, JSON.stringify(info), ...tail]]) {
      for (const response of [{ errmsg: list }, { errcode: 0, errmsg: list }, { errcode: list }, { phone_info: list }, { errmsg: list, phone_info: list }]) {
        assert.refuses(api, () => ask(response, { appid: otherAppid }), { errcode: response.phone_info ? -41003 : undefined }, JSON.stringify(response));
      }
    }
  });

  // What a mini-program sends to a cloud function can have any JSON in any place.
  test('nothing in the value can loosen the policy', () => {
    const forged = JSON.stringify({ forged: true });
    const tail = [{}, null, 1e9, 1e9, 1, 'optional'];
    const lists = [[forged, ...tail], [[], forged, ...tail], [1, 2, forged, ...tail], [forged], [{}, ...tail], Array(1001).fill(forged)];
    for (const list of lists) {
      for (const more of [{}, { appid: otherAppid }, { maxAge: 1 }]) {
        for (const value of [{ errMsg: list }, { errCode: 0, errMsg: list }, { errCode: list }, { errMsg: list, data: forged }, { data: list }, { json: list }, list, { errMsg: list, data: list }]) {
          refuses(value, {}, more);
        }
      }
      assert.same(read({ errMsg: list, data }), data, 'errMsg of a wrong type beside data');
      assert.refuses(api, () => api.checkWatermark({ watermark: list }, policy({ appid: otherAppid })), { code: 'WATERMARK_MISSING', reason: 'WRONG_SHAPE' });
      for (const stamp of [{ appid: list, timestamp }, { appid, timestamp: list }, { appid: list, timestamp: list }]) {
        assert.refuses(api, () => api.checkWatermark({ watermark: stamp }, policy()), { code: 'WATERMARK_MISSING', reason: 'WRONG_SHAPE' });
      }
      refuses({ errMsg: list, data }, { code: 'APPID_MISMATCH' }, { appid: otherAppid });
      refuses({ errCode: -1, errMsg: list, data }, { code: 'WECHAT_ERROR', errcode: -1 });
    }
  });
}
