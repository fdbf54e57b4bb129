// What is found in pasted text, and how the package's two languages are taken apart. No browser: the sources by themselves.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { importInstalled } from '../support/installed.mjs';
import { REASONS as RAISED } from '../../pkg-template/core/protocol.js';
import { MAX_PASTED, readPasted } from '../../pkg-template/playground/read.js';
import { SAMPLE } from '../../pkg-template/playground/sample.js';
import { CODES, FAILURES, REASONS, TEXTS, inLanguage, languageOf } from '../../pkg-template/playground/texts.js';
import { errorCodes, readPackageFile } from '../support/installed.mjs';
import { official } from './support.mjs';

const { encryptedData, iv, sessionKey, appid } = official;
const payload = { encryptedData, iv };
const found = (text) => readPasted(text)?.found;
const all = { encryptedData, iv, sessionKeys: [sessionKey], appid };

test('the sample is WeChat’s', () => assert.deepEqual(SAMPLE, all));

test('JSON as it stands', () => {
  assert.deepEqual(found(JSON.stringify(payload)), payload);
  assert.deepEqual(found(JSON.stringify({ encryptedData, iv, session_key: sessionKey, appid }, null, 2)), all);
  assert.deepEqual(found(`\n\t ${JSON.stringify({ encrypted_data: encryptedData, iv, sessionKey, appId: appid })}\r\n`), all);
  assert.deepEqual(found(JSON.stringify({ payload, policy: { sessionKey: [sessionKey, 'x'], appid } })), { ...all, sessionKeys: [sessionKey, 'x'] });
});

test('what stands under a name that every object has is searched like all else', () => {
  for (const name of ['constructor', 'Constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__']) {
    const text = `{${JSON.stringify(name)}:${JSON.stringify(payload)}}`;
    assert.deepEqual(found(text), payload, name);
    assert.deepEqual(found(JSON.stringify({ body: text })), payload, name);
    // A form counts as one by a name that is known, and a field of it may hold the payload.
    assert.equal(readPasted(`${name}=x`), undefined, name);
    assert.deepEqual(found(`${name}=${encodeURIComponent(JSON.stringify({ encryptedData }))}&iv=${encodeURIComponent(iv)}`), payload, name);
  }
});

test('events, answers and requests around it', () => {
  assert.deepEqual(found(JSON.stringify({ type: 'getphonenumber', detail: { errMsg: 'getPhoneNumber:ok', ...payload } })), payload);
  assert.deepEqual(found(JSON.stringify({ session_key: sessionKey, openid: 'oSynthetic' })), { sessionKeys: [sessionKey] });
  const body = JSON.stringify({ ...payload, rawData: '{"nickName":"a"}', signature: 'ab' });
  assert.deepEqual(found(JSON.stringify({ httpMethod: 'POST', headers: {}, body })), { ...payload, rawData: '{"nickName":"a"}', signature: 'ab' });
  // What stands further out counts.
  assert.equal(found(JSON.stringify({ old: { iv: 'inner' }, iv: 'outer' })).iv, 'outer');
});

test('escaped, twice, and percent-encoded', () => {
  const once = JSON.stringify(payload);
  assert.deepEqual(found(JSON.stringify(once)), payload);
  assert.deepEqual(found(JSON.stringify(JSON.stringify(once))), payload);
  assert.deepEqual(found(once.replaceAll('"', '\\"')), payload);
  assert.deepEqual(found(encodeURIComponent(once)), payload);
  assert.deepEqual(found(encodeURIComponent(encodeURIComponent(once))), payload);
});

test('a query or form is read as a server reads it', () => {
  const query = `encryptedData=${encodeURIComponent(encryptedData)}&iv=${encodeURIComponent(iv)}&appid=${appid}`;
  assert.deepEqual(found(query), { ...payload, appid });
  assert.deepEqual(found(`https://api.example.com/login?${query}`), { ...payload, appid });
  assert.deepEqual(found(`POST /login?${query} HTTP/1.1`), { ...payload, appid });
  // A bare plus is lost there, and seen to be.
  const lost = found(`encryptedData=${encryptedData}&iv=${iv}`);
  assert.deepEqual(lost, { encryptedData: encryptedData.replaceAll('+', ' '), iv });
  assert.equal(found('iv=%E0%A4%A&encryptedData=AAAA').iv, '%E0%A4%A');
});

