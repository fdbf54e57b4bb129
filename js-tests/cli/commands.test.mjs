// Each command on one record: results, failures, exit codes, both languages.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { importInstalled, manifest } from '../support/installed.mjs';
import { APPID, TIMESTAMP, fixtures, lines, payloadOf, recordOf, run, write } from './support/command.mjs';

const api = await importInstalled();
const { watermarks, phones, profiles, keys, signatures, push, repairs } = fixtures;
const KEY = watermarks.valid.sessionKey;
const valid = write('valid.json', payloadOf(watermarks.valid));
const decrypt = (words, options) => run(['decrypt', '--appid', APPID, ...words], options);
const withKey = { env: { SESSION_KEY: KEY } };
const BY_ENV = ['--session-key-env', 'SESSION_KEY'];

/** What a failure on standard error says. */
const failure = ({ errors, out }) => {
  assert.equal(out, '', 'nothing on standard output');
  return JSON.parse(errors).error;
};
/** Wrong usage: exit code 2 and two lines, which name this. */
function assertUsage(result, pattern) {
  assert.equal(result.code, 2, result.errors);
  assert.equal(result.out, '');
  assert.match(result.errors, pattern);
  assert.equal(result.errors.trimEnd().split('\n').length, 2, result.errors);
}

test('decrypt: from a file, from standard input, from options', async () => {
  const expected = JSON.parse(watermarks.valid.plaintext);
  const text = JSON.stringify(payloadOf(watermarks.valid));
  for (const [words, input] of [
    [[valid]], [[], text], [['-'], text], [['-'], `\ufeff${text}\r\n`], [['--encrypted-data', watermarks.valid.encryptedData, '--iv', watermarks.valid.iv]],
  ]) {
    const result = await decrypt([...words, ...BY_ENV], { ...withKey, input });
    assert.equal(result.errors, '');
    assert.equal(result.code, 0);
    assert.equal(result.out, `${JSON.stringify(expected)}\n`);
  }
});

test('decrypt: where keys come from, and which of them counts', async () => {
  const own = write('own.json', recordOf(watermarks.valid));
  const otherKey = write('other-key.json', { ...payloadOf(watermarks.valid), sessionKey: keys.stale });
  const list = write('list.json', { ...payloadOf(watermarks.valid), sessionKey: [keys.stale, KEY] });
  const env = { SESSION_KEY: KEY, STALE: keys.stale };
  for (const [words, code] of [
    [[own], 0],
    [[list], 0],
    [[valid, '--session-key', KEY], 0],
    [[valid, '--session-key', keys.stale, '--session-key', KEY], 0],
    [[valid, '--session-key-env', 'STALE', ...BY_ENV], 0],
    [[valid, '--session-key-env', 'STALE'], 1],
    [[otherKey], 1],
    // What the command line gives counts before what the file says: who wrote the file does not choose the key.
    [[otherKey, ...BY_ENV], 0],
    [[own, '--session-key-env', 'STALE'], 1],
  ]) {
    const result = await decrypt(words, { env });
    assert.equal(result.code, code, `${words.slice(1).join(' ')}: ${result.errors}`);
    if (code === 1) assert.equal(failure(result).code, 'DECRYPT_FAILED');
  }
  assertUsage(await decrypt([valid]), /no session_key: give --session-key-env NAME/);
  assertUsage(await decrypt([valid, '--session-key-env', 'NONE']), /--session-key-env: there is no such environment variable/);
  // What every object has is no variable either.
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    assertUsage(await decrypt([valid, '--session-key-env', name]), /--session-key-env: there is no such environment variable/);
  }
  assertUsage(await decrypt([valid, '--session-key-prompt']), /no terminal/);
});

