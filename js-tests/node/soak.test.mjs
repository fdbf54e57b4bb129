// Many calls, good and bad and broken off: memory stays what it was, nothing is kept, results are right to the end. In one thread,
// and in several at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { freshInstance } from '../support/instances.mjs';
import { makeCalls, soak } from '../support/soak.mjs';
import { differences } from '../support/scan.mjs';

const ENTRIES = ['weapp-opendata', 'weapp-opendata/baseline'];
const COUNT = Number(process.env.SOAK_CALLS ?? 100000);
const WARM_UP = 4000;
/** What the engine may keep for itself over all calls: tables of optimised code, not objects of ours, of which there would be one a call. */
const HEAP_SLACK = 4 * 1024 * 1024;

function heap() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return { heapUsed, outside: arrayBuffers + external };
}

for (const entry of ENTRIES) {
  test(`${entry}: ${COUNT} calls leave memory as it was`, () => {
    const { api, memory } = freshInstance({}, entry);
    const calls = makeCalls();
    soak(api, calls, 1, WARM_UP);
    const before = { linear: memory.buffer.byteLength, ...heap(), handles: process.getActiveResourcesInfo() };
    const made = soak(api, calls, 2, COUNT);
    const after = { linear: memory.buffer.byteLength, ...heap(), handles: process.getActiveResourcesInfo() };

    assert.equal(after.linear, before.linear, 'linear memory grew');
    assert.deepEqual(after.handles, before.handles);
    assert.ok(after.heapUsed - before.heapUsed < HEAP_SLACK, `the heap grew from ${before.heapUsed} to ${after.heapUsed} bytes`);
    assert.ok(after.outside - before.outside < HEAP_SLACK, `memory outside the heap grew from ${before.outside} to ${after.outside} bytes`);
    for (const [name, count] of Object.entries(made)) assert.ok(count > COUNT / 5000, `${name}: ${count} calls`);
    // Right to the end: every call once more.
    for (const call of Object.values(calls)) for (let n = 0; n < 64; n++) call(api, n);
    assert.equal(memory.buffer.byteLength, before.linear);
  });

  test(`${entry}, control: what a call keeps is seen`, () => {
    const kept = [];
    const { api } = freshInstance({}, entry);
    const calls = makeCalls();
    soak(api, calls, 1, WARM_UP);
    const before = heap();
    soak(api, { decrypt: (soaked, n) => kept.push(calls.decrypt(soaked, n), { n }) }, 2, COUNT);
    assert.ok(heap().heapUsed - before.heapUsed > HEAP_SLACK, `${kept.length}`);
  });

  test(`${entry}: a call that is broken off leaves nothing in memory`, () => {
    const calls = makeCalls();
    const { api, bytes } = freshInstance({}, entry);
    // Room for what comes is made, and the allocator's own notes are written.
    for (let n = 0; n < 12; n++) calls.throwing(api, n);
    const before = bytes().slice();
    for (let n = 0; n < 600; n++) calls.throwing(api, n);
    assert.deepEqual(differences(before, bytes()), []);
    // Control: what reaches the module, and is not wiped, is a difference.
    const unwiped = freshInstance({ exports: (exports) => ({ ...exports, wipe() {} }) }, entry);
    for (let n = 0; n < 12; n++) calls.calling(unwiped.api, n);
    const left = unwiped.bytes().slice();
    for (let n = 12; n < 64; n++) calls.calling(unwiped.api, n);
    assert.notDeepEqual(differences(left, unwiped.bytes()), []);
    // Nor does it show in the next.
    for (let n = 0; n < 64; n++) {
      calls.throwing(api, n);
      calls.decrypt(api, n);
      calls.calling(api, n);
    }
  });
}

test('four threads at once, each with an instance of its own', async () => {
  const count = Math.ceil(COUNT / 10);
  const results = await Promise.all([0, 1, 2, 3].map((index) => new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../support/soak-worker.mjs', import.meta.url), { workerData: { entry: ENTRIES[index % 2], seed: index + 10, count } });
    let result;
    worker.on('message', (message) => (result = message));
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 && result ? resolve(result) : reject(new Error(`a thread ended with ${code} and ${result ? 'a' : 'no'} result`))));
  })));
  for (const { before, after, made } of results) {
    assert.equal(after, before, 'linear memory grew');
    assert.equal(Object.values(made).reduce((sum, calls) => sum + calls), count);
  }
});
