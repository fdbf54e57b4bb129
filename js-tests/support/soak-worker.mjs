// One thread of the soak test: an instance of its own, the same calls, and how large its memory was before and after.

import { parentPort, workerData } from 'node:worker_threads';

import { freshInstance } from './instances.mjs';
import { makeCalls, soak } from './soak.mjs';

const { entry, seed, count } = workerData;
const { api, memory } = freshInstance({}, entry);
const calls = makeCalls();
soak(api, calls, 0, 2000);
const before = memory.buffer.byteLength;
const made = soak(api, calls, seed, count);
parentPort.postMessage({ before, after: memory.buffer.byteLength, made });