test('decrypt: the policy is the command line’s', async () => {
  const old = TIMESTAMP + 1000;
  const without = write('without.json', payloadOf(watermarks.absent));
  const messy = write('messy.json', { ...payloadOf(repairs.plain), encryptedData: repairs.plain.encryptedData.replaceAll('+', ' ') });
  for (const [words, expected] of [
    [[valid, '--max-age', '1000', '--now', old], 0],
    [[valid, '--max-age', '999', '--now', old], 'WATERMARK_EXPIRED'],
    [[valid, '--now', TIMESTAMP - 300], 0],
    [[valid, '--now', TIMESTAMP - 301], 'WATERMARK_IN_FUTURE'],
    [[valid, '--now', TIMESTAMP - 301, '--clock-skew', '301'], 0],
    [[without], 'WATERMARK_MISSING'],
    [[without, '--watermark-optional'], 0],
    [[messy], 0],
    [[messy, '--strict'], 'ILLEGAL_BASE64'],
  ]) {
    const result = await decrypt([...words, ...BY_ENV].map(String), { env: { SESSION_KEY: KEY } });
    if (expected === 0) assert.equal(result.code, 0, result.errors);
    else assert.equal(failure(result).code, expected);
    assert.equal(result.code, expected === 0 ? 0 : 1);
  }
  const other = write('other.json', { ...payloadOf(watermarks.otherApp), appid: null, watermark: 'optional' });
  assert.equal(failure(await decrypt([other, ...BY_ENV], withKey)).code, 'APPID_MISMATCH', 'a file loosens nothing');
  assert.equal((await decrypt([other, ...BY_ENV, '--appid', fixtures.otherAppid], withKey)).code, 0, 'one of several apps');
  assert.equal((await run(['decrypt', other, ...BY_ENV, '--any-appid'], withKey)).code, 0);
  assertUsage(await run(['decrypt', valid, ...BY_ENV], withKey), /give --appid/);
  assertUsage(await decrypt([valid, ...BY_ENV, '--any-appid'], withKey), /exclude each other/);
});

test('decrypt --as', async () => {
  const policy = { appid: APPID, sessionKey: phones.mainland.sessionKey };
  for (const [as, fixture, method] of [['phone', phones.hongKong, 'decryptPhoneNumber'], ['user', profiles.grey, 'decryptUserInfo']]) {
    const result = await decrypt([write('as.json', payloadOf(fixture)), '--as', as, ...BY_ENV], { env: { SESSION_KEY: fixture.sessionKey } });
    assert.deepEqual(JSON.parse(result.out), api[method](fixture, { ...policy, sessionKey: fixture.sessionKey }));
  }
  const masked = await decrypt([write('masked.json', recordOf(phones.masked)), '--as', 'phone']);
  assert.equal(failure(masked).reason, 'MASKED');
  assertUsage(await decrypt([valid, '--as', 'group']), /--as/);
});

test('a failure has what OpenDataError has', async () => {
  const result = await decrypt([write('stale.json', { ...payloadOf(watermarks.valid), sessionKey: keys.stale })]);
  assert.equal(result.code, 1);
  let thrown;
  try {
    api.decrypt(watermarks.valid, { appid: APPID, sessionKey: keys.stale });
  } catch (error) {
    thrown = error;
  }
  const { code, errcode, message, hint } = thrown;
  assert.deepEqual(failure(result), { code, errcode, message, hint });
});

test('what is no record', async () => {
  for (const [content, reason] of [
    ['', 'EMPTY'], [' \n', 'EMPTY'], ['{', 'NOT_JSON'], ['[]', 'WRONG_TYPE'], ['null', 'WRONG_TYPE'], ['"x"', 'WRONG_TYPE'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'NOT_JSON'], [`{"a":"${'x'.repeat(2 * 1024 * 1024)}"}`, 'TOO_LONG'],
  ]) {
    const result = await decrypt([write('no-record.json', content), ...BY_ENV], withKey);
    assert.equal(result.code, 1);
    const { code, reason: found } = failure(result);
    assert.deepEqual([code, found], ['INVALID_ARGUMENT', reason]);
  }
  const empty = failure(await decrypt([write('empty-object.json', {}), ...BY_ENV], withKey));
  assert.deepEqual([empty.code, empty.reason], ['INVALID_ARGUMENT', 'MISSING']);
});

test('diagnose', async () => {
  const swapped = write('swapped.json', { encryptedData: watermarks.valid.encryptedData, iv: KEY });
  const words = ['diagnose', '--appid', APPID, '--session-key', watermarks.valid.iv];
  const result = await run([...words, swapped]);
  assert.equal(result.code, 1);
  assert.equal(result.errors, '');
  const expected = api.diagnose({ encryptedData: watermarks.valid.encryptedData, iv: KEY }, { appid: APPID, sessionKey: watermarks.valid.iv });
  assert.deepEqual(JSON.parse(result.out), expected);
  assert.match(expected.notes[0], /swapped/);
  const good = await run(['diagnose', '--appid', APPID, '--session-key', KEY, valid]);
  assert.equal(good.code, 0);
  assert.equal(JSON.parse(good.out).ok, true);
});

