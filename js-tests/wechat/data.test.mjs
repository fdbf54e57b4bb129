// Avatars and phone numbers in the mini-program: every case that is published for the core, and the package on Node as a judge.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';

import { codePackage, examples, readSource } from './support/built.mjs';
import { start } from './support/mini-program.mjs';

const node = createRequire(path.join(examples, 'node-server/app.js'))('weapp-opendata');

const avatars = JSON.parse(readSource('tests/vectors/avatars.json'));
const channel = JSON.parse(readSource('tests/vectors/channel.json'));
const phones = JSON.parse(readSource('tests/data/phone_examples.json'));

/** Result or failure as plain data of this realm. */
function outcome(run) {
  try {
    const value = run();
    return value === undefined ? { value: 'nothing' } : { value: JSON.parse(JSON.stringify(value)) };
  } catch (error) {
    return { name: error.name, message: error.message, ...JSON.parse(JSON.stringify(error)) };
  }
}

const TEXTS = [
  '', ' ', '*', '1358000****', '１３５８０００６６６６', '＋８６ (0)135-8000-6666', '0086 13580006666', '+852 2123 4567', '12066600001', '14112345678',
  '张三', '😀'.repeat(100), '\ud800', `${'1'.repeat(251)}`, '+', '+0', '+999 1', '86', '8613580006666', '+86 135 8000 6666 ext. 5', 'x', '•',
  '１'.repeat(250), '＋１ 206 666 00001', '013580006666', '+39 06 698', '+1 (206) 666-0001', '10086', '110', '\u200e13580006666\u200e', '135\u00a08000\u00a06666',
];