test('what a console prints, commands and logs', () => {
  assert.deepEqual(found(`{encryptedData: '${encryptedData}', iv: '${iv}', session_key: '${sessionKey}', appid: '${appid}'}`), all);
  assert.deepEqual(found(`encryptedData: ${encryptedData}\niv: ${iv}\nsession_key: ${sessionKey}\nappid: ${appid}`), all);
  assert.deepEqual(found(`curl -X POST https://x.example -H 'content-type: application/json' -d '${JSON.stringify({ ...payload, sessionKey, appid })}'`), all);
  assert.deepEqual(found(`2026-01-01 INFO login {"encryptedData":"${encryptedData}","iv":"${iv}"} 12 ms`), payload);
  assert.deepEqual(found(`{'encryptedData': '${encryptedData}', 'iv': '${iv}'}`), payload);
  assert.deepEqual(found(`['encryptedData' => '${encryptedData}', 'iv' => '${iv}']`), payload);
});

test('the watermark in the data is not what is expected of it', () => {
  const opened = { phoneNumber: '13580006666', watermark: { appid, timestamp: 1 } };
  assert.deepEqual(readPasted(JSON.stringify(opened)), { found: {}, other: { kind: 'opened', value: opened } });
});

test('what holds no encryptedData', () => {
  const phone = { errcode: 0, errmsg: 'ok', phone_info: { phoneNumber: '1' } };
  assert.deepEqual(readPasted(JSON.stringify(phone)).other, { kind: 'phone', value: phone });
  const failed = { errcode: 40029, errmsg: 'invalid code' };
  assert.deepEqual(readPasted(JSON.stringify(failed)).other, { kind: 'phone', value: failed });
  const cloud = { cloudID: 'x', errCode: -601006, errMsg: 'cloudID expired.' };
  assert.deepEqual(readPasted(JSON.stringify({ event: { weRunData: cloud } })).other, { kind: 'cloud', value: cloud });
  assert.equal(readPasted(JSON.stringify({ detail: { errMsg: 'getPhoneNumber:ok', code: '0123456789abcdef0123456789abcdef' } })).other.kind, 'code');
  // With encryptedData beside it, that is what counts.
  assert.equal(readPasted(JSON.stringify({ detail: { code: '0123456789abcdef0123456789abcdef', ...payload } })).other, undefined);
});

test('nothing known, and hostile text', () => {
  for (const text of ['', ' ', 'hello', '{}', '[]', 'null', '7', '"x"', '{"a":1}', '=', '&=&', '%', '%7B', '{"iv":""}', '{"iv":7}', '{"encryptedData":null}']) assert.equal(readPasted(text), undefined, text);
  assert.equal(readPasted(' '.repeat(MAX_PASTED + 1)), undefined);
  assert.deepEqual(found('{"__proto__":{"iv":"x"},"constructor":{"iv":"y"},"toString":"z"}'), { iv: 'x' });
  assert.equal({}.iv, undefined);
  assert.equal(found(JSON.stringify({ sessionKey: Array.from({ length: 100 }, (_, index) => `k${index}`) })).sessionKeys.length, 8);
  for (const text of ['['.repeat(1e6), '{"a":'.repeat(1e6), 'iv:"'.repeat(3e5), 'iv='.repeat(3e5), '%25'.repeat(3e5), '&a=b'.repeat(2e5), '\\"'.repeat(5e5), `[${'{},'.repeat(2e5)}{}]`, `iv${' '.repeat(1e6)}`, 'iv:\\'.repeat(2e5)]) {
    const start = performance.now();
    readPasted(text);
    const took = performance.now() - start;
    assert.ok(took < 3000, `${text.slice(0, 8)}…: ${took} ms`);
  }
});