test('phone', async () => {
  const one = await run(['phone', '+86 135-8000-6666']);
  assert.deepEqual([one.code, JSON.parse(one.out)], [0, api.parsePhoneNumber('13580006666')]);
  assert.equal(JSON.parse((await run(['phone', '2123 4567', '--country-code', '852'])).out).region, 'HK');
  const masked = await run(['phone', '13580006666', '--mask']);
  assert.equal(JSON.parse(masked.out).masked, '+86 135****6666');
  assert.ok(!masked.out.includes('8000'));
  const several = await run(['phone', '13580006666', 'x', '--', '-1']);
  assert.equal(several.code, 1);
  assert.deepEqual(lines(several.out).map(({ line, status, reason }) => [line, status, reason?.reason]), [
    [1, 'fulfilled', undefined], [2, 'rejected', 'MASKED'], [3, 'rejected', 'TOO_SHORT'],
  ]);
  const fields = { countryCode: 852, purePhoneNumber: '21234567' };
  assert.equal(JSON.parse((await run(['phone'], { input: JSON.stringify(fields) })).out).e164, '+85221234567');
  assert.equal(JSON.parse((await run(['phone', '-i', write('phone.json', { number: '13580006666' })])).out).e164, '+8613580006666');
  assert.equal(failure(await run(['phone'], { input: JSON.stringify({ number: '1', ...fields }) })).reason, 'TOO_MANY');
});

test('avatar', async () => {
  const result = await run(['avatar', 'http://wx.qlogo.cn/mmopen/vi_32/abc/132']);
  assert.deepEqual([result.code, JSON.parse(result.out)], [0, api.parseAvatar('http://wx.qlogo.cn/mmopen/vi_32/abc/132')]);
  assert.equal(JSON.parse((await run(['avatar', 'https://wx.qlogo.cn/mmopen/vi_32/abc/132', '--size', '46'])).out).size, 46);
  for (const name of ['url', 'avatarUrl']) {
    assert.equal(JSON.parse((await run(['avatar'], { input: JSON.stringify({ [name]: 'wxfile://tmp_a.png' }) })).out).kind, 'temporary');
  }
  assertUsage(await run(['avatar', 'x', '--size', '47']), /--size/);
});

test('verify: the signature of getUserInfo', async () => {
  const vector = signatures.find(({ rawData, signature }) => rawData !== undefined && signature !== undefined);
  const { rawData, signature, sessionKey } = vector;
  const words = ['verify', '--session-key', sessionKey];
  const good = await run([...words, write('signed.json', { rawData, signature })]);
  assert.deepEqual([good.code, good.out], [0, '{"valid":true}\n'], good.errors);
  const bad = await run([...words, '--raw-data', `${rawData} `, '--signature', signature]);
  assert.deepEqual([bad.code, bad.out, bad.errors], [1, '{"valid":false}\n', '']);
  assert.equal(failure(await run(['verify', '--session-key', 'x', '--raw-data', rawData, '--signature', signature])).code, 'ILLEGAL_SESSION_KEY');
});

test('verify --push', async () => {
  const { token, encodingAESKey, appid } = push.config;
  const env = { TOKEN: token, AES: encodingAESKey };
  const words = ['verify', '--push', '--token-env', 'TOKEN', '--encoding-aes-key-env', 'AES', '--appid', appid];
  const [{ encrypt: Encrypt, query }] = push.opened;
  const [closed] = push.notOpened;
  for (const [record, expected] of [
    [push.query, true], [{ ...push.query, nonce: '1' }, false], [{ Encrypt, ...query }, true], [{ Encrypt, ...query, timestamp: '1' }, false],
  ]) {
    const result = await run(words, { env, input: JSON.stringify(record) });
    assert.equal(result.errors, '');
    assert.deepEqual([result.code, JSON.parse(result.out)], [expected ? 0 : 1, { valid: expected }]);
  }
  const result = await run(words, { env, input: JSON.stringify({ Encrypt: closed.encrypt, ...closed.query }) });
  assert.equal(failure(result).code, 'DECRYPT_FAILED', 'signed, but under another encodingAESKey');
  assertUsage(await run(words.slice(0, -2), { env }), /--push needs/);
  assertUsage(await run(words, { env: { ...env, AES: 'short' } }), /encodingAESKey/);
});