for (const [mode, wxWebAssembly] of [['WXWebAssembly', undefined], ['plain JavaScript', null]]) {
  const api = start(codePackage, { wxWebAssembly }).require('weapp-opendata');
  await api.init();

  test(`${mode}: every avatar vector`, () => {
    assert.ok(avatars.length > 100, `${avatars.length}`);
    for (const { input, source, ...expected } of avatars) {
      assert.deepEqual(outcome(() => api.parseAvatar(input)), { value: expected }, source);
      for (const size of [0, 46, 64, 96, 132]) {
        assert.deepEqual(outcome(() => api.resizeAvatar(input, size)), outcome(() => node.resizeAvatar(input, size)), input);
      }
    }
  });

  test(`${mode}: an example number of every region and type`, () => {
    assert.ok(phones.length > 1000, `${phones.length}`);
    for (const [region, , countryCode, number] of phones) {
      const fields = outcome(() => api.parsePhoneNumber({ countryCode, purePhoneNumber: number }));
      assert.deepEqual(fields, outcome(() => node.parsePhoneNumber({ countryCode, purePhoneNumber: number })), `${region} ${number}`);
      assert.deepEqual(outcome(() => api.parsePhoneNumber(`+${countryCode}${number}`)), outcome(() => node.parsePhoneNumber(`+${countryCode}${number}`)));
      assert.equal(api.maskPhoneNumber(fields.value), node.maskPhoneNumber(fields.value));
    }
  });

  test(`${mode}: text of all kinds, alike on Node`, () => {
    const options = [undefined, {}, { defaultCountryCode: '852' }, { defaultCountryCode: '1' }, { defaultCountryCode: '0' }, { defaultCountryCode: '😀' }];
    const kinds = new Set();
    for (const text of TEXTS) {
      for (const option of options) {
        const result = outcome(() => api.parsePhoneNumber(text, option));
        assert.deepEqual(result, outcome(() => node.parsePhoneNumber(text, option)), JSON.stringify([text, option]));
        kinds.add(result.reason || 'number');
      }
      assert.deepEqual(outcome(() => api.maskPhoneNumber(text)), outcome(() => node.maskPhoneNumber(text)), text);
      assert.deepEqual(outcome(() => api.parseAvatar(text)), outcome(() => node.parseAvatar(text)), text);
    }
    assert.ok(kinds.size >= 7, [...kinds].join());
  });

  test(`${mode}: text crosses as it is, character by character`, () => {
    // A local path comes back byte for byte, and every kind of UTF-8 goes in and out.
    for (const middle of ['', 'é', 'ß߿', 'ࠀ中\uffff', '😀\u{10ffff}', '~\u00a1\u07ff', 'a😀b\u0301', '中'.repeat(2000), '😀'.repeat(1000)]) {
      const url = `wxfile://usr/${middle}.png`;
      const { url: back, kind } = api.parseAvatar(url);
      assert.deepEqual([back, kind], [url, 'userData']);
    }
    for (const half of ['\ud800', '\udfff', 'x\udbff', '\ude00x', '\ud800\ud800', '\udc00\ud800']) {
      assert.deepEqual(outcome(() => api.parseAvatar(`wxfile://usr/${half}`)), outcome(() => node.parseAvatar(`wxfile://usr/${half}`)));
    }
    const picture = `data:image/png;base64,${'A'.repeat(1000000)}`;
    assert.equal(api.parseAvatar(picture).url.length, picture.length, 'memory has grown');
    assert.equal(api.maskPhoneNumber('+8613580006666'), '+86 135****6666');
  });

  test(`${mode}: what is sealed here opens on a server, and the other way round`, () => {
    assert.ok(channel.length >= 6, `${channel.length}`);
    for (const { encryptKey, version, context, message, random, sealed } of channel) {
      const key = { encryptKey, version };
      const options = { key, context, random: new Uint8Array(Buffer.from(random, 'hex')) };
      assert.deepEqual(outcome(() => api.sealChannel(message, options)), { value: sealed });
      assert.equal(node.openChannel(api.sealChannel(message, options), { key, context }), message);
      assert.equal(api.openChannel(node.sealChannel(message, { key, context }), { key, context }), message);
      for (const [call, ...values] of [
        ['openChannel', sealed, { key, context: `${context}x` }], ['openChannel', sealed, { key: { encryptKey, version: version + 1 }, context }], ['openChannel', sealed.slice(0, 43), { key, context }],
        ['openChannel', `${sealed}=`, { key, context }], ['openChannel', sealed, { key: [], context }], ['sealChannel', message, { ...options, key: { encryptKey: '', version } }],
      ]) {
        assert.deepEqual(outcome(() => api[call](...values)), outcome(() => node[call](...values)), call);
      }
      // There is no generator here that answers at once: the caller is asked, and nothing is made up.
      const asked = outcome(() => api.sealChannel(message, { key, context }));
      assert.deepEqual([asked.code, asked.reason, asked.message], ['INVALID_ARGUMENT', 'MISSING', 'options.random: expected a Uint8Array of 12 bytes, found nothing']);
    }
  });

  test(`${mode}: getters may call the package again, and hold the module up for nobody`, () => {
    const again = () => {
      api.parseAvatar(`https://example.com/${'x'.repeat(8000)}`);
      try {
        api.parsePhoneNumber('secret');
      } catch (_) {
        // Refused, as it should be.
      }
      return api.maskPhoneNumber('+8613580006666');
    };
    const watched = (object) => Object.defineProperties({}, Object.fromEntries(Object.keys(object).map((key) => [key, { get: () => (again(), object[key]) }])));
    const number = api.parsePhoneNumber(watched({ countryCode: '86', purePhoneNumber: '13580006666' }), watched({ defaultCountryCode: '1' }));
    assert.equal(number.e164, '+8613580006666');
    assert.equal(api.maskPhoneNumber(watched({ e164: '+8613580006666' })), '+86 135****6666');
    const stamp = watched({ appid: 'wx1', timestamp: 100 });
    assert.equal(api.checkWatermark(watched({ watermark: stamp }), watched({ appid: 'wx1', now: 100 })), undefined);
    assert.throws(() => api.checkWatermark(watched({ watermark: stamp }), watched({ appid: 'wx2', now: 100 })), { code: 'APPID_MISMATCH' });
  });
}

test('the watermark check on the client is the one on the server', () => {
  const api = start(codePackage, { wxWebAssembly: null }).require('weapp-opendata');
  return api.init().then(() => {
    const stamps = [undefined, null, [], 'x', {}, { appid: 'wx1' }, { appid: 'wx1', timestamp: 100 }, { appid: 'wx2', timestamp: 100 }, { appid: 'wx1', timestamp: 1e12 }, { appid: 'wx1', timestamp: '100' }];
    const policies = [{ appid: 'wx1', now: 100 }, { appid: ['wx2', 'wx1'], now: 401, maxAge: 300 }, { appid: null, now: 0, clockSkew: 10 }, { appid: null, watermark: 'optional', now: 100 }, { now: 100 }, { appid: 'wx1', now: 1e13 }];
    const codes = new Set();
    for (const watermark of stamps) {
      for (const policy of policies) {
        const result = outcome(() => api.checkWatermark({ watermark }, policy));
        assert.deepEqual(result, outcome(() => node.checkWatermark({ watermark }, policy)), JSON.stringify([watermark, policy]));
        codes.add(result.code || 'accepted');
      }
    }
    assert.deepEqual([...codes].sort(), ['APPID_MISMATCH', 'INVALID_ARGUMENT', 'WATERMARK_EXPIRED', 'WATERMARK_IN_FUTURE', 'WATERMARK_MISSING', 'accepted']);
  });
});
