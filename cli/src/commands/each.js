// One record after the other, for what the API does one at a time.

import { asFailure } from '../failures.js';

/**
 * @param {import('./index.js').Fields[]} records
 * @param {(record: any) => unknown} work
 * @returns {import('./index.js').Result[]}
 */
export const each = (records, work) =>
  records.map((record) => {
    try {
      return { status: 'fulfilled', value: work(record) };
    } catch (error) {
      return { status: 'rejected', reason: asFailure(error) };
    }
  });
