// A result as JSON, if it can be written at all.

import { RecordError } from './failures.js';

/** @typedef {import('./commands/index.js').Result} Result */

/**
 * JSON can be nested deeper than it can be written again: reading takes no stack, writing does.
 * @param {Result} result
 * @returns {{ result: Result, text: string }} the result itself, or the failure that stands in its place
 */
export function written(result) {
  try {
    return { result, text: JSON.stringify(result) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const { failure } = new RecordError('OUT_OF_RANGE', 'result: nested too deeply to be written');
    /** @type {Result} */
    const instead = { status: 'rejected', reason: failure };
    return { result: instead, text: JSON.stringify(instead) };
  }
}