test('wrong usage', async () => {
  for (const [words, pattern] of [
    [['decrpt'], /no such command \(did you mean decrypt\?\)/],
    [['decrypt', '--any-apid'], /--any-apid: no such option \(did you mean --any-appid\?\)/],
    [['decrypt', '--max-age', '1.5'], /--max-age: this option does not take such a value/],
    [['decrypt', '--max-age', '-1'], /--max-age/],
    [['decrypt', '--appid'], /--appid: this option needs a value/],
    [['decrypt', 'a', 'b'], /more arguments/],
    [['decrypt', 'no-such-file', '--any-appid'], /the file does not exist/],
    [['decrypt', '.', '--any-appid'], /the file cannot be read/],
    [['decrypt', '.', '--any-appid', '--ndjson'], /the file cannot be read/],
    [['decrypt', valid, '--any-appid', '--iv', 'x'], /not in both/],
    [['decrypt', '--any-appid', '--iv', 'x', '--ndjson'], /--ndjson reads a file/],
    [['decrypt', valid, '--any-appid', '--jobs', '2'], /--jobs goes with --ndjson only/],
    [['decrypt', valid, '--any-appid', '--ndjson', '--jobs', '0'], /--jobs/],
    [['decrypt', valid, '--any-appid', '--ndjson', '--jobs', '65'], /--jobs/],
    [['decrypt', valid, '--appid', ''], /appid/],
    [['decrypt', valid, '--any-appid', '--now', String(TIMESTAMP * 1000)], /milliseconds/],
    [['phone', '1', '--lang', 'fr'], /--lang/],
  ]) assertUsage(await run(words), pattern);
  const json = await run(['decrypt', '--json', '--unheard-of']);
  assert.deepEqual(JSON.parse(json.errors), { error: { code: 'USAGE', reason: 'unknownOption', message: '--unheard-of: no such option' } });
});

test('help and version', async () => {
  const { version, bin } = manifest();
  assert.deepEqual(bin, { 'weapp-opendata': 'cli/bin.js' });
  assert.equal((await run(['--version'])).out, `${version}\n`);
  const help = await run(['--help']);
  assert.equal(help.code, 0);
  assert.deepEqual(await run([]), { ...help, code: 2, out: '', errors: help.out }, 'without a command: the same, as wrong usage');
  for (const name of ['decrypt', 'diagnose', 'phone', 'avatar', 'verify', 'playground']) {
    assert.match(help.out, new RegExp(`^  ${name} .*[a-z]`, 'm'));
    const page = await run([name, '--help']);
    assert.equal(page.code, 0);
    assert.ok(page.out.startsWith(`Usage: weapp-opendata ${name}`), page.out);
    assert.ok(!page.out.includes('undefined'));
    const chinese = await run([name, '--help', '--lang', 'zh']);
    assert.match(chinese.out, /^用法/);
    // Every line of explanation is translated: none is without a Chinese character.
    const options = (text) => text.split('\n').filter((line) => /^ {2}-/.test(line));
    assert.ok(options(chinese.out).length > 3);
    for (const line of options(chinese.out)) assert.match(line, /[\u4e00-\u9fff]/, line);
  }
  assert.match(help.out, /Exit codes:/);
  assert.match((await run(['decrypt', '--help'])).out, /shell’s history/);
});

test('the language: of the locale, or as asked for', async () => {
  for (const [env, words, chinese] of [
    [{ LANG: 'zh_CN.UTF-8' }, [], true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'zh_TW' }, [], true],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, [], false],
    [{ LANG: 'zh_CN.UTF-8' }, ['--lang', 'en'], false],
    [{}, ['--lang=zh'], true],
  ]) {
    const { errors, code } = await run(['decrypt', valid, ...words], { env });
    assert.equal(code, 2);
    assert.equal(/[\u4e00-\u9fff]/.test(errors), chinese, errors);
  }
});
