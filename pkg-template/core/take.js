// Taking down a call's arguments, in the order in which src/boundary/ reads them.

import { A_LIST, LIST, MAX_TEXT, Mark, UNREADABLE, isObject, lengthOf, settle, settleList, settleNow } from './values.js';

/** @typedef {import('./values.js').Settled} Settled */

/**
 * Takes down an object's mark and its fields, each read once; or what stands in its place.
 * @param {Settled[]} values
 * @param {unknown} object
 * @param {(values: Settled[], object: any) => void} fields
 */
export function take(values, object, fields) {
  const start = values.length;
  try {
    const mark = settle(object);
    values.push(mark);
    if (isObject(mark)) fields(values, object);
  } catch (_) {
    values.length = start;
    values.push(new Mark(UNREADABLE));
  }
}

/**
 * Takes down one value by itself.
 * @param {Settled[]} values
 * @param {unknown} value
 */
export function takeValue(values, value) {
  take(values, value, () => {});
}

/** @param {Settled[]} values @param {any} policy */
export function watermarkPolicy(values, policy) {
  values.push(
    settleList(policy.appid),
    settle(policy.maxAge),
    settle(policy.clockSkew),
    settleNow(policy.now),
    settle(policy.watermark),
  );
}

/**
 * Objects that are handed on after they were checked are turned into JSON once, so that both are one text whatever getters they
 * have.
 * @param {unknown} value
 * @returns {Settled}
 */
export function jsonOf(value) {
  if (typeof value !== 'object' || value === null) return settle(value);
  // Every value takes a character at least. An object that refers to itself over and over is otherwise written without end.
  let count = 0;
  return settle(
    JSON.stringify(value, (_, item) => {
      if (++count > MAX_TEXT) throw new RangeError('too large');
      return item;
    }),
  );
}

/**
 * Takes down the records of a batch: their number, then the values of each; or what stands in place of the array.
 * @param {Settled[]} values
 * @param {unknown} records
 * @param {number} most
 * @param {(values: Settled[], record: any) => void} fields
 */
export function takeRecords(values, records, most, fields) {
  const start = values.length;
  try {
    if (!Array.isArray(records)) return void values.push(settle(records));
    const length = lengthOf(records);
    if (length > most) return void values.push(A_LIST);
    values.push(new Mark(LIST, length));
    for (let i = 0; i < length; i++) take(values, records[i], fields);
  } catch (_) {
    values.length = start;
    values.push(new Mark(UNREADABLE));
  }
}
