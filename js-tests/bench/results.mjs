// The results of all measurements, in one file of JSON.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export const readResults = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});

/** A row of a table on one line each, so that a change can be read. */
function print(results) {
  const rows = [];
  const held = JSON.stringify(results, (_, value) => {
    if (!value?.nanoseconds) return value;
    rows.push(JSON.stringify(value));
    return `row ${rows.length - 1}`;
  }, 1);
  return `${held.replace(/"row (\d+)"/g, (_, at) => rows[at])}\n`;
}

/**
 * @param {string} file
 * @param {object} more in place of what is there under these names
 */
export function addTo(file, more) {
  writeFileSync(file, print({ ...readResults(file), ...more }));
}
