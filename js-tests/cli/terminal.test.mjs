// The command line as a person uses it, in a terminal.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { APPID, fixtures, folder, lines, payloadOf, recordOf, write } from './support/command.mjs';
import { writeRecords } from './support/records.mjs';
import { inTerminal } from './support/terminal.mjs';

const { watermarks, keys, profiles } = fixtures;
const KEY = watermarks.valid.sessionKey;
const ESC = '\u001b';
write('valid.json', payloadOf(watermarks.valid));
write('stale.json', { ...payloadOf(watermarks.valid), sessionKey: keys.stale });
const decrypt = `weapp-opendata decrypt --appid ${APPID}`;
/** Says with which code the last command ended; typed, it does not look like what it prints. */
const CODE = '; echo "ended with" $?';
const ended = (code) => new RegExp(`^ended with ${code}$`, 'm');

test('the session_key is asked for, and not shown', () => inTerminal({}, async (terminal) => {
  terminal.line(`${decrypt} valid.json${CODE}`);
  await terminal.shows(/^session_key: *$/m);
  terminal.line(KEY);
  const screen = await terminal.shows(ended(0));
  assert.match(screen, /^ {2}"watermark": \{$/m, 'laid out for people');
  for (const part of [KEY, KEY.slice(0, 8), KEY.slice(-10)]) assert.ok(!screen.includes(part), screen);
}));

test('it is asked for even where the data is piped in and the result is piped on', () => inTerminal({}, async (terminal) => {
  terminal.line(`cat valid.json | ${decrypt} | cat${CODE.replace('$?', '${PIPESTATUS[1]}')}`);
  await terminal.shows(/^session_key: *$/m);
  terminal.line(KEY);
  const screen = await terminal.shows(ended(0));
  assert.ok(screen.includes(JSON.stringify(JSON.parse(watermarks.valid.plaintext))), screen);
  assert.ok(!screen.includes(KEY));
}));

test('Ctrl-C at the question, and the shell echoes again', () => inTerminal({}, async (terminal) => {
  terminal.line(`${decrypt} valid.json${CODE}`);
  await terminal.shows(/^session_key: *$/m);
  terminal.type(KEY.slice(0, 10));
  terminal.key('C-c');
  // The shell gives up the rest of its line as well, or not: so it is asked anew.
  await terminal.shows(/\$ *$/);
  terminal.line('echo "code is" $?');
  const screen = await terminal.shows(/^code is (130|0)$/m);
  assert.match(screen, /^(ended with 130|code is 130)$/m);
  assert.match(screen, /echo "code is"/, 'what is typed is seen again');
  assert.ok(!screen.includes(KEY.slice(0, 10)), screen);
}));

test('a failure: the code, what happened, and what to do, in the language of the locale', async () => {
  for (const [env, pattern] of [[{}, /stale/], [{ LANG: 'zh_CN.UTF-8' }, /[\u4e00-\u9fff].*wx\.login/]]) {
    await inTerminal({ env }, async (terminal) => {
      terminal.line(`${decrypt} stale.json${CODE}`);
      const screen = await terminal.shows(ended(1));
      const at = screen.split('\n').findIndex((line) => /^✗ DECRYPT_FAILED: /.test(line));
      assert.ok(at >= 0, screen);
      const hint = screen.split('\n').slice(at + 1).join('\n');
      assert.match(hint, pattern);
      if (!env.LANG) assert.doesNotMatch(hint, /[\u4e00-\u9fff]/);
    });
  }
});

test('diagnose, verify, phone and avatar for people', () => inTerminal({}, async (terminal) => {
  terminal.line(`weapp-opendata diagnose --appid ${APPID} stale.json${CODE}`);
  await terminal.shows(/^✗ DECRYPT_FAILED$\n {2}\S/m);
  await terminal.shows(ended(1));
  await terminal.clear();
  terminal.line('weapp-opendata phone 13580006666 --mask');
  await terminal.shows(/^masked {3} *\+86 135\*\*\*\*6666$/m);
  await terminal.clear();
  terminal.line('weapp-opendata phone 13580006666');
  const phone = await terminal.shows(/^isValid +yes$/m);
  assert.match(phone, /^e164 +\+8613580006666$/m);
  await terminal.clear();
  terminal.line('weapp-opendata avatar http://tmp/a.png');
  assert.match(await terminal.shows(/^size +-$/m), /^needsUpload +yes$/m);
  await terminal.clear();
  terminal.line(`weapp-opendata verify --session-key ${KEY} --raw-data x --signature y`);
  await terminal.shows(/^✗ the signature does not match$/m);
  await terminal.clear();
  terminal.line('weapp-opendata decrypt --any-appid; echo "ended with" $?');
  assert.match(await terminal.shows(ended(2)), /^✗ nothing to read: name a file/m);
}));

test('colours, and none with --no-color or NO_COLOR', () => inTerminal({}, async (terminal) => {
  const colored = new RegExp(`${ESC}\\[[0-9;]*m✗|✗[^\\n]*${ESC}\\[`);
  for (const [command, expected] of [
    [`${decrypt} stale.json`, true], [`${decrypt} stale.json --no-color`, false], [`NO_COLOR=1 ${decrypt} stale.json`, false], [`${decrypt} stale.json 2>&1 | cat`, false],
  ]) {
    await terminal.clear();
    terminal.line(`${command}; echo "done" now`);
    await terminal.shows(/^done now$/m);
    assert.equal(colored.test(terminal.screen({ escapes: true })), expected, command);
  }
}));

test('what a stranger wrote does not act on the terminal', () => inTerminal({}, async (terminal) => {
  const name = 'x\u009b31mred\u202egnp.exe';
  const record = { number: '13580006666', url: `https://example.com/${name}` };
  const file = write('stranger.json', record);
  terminal.line(`weapp-opendata avatar -i ${path.basename(file)}; weapp-opendata avatar --ndjson -i ${path.basename(file)}; echo "done" now`);
  const screen = await terminal.shows(/^done now$/m);
  assert.doesNotMatch(screen, /[\u0080-\u009f\u202e]/);
  assert.ok(screen.match(/\\u009b31mred\\u202egnp/g).length >= 2, screen);
}));

test('many records: a bar while it runs, a line at its end, results in the file', () => inTerminal({}, async (terminal) => {
  await writeRecords(path.join(folder, 'records.ndjson'), 400_000);
  terminal.line(`${decrypt} --ndjson records.ndjson > results.ndjson${CODE}`);
  await terminal.shows(/█+░* \d+% \| [\d,]+ records, 0 failed, [\d,]+ a second/);
  const screen = await terminal.shows(ended(0));
  assert.match(screen, /^✓ 400,000 records, 0 failed, [\d.]+ s, [\d,]+ a second$/m);
  assert.doesNotMatch(screen, /█/, 'the bar is gone');
  assert.equal(fs.readFileSync(path.join(folder, 'results.ndjson'), 'latin1').split('\n').length - 1, 400_000);

  await terminal.clear();
  terminal.line(`cat records.ndjson stale.json | ${decrypt} --ndjson --lang zh > results.ndjson${CODE}`);
  await terminal.shows(/MB \| [\d,]+ 条记录/);
  assert.match(await terminal.shows(ended(1)), /^✗ 400,001 条记录, 1 条失败/m);

  // Without a bar when asked, and when the results themselves are on the screen.
  await terminal.clear();
  terminal.line(`${decrypt} --ndjson --no-progress records.ndjson > results.ndjson${CODE}`);
  assert.doesNotMatch(await terminal.shows(ended(0)), /records,/);
  await terminal.clear();
  terminal.line(`head -n 3 records.ndjson | ${decrypt} --ndjson${CODE}`);
  const direct = await terminal.shows(ended(0));
  assert.equal(direct.match(/^\{"line":\d,"status":"fulfilled"/gm).length, 3);
  assert.doesNotMatch(direct, /records,/);
}));

test('Ctrl-C leaves whole lines, the cursor, and exit code 130', () => inTerminal({}, async (terminal) => {
  await writeRecords(path.join(folder, 'long.ndjson'), 1_000_000);
  terminal.line(`${decrypt} --ndjson long.ndjson > interrupted.ndjson`);
  await terminal.shows(/ [1-9]\d*% \|/);
  terminal.key('C-c');
  const screen = await terminal.shows(/^✗ interrupted: [\d,]+ records, 0 failed/m);
  terminal.line('echo "ended with" $?');
  await terminal.shows(ended(130));
  assert.equal(terminal.tmux('display-message', '-p', '-t', 't', '#{cursor_flag}').trim(), '1', 'the cursor is seen');
  const text = fs.readFileSync(path.join(folder, 'interrupted.ndjson'), 'utf8');
  assert.ok(text.endsWith('}\n'));
  const results = lines(text);
  assert.ok(results.length > 0 && results.length < 1_000_000);
  results.forEach(({ line }, index) => assert.equal(line, index + 1));
  const [, said] = /interrupted: ([\d,]+) records/.exec(screen);
  assert.equal(Number(said.replaceAll(',', '')), results.length, 'what it said is what is there');
}));
