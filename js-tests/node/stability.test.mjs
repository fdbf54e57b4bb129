// Long runs, each in a process of its own: whether the process ends well is the question. The optimiser of V8 11.3 (Node 20) has
// compiled calls from JavaScript into WebAssembly to code that crashes; how the glue calls its module has to keep clear of that.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const script = path.join(import.meta.dirname, '../support/stability.mjs');

/** @returns {Promise<{ status: string | number, output: string }>} */
function run(name) {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, name], { timeout: 120000 }, (error, output, errors) => {
      resolve({ status: error ? error.signal ?? error.code : 0, output: error ? errors.slice(0, 1000) : output });
    });
  });
}

test('errors, diagnoses, batches, then 200,000 calls of decrypt', async () => {
  const { status, output } = await run('loop');
  assert.equal(status, 0, output);
  assert.deepEqual(JSON.parse(output), { opened: 200000 });
});

test('100,000 calls of decrypt that fail and succeed in turn', async () => {
  const { status, output } = await run('failures');
  assert.equal(status, 0, output);
  const { opened, refused } = JSON.parse(output);
  assert.equal(opened + refused, 100000);
  assert.ok(opened > 10000 && refused > 10000, output);
});

test('300,000 mixed calls leave memory as large as the first 1,000 did', async () => {
  const { status, output } = await run('mixed');
  assert.equal(status, 0, output);
  const { first, last } = JSON.parse(output);
  assert.ok(first >= 65536, `${first} bytes`);
  assert.equal(last, first);
});
