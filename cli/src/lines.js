// A stream of bytes, cut into batches of whole lines. Never more is held than one batch or one line of the longest kind.

import { MAX_RECORD } from './record.js';

const NEWLINE = 10;

/**
 * @typedef {object} Batch
 * @property {number} first the number of the first line, from 1
 * @property {number} count how many lines
 * @property {Uint8Array<ArrayBuffer> | null} bytes the lines with what ends them; null stands for one line that is too long
 * @property {number} end bytes of the stream up to here
 */

/** Lines that make a batch: enough for a thread to be worth the message, few enough that results come soon and memory stays small. */
const BATCH_LINES = 1000;

/**
 * @param {AsyncIterable<Buffer>} stream
 * @returns {AsyncGenerator<Batch, void, void>}
 */
export async function* batchesOf(stream) {
  let line = 1;
  let end = 0;
  /** The beginning of a line whose end has not come yet. @type {Buffer[]} */
  let begun = [];
  let length = 0;
  // The line is too long; its rest is passed over.
  let skipping = false;

  /**
   * @param {Buffer[]} parts
   * @param {number} count
   * @returns {Batch}
   */
  const batch = (parts, count) => {
    // A copy of its own, which can be handed to another thread.
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    line += count;
    return { first: line - count, count, bytes, end };
  };
  const missing = () => ({ first: line++, count: 1, bytes: null, end });

  for await (const chunk of stream) {
    end += chunk.length;
    let start = 0;
    if (begun.length > 0 || skipping) {
      const at = chunk.indexOf(NEWLINE);
      start = at + 1;
      length += at < 0 ? chunk.length : start;
      if (length > MAX_RECORD) {
        skipping = true;
        begun = [];
      }
      if (at < 0) {
        if (!skipping) begun.push(chunk);
        continue;
      }
      yield skipping ? missing() : batch([...begun, chunk.subarray(0, start)], 1);
      begun = [];
      skipping = false;
      length = 0;
    }
    let count = 0;
    let from = start;
    for (let at = chunk.indexOf(NEWLINE, start); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
      start = at + 1;
      if (++count === BATCH_LINES) {
        yield batch([chunk.subarray(from, start)], count);
        from = start;
        count = 0;
      }
    }
    if (count > 0) yield batch([chunk.subarray(from, start)], count);
    if (start < chunk.length) {
      begun = [chunk.subarray(start)];
      length = chunk.length - start;
    }
  }
  if (skipping) yield missing();
  else if (begun.length > 0) yield batch(begun, 1);
}
