// Phone numbers: the judgement itself is compared with its oracle in Rust; here, that it arrives whole on every host.

const NUMBER = {
  e164: '+8613580006666', countryCode: '86', nationalNumber: '13580006666', region: 'CN', type: 'MOBILE', isValid: true,
};
const TYPES = { MOBILE: 'MOBILE', FIXED_LINE: 'FIXED_LINE', FIXED_LINE_OR_MOBILE: 'FIXED_LINE_OR_MOBILE' };

export default function (api, { test, assert, fixtures, policy, payload }) {
  const refuses = (run, expected, what) => assert.refuses(api, run, expected, what);

  test('text as people type it', () => {
    const texts = [
      '13580006666', '+8613580006666', '8613580006666', '008613580006666', '+86 135-8000-6666', '(+86) 135 8000 6666', '+86 (0)13580006666',
      '１３５８０００６６６６', '＋８６ １３５ ８０００ ６６６６', ' 135 8000 6666 ', '013580006666',
    ];
    for (const text of texts) assert.same(api.parsePhoneNumber(text), NUMBER, text);
  });

  test('the fields of WeChat', () => {
    for (const countryCode of ['86', 86, '+86', '0086']) {
      for (const purePhoneNumber of ['13580006666', '+8613580006666', '135 8000 6666']) {
        assert.same(api.parsePhoneNumber({ countryCode, purePhoneNumber }), NUMBER, `${countryCode} ${purePhoneNumber}`);
      }
    }
    assert.equal(api.parsePhoneNumber({ countryCode: 852, purePhoneNumber: '51234567' }).e164, '+85251234567');
    assert.equal(api.parsePhoneNumber({ countryCode: '39', purePhoneNumber: '0612345678' }).nationalNumber, '0612345678');
    for (const countryCode of ['CN', '', '0', 0, 1.5, -86, 99999, NaN, '999', '8 6 8 6 8']) {
      refuses(
        () => api.parsePhoneNumber({ countryCode, purePhoneNumber: '13580006666' }),
        { code: 'INVALID_PHONE_NUMBER', reason: 'INVALID_COUNTRY_CODE' },
        String(countryCode),
      );
    }
    refuses(
      () => api.parsePhoneNumber({ countryCode: 86, purePhoneNumber: '+85251234567' }),
      { code: 'INVALID_PHONE_NUMBER', reason: 'INVALID_COUNTRY_CODE' },
    );
  });

  test('another default country', () => {
    assert.equal(api.parsePhoneNumber('2123 4567', { defaultCountryCode: '852' }).region, 'HK');
    assert.equal(api.parsePhoneNumber('0912 345 678', { defaultCountryCode: '886' }).e164, '+886912345678');
    assert.same(api.parsePhoneNumber('+8613580006666', { defaultCountryCode: '852' }), NUMBER);
    assert.same(api.parsePhoneNumber('13580006666', {}), NUMBER);
    refuses(() => api.parsePhoneNumber('1', { defaultCountryCode: 'CN' }), { code: 'INVALID_PHONE_NUMBER', reason: 'INVALID_COUNTRY_CODE' });
    refuses(() => api.parsePhoneNumber('1', { defaultCountryCode: true }), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
    refuses(() => api.parsePhoneNumber('1', 'CN'), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
  });

  test('what is no number says why', () => {
    const cases = {
      EMPTY: ['', '   '],
      MASKED: ['135****6666', '135xxxx6666', '135XXXX6666', '135••••6666'],
      NOT_A_NUMBER: ['-', 'ask me', '13580006666 ext. 1', '1-800-FLOWERS', '1358000666a', '😀'],
      TOO_SHORT: ['1358', '+861358'],
      TOO_LONG: ['13580006666666666', '1'.repeat(251), '1'.repeat(2000000)],
      INVALID_COUNTRY_CODE: ['+999 1234567', '+0 12345678'],
    };
    for (const reason of Object.keys(cases)) {
      for (const text of cases[reason]) {
        const error = refuses(() => api.parsePhoneNumber(text), { code: 'INVALID_PHONE_NUMBER', reason }, text.slice(0, 40));
        const said = `${error.message} ${error.hint}`;
        assert.ok(text.length < 4 || !said.includes(text.slice(0, 4)), `${said} says the number`);
      }
    }
  });

  test('the test accounts of WeChat are numbers, but not valid', () => {
    for (let last = 1; last <= 4; last++) {
      const number = api.parsePhoneNumber({ countryCode: '86', purePhoneNumber: `1206660000${last}` });
      assert.same(number, { ...NUMBER, e164: `+861206660000${last}`, nationalNumber: `1206660000${last}`, type: 'UNKNOWN', isValid: false });
    }
    assert.equal(api.parsePhoneNumber('14112345678').isValid, false, '141');
  });

  test('every example of every region and type', () => {
    assert.ok(fixtures.phoneExamples.length > 1000, 'examples');
    for (const [region, type, code, national] of fixtures.phoneExamples) {
      const number = api.parsePhoneNumber(`+${code}${national}`);
      assert.equal(number.e164, `+${code}${national}`);
      assert.equal(number.isValid, true, `+${code}${national}`);
      assert.same(api.parsePhoneNumber(number.e164), number);
      assert.same(api.parsePhoneNumber({ countryCode: code, purePhoneNumber: national }), number);
      if (TYPES[type] && number.type !== 'FIXED_LINE_OR_MOBILE') assert.equal(number.type, TYPES[type], `${region} ${type}`);
    }
  });

  test('a mask shows at most seven digits', () => {
    assert.equal(api.maskPhoneNumber(api.parsePhoneNumber('13580006666')), '+86 135****6666');
    assert.equal(api.maskPhoneNumber('13580006666'), '+86 135****6666');
    assert.equal(api.maskPhoneNumber('+85251234567'), '+852 51****67');
    for (const text of ['', 'ask me', '135****6666', '1', '1'.repeat(300)]) assert.equal(api.maskPhoneNumber(text), '****', text);
    for (const [, , code, national] of fixtures.phoneExamples) {
      const masked = api.maskPhoneNumber(`+${code}${national}`).slice(code.length + 2);
      const shown = masked.replace(/[^0-9]/g, '').length;
      assert.ok(shown <= 7 && shown <= Math.max(national.length / 2, 7) && shown < national.length, masked);
    }
  });

  if (!api.decryptPhoneNumber) return;

  test('decryptPhoneNumber', () => {
    const { phones } = fixtures;
    const open = (fixture, more) => api.decryptPhoneNumber(payload(fixture), policy({ sessionKey: fixture.sessionKey, ...more }));
    assert.same(open(phones.mainland), { ...JSON.parse(phones.mainland.plaintext), phone: NUMBER });
    assert.equal(open(phones.hongKong).phone.e164, '+85251234567');
    assert.same(open(phones.codeAsNumber), { ...JSON.parse(phones.mainland.plaintext), phone: NUMBER });
    assert.equal(open(phones.testAccount).phone.isValid, false);
    refuses(() => open(phones.masked), { code: 'INVALID_PHONE_NUMBER', reason: 'MASKED' });
    refuses(() => open(phones.noPhone), { code: 'INVALID_PHONE_NUMBER', reason: 'NOT_A_NUMBER' });
    refuses(() => open(phones.mainland, { appid: fixtures.otherAppid }), { code: 'APPID_MISMATCH' });
  });

  test('readPhoneNumberResponse', () => {
    const info = JSON.parse(fixtures.phones.mainland.plaintext);
    const read = (response) => api.readPhoneNumberResponse(response, policy());
    for (const response of [
      { errcode: 0, errmsg: 'ok', phone_info: info },
      { errCode: 0, errMsg: 'ok', phoneInfo: info },
      { phone_info: { ...info, countryCode: 86 } },
    ]) {
      assert.same(read(response), { ...info, phone: NUMBER });
    }
    for (const errcode of [-1, 40001, 40013, 40029, 42001, 45011]) {
      const error = refuses(() => read({ errcode, errmsg: 'rid' }), { code: 'WECHAT_ERROR', errcode, errmsg: 'rid' });
      assert.ok(error.hint && / \/ .*[\u4e00-\u9fff]/.test(error.hint), `hint of ${errcode}`);
    }
    assert.equal(refuses(() => read({ errcode: 12345, errmsg: 'x' }), { code: 'WECHAT_ERROR', errcode: 12345 }).hint, undefined);
    refuses(() => read({ errcode: 0 }), { code: 'INVALID_ARGUMENT', reason: 'MISSING' });
    refuses(() => read([]), { code: 'INVALID_ARGUMENT', reason: 'WRONG_TYPE' });
  });
}
