// --ndjson: lines in, results out, in order, with as little in memory as the threads need to be busy.

import os from 'node:os';

import { pMapIterable } from 'p-map';

import { FAILED, INTERRUPTED, OK, SIGNALLED } from './exit.js';
import { open } from './input.js';
import { batchesOf } from './lines.js';
import { Writer } from './output.js';
import { Pool } from './pool.js';
import { Progress } from './progress.js';

/** Threads by default: more bring little for the memory that they take, as reading and writing are one thread's. */
const USUAL_JOBS = 3;

const processors = () => (os.availableParallelism ? os.availableParallelism() : os.cpus().length);

/**
 * @param {object} work
 * @param {string} work.command
 * @param {any} work.settings
 * @param {string | undefined} work.file
 * @param {number | undefined} work.jobs
 * @param {boolean} work.progress whether a bar is wanted
 * @param {import('./output.js').Page} work.errors
 * @returns {Promise<number>} the exit code
 */
export async function many({ command, settings, file, jobs = Math.min(processors(), USUAL_JOBS), progress: wanted, errors }) {
  const source = open(file);
  const terminal = Boolean(process.stdout.isTTY);
  // A bar among the results would be neither.
  const progress = new Progress(errors, source.size, wanted && Boolean(process.stderr.isTTY) && !terminal);
  const pool = new Pool(jobs, { command, settings, terminal });
  const writer = new Writer();
  let stopped = false;

  const interrupt = async (/** @type {NodeJS.Signals} */ _signal, /** @type {number} */ number) => {
    // Asked again, it does not wait for a reader that takes nothing.
    if (stopped) process.exit(SIGNALLED + number);
    stopped = true;
    await writer.last.catch(() => {});
    progress.stop(true);
    process.exit(SIGNALLED + number);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  try {
    // One batch for each thread to work at, and one for it to take next.
    const limit = 2 * jobs;
    const work = async (/** @type {import('./lines.js').Batch} */ batch) => ({ ...(await pool.run(batch)), end: batch.end, count: batch.count });
    for await (const { bytes, failed, end, count } of pMapIterable(batchesOf(source.chunks()), work, { concurrency: limit, backpressure: limit })) {
      // The end of the process is under way, after the last whole write.
      if (stopped) return INTERRUPTED;
      await writer.write(bytes);
      progress.done(end, count, failed);
      // So it is known as well when the reader goes away.
      if (failed > 0) process.exitCode = FAILED;
    }
    return progress.failed > 0 ? FAILED : OK;
  } finally {
    if (!stopped) progress.stop(false);
    await pool.close();
  }
}
