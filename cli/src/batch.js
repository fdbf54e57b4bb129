// A batch of lines to as many lines of results. Runs in a worker thread.

import { commands } from './commands/index.js';
import { RecordError } from './failures.js';
import { decodeUtf8, notText, parseRecord, tooLong, withoutMark } from './record.js';
import { written } from './result.js';
import { forTerminal } from './terminal.js';

/** @typedef {import('./record.js').Fields} Fields */
/** @typedef {{ command: string, settings: any, terminal: boolean }} Job what every worker is told at its start */

/**
 * @param {Uint8Array} bytes
 * @returns {(string | undefined)[]} nothing for a line that is not UTF-8
 */
function linesOf(bytes) {
  const text = decodeUtf8(bytes);
  if (text !== undefined) {
    const lines = text.split('\n');
    // What follows the last newline is the next line.
    if (text.endsWith('\n')) lines.pop();
    return lines;
  }
  // Each by itself, so that one line spoils no other.
  const lines = [];
  for (let start = 0; start < bytes.length; ) {
    const at = bytes.indexOf(10, start);
    const end = at < 0 ? bytes.length : at;
    lines.push(decodeUtf8(bytes.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

/**
 * @param {string | undefined} text
 * @returns {Fields | RecordError}
 */
function read(text) {
  try {
    return text === undefined ? notText() : parseRecord(text);
  } catch (error) {
    if (error instanceof RecordError) return error;
    throw error;
  }
}

/**
 * @param {Job} job
 * @param {import('./lines.js').Batch} batch
 * @returns {{ bytes: Uint8Array<ArrayBuffer>, failed: number }}
 */
export function processBatch({ command: name, settings, terminal }, { first, bytes }) {
  const command = commands[name];
  const texts = bytes === null ? [] : linesOf(bytes);
  if (first === 1 && texts[0]) texts[0] = withoutMark(texts[0]);
  const lines = bytes === null ? [tooLong()] : texts.map(read);
  const results = command.run(/** @type {Fields[]} */ (lines.filter((line) => !(line instanceof RecordError))), settings);
  let next = 0;
  let failed = 0;
  let output = '';
  lines.forEach((line, index) => {
    const { result, text } = written(line instanceof RecordError ? { status: 'rejected', reason: line.failure } : results[next++]);
    if (result.status === 'rejected' || !command.good(result.value)) failed++;
    output += `{"line":${first + index},${text.slice(1)}\n`;
  });
  return { bytes: new TextEncoder().encode(terminal ? forTerminal(output) : output), failed };
}
