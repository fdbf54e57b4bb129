// No secret reaches standard error, and none reaches standard output but as the result that was asked for.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { seal } from '../fixtures.mjs';
import { packageFolder } from '../support/installed.mjs';
import { seeded } from '../support/prng.mjs';
import { APPID, fixtures, folder, run, write } from './support/command.mjs';

const random = seeded(99);
const PHONE = '13912345678';
const NAME = 'Nickname-In-Plaintext';
const plaintext = JSON.stringify({ phoneNumber: PHONE, purePhoneNumber: PHONE, countryCode: '86', nickName: NAME, watermark: { timestamp: 1700000000, appid: APPID } });
const { encryptedData, iv, sessionKey } = seal(plaintext, random.bytes(16), random.bytes(16));
const TOKEN = 'push-token-of-somebody';
const AES_KEY = fixtures.push.config.encodingAESKey;
/** What must not be seen, by pieces: a part of a key is still a part of a key. */
const SECRETS = { sessionKey, encryptedData, iv, PHONE, NAME, TOKEN, AES_KEY };

function assertSilent(text, where) {
  for (const [name, secret] of Object.entries(SECRETS)) {
    for (const part of [secret.slice(0, 10), secret.slice(-10)]) assert.ok(!text.includes(part), `${where}: ${name} in ${text.slice(0, 1000)}`);
  }
}

const payload = { encryptedData, iv };
const record = { ...payload, sessionKey };
const env = { KEY: sessionKey, TOKEN, AES_KEY };
const good = write('good.json', record);
const raw = JSON.stringify(record);

/** Command lines that fail, each with a secret somewhere. */
const FAILING = [
  // In the wrong place on the command line.
  [[sessionKey]], [['decrypt', sessionKey]], [['decrypt', good, sessionKey]], [['decrypt', '--any-appid', sessionKey]], [['decrypt', '--any-appid', '-i', sessionKey]],
  [[`--${sessionKey}`]], [[`--session-key=${sessionKey}`]], [['decrypt', `--sessionkey=${sessionKey}`]], [['decrypt', `--session-keys=${sessionKey}`]], [['decrypt', `-k${sessionKey}`]],
  [['decrypt', `--${sessionKey}`, good]], [['decrypt', '--max-age', sessionKey]], [['decrypt', '--now', PHONE.repeat(2)]], [['decrypt', '--jobs', sessionKey]],
  [['decrypt', good, '--as', NAME]], [['decrypt', good, '--lang', NAME]], [['decrypt', good, '--any-appid', '--session-key-env', sessionKey]],
  [['decrypt', good, '--appid', sessionKey]], [['decrypt', good, '--any-appid', '--session-key', `${sessionKey}x`]], [['decrypt', good, '--any-appid', '--session-key', AES_KEY]],
  [['decrypt', good, '--any-appid', '--session-key', sessionKey, '--iv', iv]],
  [['avatar', '--size', PHONE, 'x']], [['phone', '--countrycode', PHONE]], [['phone', `${PHONE}${PHONE}`]], [['phone', `${PHONE}-${NAME}`]], [['phone', `${PHONE.slice(0, 7)}****`]],
  [['phone', PHONE, '--country-code', NAME]], [['phone', PHONE, '--country-code', sessionKey]],
  [['verify', '--push', '--token-env', TOKEN, '--encoding-aes-key-env', 'AES_KEY', '--appid', APPID]],
  [['verify', '--push', '--token-env', 'TOKEN', '--encoding-aes-key-env', AES_KEY, '--appid', APPID]],
  [['verify', '--push', '--token-env', 'AES_KEY', '--encoding-aes-key-env', 'TOKEN', '--appid', APPID]],
  [['verify', '--push', '--token-env', 'TOKEN', '--encoding-aes-key-env', 'AES_KEY', '--appid', APPID], JSON.stringify({ Encrypt: encryptedData, msg_signature: TOKEN, timestamp: PHONE, nonce: NAME })],
  [['verify'], JSON.stringify({ rawData: plaintext, signature: sessionKey, sessionKey: AES_KEY })],
  // In the data.
  ...[
    raw.slice(0, -1), `${raw}${raw}`, `x${raw}`, `[${raw}]`, JSON.stringify(sessionKey), JSON.stringify(raw), raw.replace('"iv"', 'iv'), `${raw}\u0000`, Buffer.from(`${raw}\xff`, 'latin1'),
    JSON.stringify({ ...record, iv: sessionKey.slice(2) }), JSON.stringify({ ...record, iv: [iv] }), JSON.stringify({ ...record, sessionKey: { sessionKey } }), JSON.stringify({ ...record, sessionKey: `${sessionKey}!` }),
    JSON.stringify({ ...record, encryptedData: plaintext }), JSON.stringify({ ...record, encryptedData: encryptedData.slice(1) }), JSON.stringify({ ...record, encryptedData: 7 }), JSON.stringify({ ...record, sessionKey: AES_KEY }),
    JSON.stringify({ ...record, sessionKey: iv }), JSON.stringify({ ...record, sessionKey: Array(9).fill(sessionKey) }), JSON.stringify({ sessionKey }),
  ].flatMap((input) => [
    [['decrypt', '--any-appid'], input], [['decrypt', '--any-appid', '--ndjson'], input], [['diagnose', '--any-appid'], input], [['diagnose', '--any-appid', '--ndjson'], input],
  ]),
  [['decrypt', '--appid', 'wx', good]], [['decrypt', '--any-appid', '--max-age', '1', good]], [['decrypt', '--any-appid', '--as', 'user', good]], [['decrypt', '--appid', 'wx', '--ndjson', good]],
  [['phone'], JSON.stringify({ number: `${PHONE}x${NAME}` })], [['phone'], JSON.stringify({ countryCode: NAME, purePhoneNumber: PHONE })], [['phone', '--ndjson'], JSON.stringify({ number: [PHONE] })],
  [['avatar'], JSON.stringify({ url: [NAME] })],
];

