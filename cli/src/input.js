// Where records come from: a file, or standard input.

import fs from 'node:fs';

import { UsageError } from './failures.js';
import { MAX_RECORD, decodeUtf8, notText, parseRecord, tooLong, withoutMark } from './record.js';

/** Bytes read at a time. More would bring little and be held by every thread several times over. */
const CHUNK = 32 * 1024;

/**
 * A file that cannot be read is wrong usage; its name may be anything, so it is not repeated.
 * @param {unknown} error
 */
function unreadable(error) {
  const { code, syscall } = /** @type {NodeJS.ErrnoException} */ (error);
  if (syscall === undefined) return error;
  return new UsageError(code === 'ENOENT' ? 'fileMissing' : 'fileRefused');
}

/**
 * @typedef {object} Source
 * @property {() => AsyncGenerator<Buffer, void, void>} chunks
 * @property {number | undefined} size in bytes, where it is known
 */

/**
 * @param {string | undefined} file a path, `-`, or nothing
 * @returns {Source}
 */
export function open(file) {
  if (file === undefined && process.stdin.isTTY) throw new UsageError('noInput');
  let size;
  /** @type {NodeJS.ReadableStream} */
  let stream;
  try {
    const standard = file === undefined || file === '-';
    const descriptor = standard ? 0 : fs.openSync(file, 'r');
    const stats = fs.fstatSync(descriptor);
    if (stats.isFile()) size = stats.size;
    stream = standard ? process.stdin : fs.createReadStream('', { fd: descriptor, highWaterMark: CHUNK });
  } catch (error) {
    throw unreadable(error);
  }
  return {
    size,
    async *chunks() {
      try {
        for await (const chunk of stream) yield /** @type {Buffer} */ (chunk);
      } catch (error) {
        throw unreadable(error);
      }
    },
  };
}

/**
 * The one record of a file.
 * @param {string | undefined} file
 */
export async function readRecord(file) {
  const parts = [];
  let length = 0;
  for await (const chunk of open(file).chunks()) {
    length += chunk.length;
    if (length > MAX_RECORD) throw tooLong();
    parts.push(chunk);
  }
  const text = decodeUtf8(Buffer.concat(parts));
  if (text === undefined) throw notText();
  return parseRecord(withoutMark(text));
}

