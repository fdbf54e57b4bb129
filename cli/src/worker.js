// One thread of the pool: a batch in, its results out, in turn.

import { parentPort, workerData } from 'node:worker_threads';

import { processBatch } from './batch.js';
import { anonymous } from './failures.js';

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

port.on('message', (batch) => {
  try {
    const { bytes, failed } = processBatch(workerData, batch);
    port.postMessage({ bytes, failed }, [bytes.buffer]);
  } catch (error) {
    port.postMessage({ fault: anonymous(error) });
  }
});
