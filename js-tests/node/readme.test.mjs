// The code of the READMEs runs, with the package as a user has it, and both languages show the same code.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { transform } from 'esbuild';

import { errorCodes, project, readPackageFile } from '../support/installed.mjs';
import { codeBlocks } from '../support/markdown.mjs';
import { Clock, startEmulator } from '../wechat-api/emulator.mjs';

const FILES = ['README.md', 'README.zh-CN.md'];
const SHELL = ['sh', 'bash', 'shell', 'console'];
/** Nothing in these can be run. */
const INERT = ['json', 'text', ''];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'readme-'));
fs.symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
after(() => fs.rmSync(folder, { recursive: true }));

/** In WeChat's place, for the pages' clients. */
const APP = { appid: 'wx0123456789abcdef', secret: 'a synthetic secret' };
const USER = { openid: 'oSynthetic0000000000000000001', phone: { phoneNumber: '12066600001', purePhoneNumber: '12066600001', countryCode: '86' } };
const emulator = await startEmulator({ apps: [APP], users: [USER], clock: new Clock(Math.floor(Date.now() / 1000)) });
after(() => emulator.close());
const wechat = { APPID: APP.appid, APPSECRET: APP.secret, WECHAT_URL: emulator.url };

async function runBlock({ script, code, line }, name) {
  const isModule = script === 'ts' || /^\s*(import|export)\b/m.test(code) || !/\brequire\(/.test(code);
  const file = path.join(folder, `${name}-${line}.${isModule ? 'mjs' : 'cjs'}`);
  const javascript = script === 'ts' ? (await transform(code, { loader: 'ts', format: 'esm', target: 'node20' })).code : code;
  fs.writeFileSync(file, javascript);
  const runner = path.join(import.meta.dirname, '../support/run-block.mjs');
  return new Promise((resolve) => {
    execFile(process.execPath, [runner, file], { cwd: folder, timeout: 20000, env: { ...process.env, ...wechat } }, (error, output, errors) => {
      if (error) resolve({ code: null, message: `${error.message} ${error.signal ?? ''} ${errors}` });
      else resolve(JSON.parse(output.trimEnd().split('\n').pop()));
    });
  });
}

for (const file of FILES) {
  const blocks = codeBlocks(readPackageFile(file));

  test(`${file} has JavaScript to run`, () => {
    assert.ok(blocks.some(({ script }) => script !== undefined), 'no block of JavaScript');
  });

  for (const block of blocks) {
    test(`${file}, line ${block.line}: ${block.language || 'text'}`, async () => {
      if (block.script === undefined) {
        assert.ok([...SHELL, ...INERT].includes(block.language), `no way is known to test "${block.language}"`);
        assert.equal(block.throws, undefined, 'only JavaScript throws');
        if (!SHELL.includes(block.language)) assert.equal(block.notRun, undefined, '"not run" is for shell commands');
        if (block.notRun !== undefined) assert.notEqual(block.notRun, '', 'a reason');
        return;
      }
      assert.equal(block.notRun, undefined, 'JavaScript is run');
      const outcome = await runBlock(block, file);
      if (block.throws === undefined) assert.equal(outcome.finished, true, outcome.message);
      else {
        assert.ok(errorCodes().includes(block.throws), `${block.throws} is a code`);
        assert.equal(outcome.code, block.throws, outcome.message ?? 'it ran to its end');
      }
    });
  }
}

for (const file of FILES) {
  test(`${file}: the functions around the server client do what they say`, async () => {
    const [block, ...more] = codeBlocks(readPackageFile(file)).filter(({ code }) => code.includes("'weapp-opendata/server'"));
    assert.deepEqual(more, []);
    const module = path.join(folder, `client-of-${file}.mjs`);
    fs.writeFileSync(module, block.code);
    Object.assign(process.env, wechat);
    const { login, phone } = await import(pathToFileURL(module).href);
    assert.equal(await login({ code: emulator.login(USER.openid).code }), USER.openid);
    const { code, encryptedData, iv } = emulator.phoneButton(USER.openid);
    for (const body of [{ code }, { encryptedData, iv }]) assert.equal(await phone(USER.openid, body), '+8612066600001');
  });
}

/** Code without comments, and with one word in place of every Chinese text or its English counterpart. */
async function bones({ script, language, code, throws }) {
  if (script === undefined) {
    const lines = code.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
    return { language, throws, code: lines.filter((line) => line !== '') };
  }
  const minified = await transform(code, { loader: script, minifyWhitespace: true, legalComments: 'none', charset: 'utf8', target: 'esnext' });
  return { language, throws, code: minified.code };
}

const STRING = /(["'`])(?:\\.|(?!\1)[^\\])*\1/gs;
const CHINESE = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/;

test('the two READMEs show the same code', async () => {
  const [english, chinese] = FILES.map((file) => codeBlocks(readPackageFile(file)));
  assert.equal(chinese.length, english.length, 'number of blocks');
  for (let i = 0; i < english.length; i++) {
    const [one, other] = await Promise.all([bones(english[i]), bones(chinese[i])]);
    if (english[i].script !== undefined) {
      // A Chinese string stands where the English one has some other: neither is compared.
      const strings = [one, other].map(({ code }) => code.match(STRING) ?? []);
      assert.equal(strings[1].length, strings[0].length, `block ${i + 1}: number of strings`);
      const translated = strings[1].map((text) => CHINESE.test(text));
      for (const bone of [one, other]) {
        let at = 0;
        bone.code = bone.code.replace(STRING, (text) => (translated[at++] ? '"…"' : text));
      }
    }
    assert.deepEqual(other, one, `block ${i + 1}, line ${chinese[i].line} of ${FILES[1]}`);
  }
});

test('control: a failing block fails, a throwing one is known by its code, a missing end is seen', async () => {
  const fails = await runBlock({ script: 'js', line: 1, code: "import 'weapp-opendata'; throw new Error('x');" }, 'control');
  assert.equal(fails.finished, undefined);
  const throws = await runBlock({ script: 'js', line: 2, code: "require('weapp-opendata').decrypt();" }, 'control');
  assert.equal(throws.code, 'INVALID_ARGUMENT');
  const late = await runBlock({ script: 'ts', line: 3, code: 'const n: number = 1; setTimeout(() => { throw n; }, 5);' }, 'control');
  assert.equal(late.finished, undefined);
  const good = await runBlock({ script: 'ts', line: 4, code: "import { init } from 'weapp-opendata'; await init();" }, 'control');
  assert.equal(good.finished, true, good.message);
  assert.throws(() => codeBlocks('```js\n1'));
  const [block] = codeBlocks('<!-- throws: DECRYPT_FAILED -->\n\n```js\n1\n```');
  assert.deepEqual(block, { language: 'js', script: 'js', code: '1', line: 3, throws: 'DECRYPT_FAILED' });
});
