// A batch of lines to as many lines of results. Runs in a worker thread.

import { commands } from './commands/index.js';
import { RecordError, asFailure } from './failures.js';
import { forTerminal } from './terminal.js';
import { decodeUtf8, notText, parseRecord, tooLong, withoutMark } from './record.js';

/** @typedef {import('./failures.js').Failure} Failure */
/** @typedef {import('./record.js').Fields} Fields */
/** @typedef {{ command: string, settings: any, terminal: boolean }} Job what every worker is told at its start */

/**
 * @param {Uint8Array} bytes
 * @param {boolean} atStart of the stream
 */
function linesOf(bytes, atStart) {
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    // Each by itself, so that one line that is not UTF-8 spoils no other.
    const lines = [];
    for (let start = 0; start < bytes.length; ) {
      const at = bytes.indexOf(10, start);
      const end = at < 0 ? bytes.length : at;
      lines.push(decodeUtf8(bytes.subarray(start, end)));
      start = end + 1;
    }
    return lines;
  }
  const lines = (atStart ? withoutMark(text) : text).split('\n');
  // What follows the last newline is the next line.
  if (bytes[bytes.length - 1] === 10) lines.pop();
  return lines;
}

/**
 * @param {string | undefined} text
 * @returns {{ record: Fields } | { failure: Failure }}
 */
function read(text) {
  try {
    if (text === undefined) throw notText();
    return { record: parseRecord(text) };
  } catch (error) {
    if (error instanceof RecordError) return { failure: error.failure };
    throw error;
  }
}

/**
 * @param {Job} job
 * @param {import('./lines.js').Batch} batch
 * @returns {{ bytes: Uint8Array<ArrayBuffer>, failed: number }}
 */
export function processBatch({ command, settings, terminal }, { first, bytes }) {
  const lines = bytes === null ? [{ failure: asFailure(tooLong()) }] : linesOf(bytes, first === 1).map(read);
  const records = lines.flatMap((line) => ('record' in line ? [line.record] : []));
  const results = commands[command].run(records, settings);
  let next = 0;
  let failed = 0;
  let output = '';
  lines.forEach((line, index) => {
    const result = 'failure' in line ? { status: 'rejected', reason: line.failure } : results[next++];
    if (result.status !== 'fulfilled') failed++;
    output += `${JSON.stringify({ line: first + index, ...result })}\n`;
  });
  return { bytes: new TextEncoder().encode(terminal ? forTerminal(output) : output), failed };
}
