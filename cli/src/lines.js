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
const BATCH_LINES = 250;

/**
 * @param {AsyncIterable<Buffer>} stream in chunks smaller than the longest line that is let through
 * @returns {AsyncGenerator<Batch, void, void>}
 */
export async function* batchesOf(stream) {
  let line = 1;
  let end = 0;
  /** The beginning of a line whose end has not come yet, and its length; of one that is too long, the length alone. @type {Buffer[]} */
  let begun = [];
  let length = 0;

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
    /** Where the batch, and where the line begins. */
    let from = 0;
    let start = 0;
    let count = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      // Only the first of a chunk can be too long, as it has begun before.
      const isTooLong = length + at - start > MAX_RECORD;
      length = 0;
      start = at + 1;
      if (isTooLong) {
        yield missing();
        begun = [];
        from = start;
      } else if (++count === BATCH_LINES) {
        yield batch([...begun, chunk.subarray(from, start)], count);
        begun = [];
        from = start;
        count = 0;
      }
    }
    if (count > 0) {
      yield batch([...begun, chunk.subarray(from, start)], count);
      begun = [];
    }
    const rest = chunk.subarray(start);
    length += rest.length;
    if (length > MAX_RECORD) begun = [];
    else if (rest.length > 0) begun.push(rest);
  }
  if (length > MAX_RECORD) yield missing();
  else if (length > 0) yield batch(begun, 1);
}
