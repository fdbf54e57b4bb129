// One record: text to a plain object, or the reason why not.

import { RecordError } from './failures.js';

/** Bytes of a line, or of a file with one record: encryptedData has at most 1,048,576 characters, and something stands around it. */
export const MAX_RECORD = 2 * 1024 * 1024;

/** @typedef {Record<string, unknown>} Fields */

export const tooLong = () => new RecordError('TOO_LONG', `record: expected at most ${MAX_RECORD} bytes, found more`);
export const notText = () => new RecordError('NOT_JSON', 'record: expected JSON, found bytes that are not UTF-8');

/**
 * @param {string} text
 * @returns {Fields}
 */
export function parseRecord(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    // Whatever the parser says may quote the text.
    if (text.trim() === '') throw new RecordError('EMPTY', 'record: expected a JSON object, found nothing');
    throw new RecordError('NOT_JSON', 'record: expected a JSON object, found what is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RecordError('WRONG_TYPE', 'record: expected a JSON object, found another JSON value');
  }
  return value;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string | undefined} nothing for what is not UTF-8
 */
export function decodeUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * A byte order mark, which some editors put at the start of a file.
 * @param {string} text
 */
export const withoutMark = (text) => (text.startsWith('\ufeff') ? text.slice(1) : text);