test('no failure shows a secret', async () => {
  const codes = new Set();
  for (const [where, [words, input]] of FAILING.entries()) {
    for (const more of where % 2 === 0 ? [[]] : [[], ['--json', '--lang', 'zh']]) {
      const { code, out, errors } = await run([...words, ...more], { env, input });
      assert.ok(code === 1 || code === 2, `${where}: exit code ${code} ${errors}`);
      codes.add(code);
      assertSilent(out, `${where}, standard output`);
      assertSilent(errors, `${where}, standard error`);
      assert.ok(out.length + errors.length > 0, `${where}: it says something`);
    }
  }
  assert.deepEqual([...codes].sort(), [1, 2]);
});

test('a result is on standard output and nowhere else', async () => {
  for (const words of [['decrypt', good, '--any-appid'], ['decrypt', good, '--any-appid', '--ndjson']]) {
    const { code, out, errors } = await run(words, { env });
    assert.deepEqual([code, errors], [0, '']);
    assert.ok(out.includes(PHONE) && out.includes(NAME), 'control: the plaintext is the result');
    for (const name of ['sessionKey', 'iv', 'encryptedData']) assert.ok(!out.includes(SECRETS[name].slice(0, 10)));
  }
});

test('a crash shows no data', async () => {
  // Whatever fails inside fails with the data in its message; here it is made to.
  const copy = path.join(folder, 'crashing');
  fs.cpSync(packageFolder, copy, { recursive: true });
  const main = path.join(copy, 'cli/main.js');
  const code = fs.readFileSync(main, 'utf8');
  for (const fault of [
    'throw Object.assign(new RangeError(`${text}\\n    at ${text}`), { text, code: text });',
    'throw { text };',
    'setTimeout(() => { throw new Error(text); }); return new Promise(() => {});',
    'Promise.reject(new Error(text)); return {};',
  ]) {
    // The handler that tells bad JSON from the rest would take the first for bad JSON.
    fs.writeFileSync(main, code.replace(/(function parseRecord\(text\) \{\s+let value;\s+)try \{\s+value = JSON\.parse\(text\);\s+\} catch/, `$1${fault.replaceAll('$', '$$$$')}\n try { value = JSON.parse(text); } catch`));
    assert.notEqual(fs.readFileSync(main, 'utf8'), code);
    const { status, out, errors } = await new Promise((resolve) => {
      execFile(process.execPath, [path.join(copy, 'cli/bin.js'), 'decrypt', good, '--any-appid'], { env: { ...process.env, ...env } }, (error, stdout, stderr) => resolve({ status: error?.code ?? 0, out: stdout, errors: stderr }));
    });
    assert.equal(status, 70, errors);
    assert.match(errors, /^weapp-opendata: a fault of this program/m);
    assertSilent(out, 'standard output');
    assertSilent(errors, 'standard error');
  }
});
