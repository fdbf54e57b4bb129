// Worker threads, started as they are needed. A batch waits until one is idle.

import { Worker } from 'node:worker_threads';

/** @typedef {{ bytes: Uint8Array, failed: number }} Outcome */

/** A worker failed in a way that no record explains. Its text holds no data. */
export class WorkerFault extends Error {}

/** Batches are small and soon forgotten: without a limit V8 lets each thread keep tens of megabytes of them. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

export class Pool {
  /**
   * @param {number} size
   * @param {import('./batch.js').Job} job
   */
  constructor(size, job) {
    this.size = size;
    this.job = job;
    /** @type {Worker[]} */
    this.workers = [];
    /** @type {Worker[]} */
    this.idle = [];
    /** Who waits for a worker's answer. @type {Map<Worker, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
    this.asked = new Map();
    /** Those who wait for a worker. @type {((worker: Worker) => void)[]} */
    this.waiting = [];
  }

  /** @returns {Promise<Worker>} */
  async take() {
    const idle = this.idle.pop();
    if (idle) return idle;
    if (this.workers.length === this.size) return new Promise((resolve) => this.waiting.push(resolve));
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: this.job, resourceLimits: LIMITS });
    worker.on('message', (answer) => this.asked.get(worker)?.resolve(answer));
    worker.on('error', (error) => {
      const { code = 'thread' } = /** @type {NodeJS.ErrnoException} */ (error);
      this.asked.get(worker)?.reject(new WorkerFault(code));
    });
    this.workers.push(worker);
    return worker;
  }

  /** @param {Worker} worker */
  give(worker) {
    const next = this.waiting.shift();
    if (next) next(worker);
    else this.idle.push(worker);
  }

  /**
   * @param {import('./lines.js').Batch} batch
   * @returns {Promise<Outcome>}
   */
  async run(batch) {
    const worker = await this.take();
    const answer = await new Promise((resolve, reject) => {
      this.asked.set(worker, { resolve, reject });
      worker.postMessage(batch, batch.bytes ? [batch.bytes.buffer] : []);
    });
    if (answer.fault) throw new WorkerFault(answer.fault);
    this.give(worker);
    return answer;
  }

  async close() {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
