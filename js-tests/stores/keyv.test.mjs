// Several processes that share one access token through Keyv over SQLite, against the emulator.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { APP, PATH, SAMPLE_KEY, USER, start } from '../support/server.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stores-'));
after(() => fs.rmSync(folder, { recursive: true }));

let files = 0;
const newFile = () => path.join(folder, `${++files}.sqlite`);

/** A process with its client, ready to be asked. */
async function started(context, emulator, file) {
  const options = { ...APP, baseUrl: emulator.url, file };
  const child = fork(path.join(import.meta.dirname, 'process.mjs'), [JSON.stringify(options)], { cwd: import.meta.dirname });
  context.after(() => child.kill('SIGKILL'));
  await once(child, 'message');
  return {
    child,
    async ask(call, values) {
      child.send({ call, values });
      const [answer] = await once(child, 'message');
      return answer;
    },
  };
}

const startAll = (context, emulator, file, count) => Promise.all(Array.from({ length: count }, () => started(context, emulator, file)));

test('processes that start one after the other share a token, which outlives them', async (context) => {
  const { emulator, tokensAsked } = await start();
  const file = newFile();
  const values = [];
  for (let i = 0; i < 3; i++) {
    const { ask, child } = await started(context, emulator, file);
    values.push((await ask('token')).value);
    child.kill('SIGKILL');
  }
  assert.equal(new Set(values).size, 1);
  assert.equal(tokensAsked(), 1);
});

test('processes that ask at the same moment cause one request', async (context) => {
  for (let round = 0; round < 3; round++) {
    const { emulator, tokensAsked } = await start();
    // WeChat takes longer than the claims.
    emulator.fault(PATH.token, { kind: 'slow', milliseconds: 500 });
    const all = await startAll(context, emulator, newFile(), 4);
    const answers = await Promise.all(all.map(({ ask }) => ask('token')));
    assert.deepEqual(answers.map(({ status }) => status), Array(4).fill('fulfilled'));
    assert.equal(new Set(answers.map(({ value }) => value)).size, 1);
    assert.equal(tokensAsked(), 1, `round ${round}`);
    for (const { child } of all) child.kill('SIGKILL');
  }
});

test('a token that WeChat refuses is renewed by one of them', async (context) => {
  const { emulator, tokensAsked } = await start();
  const all = await startAll(context, emulator, newFile(), 3);
  for (const { ask } of all) await ask('token');
  emulator.revokeTokens(APP.appid);
  const answers = await Promise.all(all.map(({ ask }) => ask('check', [USER.openid, SAMPLE_KEY])));
  assert.deepEqual(answers.map(({ value }) => value), [true, true, true]);
  assert.equal(tokensAsked(), 2);
});

test('one that dies while it asks holds the others up for seconds at most', async (context) => {
  const { emulator, tokensAsked } = await start();
  const [doomed, other] = await startAll(context, emulator, newFile(), 2);
  const gate = emulator.hold(PATH.token);
  doomed.child.send({ call: 'token' });
  await gate.arrived();
  doomed.child.kill('SIGKILL');
  await once(doomed.child, 'exit');
  gate.release();
  const { status, took } = await other.ask('token');
  assert.equal(status, 'fulfilled');
  assert.ok(took < 6000, `${took} ms`);
  assert.equal(tokensAsked(), 2);
});

test('a database that is gone, or is none, fails no call', async (context) => {
  for (const spoil of [(file) => fs.writeFileSync(file, 'no database at all, but text'.repeat(1000)), (file) => fs.rmSync(file)]) {
    const { emulator, tokensAsked } = await start();
    const file = newFile();
    const { ask } = await started(context, emulator, file);
    spoil(file);
    const { status, reason, took } = await ask('token');
    assert.equal(status, 'fulfilled', reason);
    assert.ok(took < 6000, `${took} ms`);
    assert.equal((await ask('check', [USER.openid, SAMPLE_KEY])).value, true);
    assert.equal(tokensAsked(), 1);
  }
});