test('every text is in both languages', () => {
  assert.deepEqual(Object.keys(TEXTS.zh), Object.keys(TEXTS.en));
  const chinese = /[\u3400-\u9fff]/;
  const same = ['encryptedData', 'iv', 'sessionKey', 'appid', 'rawData', 'signature', 'e164', 'title'];
  for (const [name, text] of Object.entries(TEXTS.zh)) {
    const english = [TEXTS.en[name]].flat().join('');
    assert.ok(!chinese.test(english), `en.${name}`);
    if (!same.includes(name)) assert.ok(chinese.test([text].flat().join('')), `zh.${name}`);
    assert.equal([text].flat().join('').includes('{list}'), english.includes('{list}'), name);
  }
  for (const [word, [english, translated]] of [...Object.entries(CODES), ...Object.entries(REASONS)]) assert.ok(!chinese.test(english) && chinese.test(translated), word);
  for (const [seen, english, translated] of FAILURES) assert.ok(!chinese.test(english) && chinese.test(translated), seen);
  assert.deepEqual(Object.keys(CODES).sort(), errorCodes().sort());
});

test('every text of the page is there', () => {
  const html = readPackageFile('playground/page.html');
  const used = [...html.matchAll(/data-(?:text|label)="([^"]+)"/g)].map(([, name]) => name);
  assert.ok(used.length > 25);
  for (const name of used) assert.equal(typeof TEXTS.en[name], 'string', name);
});

test('every reason that the page can show is explained', () => {
  const reasons = new Set(RAISED);
  assert.ok(reasons.size > 25, `${reasons.size} reasons found`);
  // Sealed texts do not come here.
  for (const word of ['NOT_BASE64URL', 'FORMAT_VERSION', 'KEY_VERSION']) assert.ok(reasons.delete(word), word);
  for (const reason of reasons) assert.ok(reason in REASONS, reason);
});

test('hints and notes come apart', async () => {
  const api = await importInstalled();
  const chinese = /[\u3400-\u9fff]/;
  const texts = new Set();
  const take = (more, policy) => {
    const full = { sessionKey, appid, ...policy };
    const diagnosis = api.diagnose({ ...payload, ...more }, full);
    diagnosis.notes.forEach((note) => texts.add(note));
    try {
      api.decrypt({ ...payload, ...more }, full);
    } catch (error) {
      if (error.hint) texts.add(error.hint);
    }
    return diagnosis;
  };
  const damaged = [
    [{ encryptedData: encryptedData.replaceAll('+', ' ') }, 'LOST_PLUS', /^encryptedData：空格/],
    [{ encryptedData: encryptedData.replace(/.{76}/g, '$&\r\n') }, 'WHITESPACE', /^encryptedData：文本中/],
    [{ encryptedData: encodeURIComponent(encryptedData) }, 'PERCENT_ENCODING', /^encryptedData：文本经过百分号编码/],
    [{ encryptedData: encryptedData.replaceAll('+', '-').replaceAll('/', '_') }, 'URL_SAFE_ALPHABET', /^encryptedData：URL 安全/],
    [{ iv: iv.replace(/=+$/, '') }, 'MISSING_PADDING', /^iv：缺少末尾/],
  ];
  for (const [more, repair, words] of damaged) {
    const { repairs, notes } = take(more);
    assert.deepEqual(repairs, [repair]);
    assert.ok(notes.some((note) => words.test(inLanguage(note, 'zh'))), `${repair}: ${notes.map((note) => inLanguage(note, 'zh'))}`);
    take(more, { strict: true });
  }
  take({}, { sessionKey: ['AAAAAAAAAAAAAAAAAAAAAA==', sessionKey] });
  take({}, { sessionKey: 'AAAAAAAAAAAAAAAAAAAAAA==' });
  take({}, { appid: 'wx' });
  take({}, { maxAge: 1 });
  take({}, { now: 1 });
  take({ iv: sessionKey }, { sessionKey: iv });
  take({ encryptedData: encryptedData.slice(0, 100) });
  take({ iv: encryptedData, encryptedData: iv });
  assert.ok(texts.size > 15, `${texts.size} texts`);
  for (const text of texts) {
    const english = inLanguage(text, 'en');
    assert.ok(text.startsWith(english) && !chinese.test(english) && /[a-z]{3}/.test(english), english);
    assert.ok(chinese.test(inLanguage(text, 'zh')), text);
  }
  assert.equal(inLanguage('no other / language', 'zh'), 'no other / language');
});

test('the language is the browser’s', () => {
  for (const [preferred, language] of [[['zh-CN', 'en'], 'zh'], [['zh'], 'zh'], [['zh-TW'], 'zh'], [['en-GB', 'zh-CN'], 'en'], [['fr'], 'en'], [[], 'en']]) assert.equal(languageOf(preferred), language);
});
