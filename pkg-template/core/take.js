// Taking down a call's arguments, in the order in which src/boundary/ reads them.

import { A_LIST, MAX_TEXT, Mark, UNREADABLE, isObject, lengthOf, settle, settleList, settleNow } from './values.js';

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
 * The records of a batch, each as its settled values; or what stands in place of the array.
 * @param {unknown} records
 * @param {number} most
 * @param {(values: Settled[], record: any) => void} fields
 * @returns {Settled[][] | Settled}
 */
export function takeRecords(records, most, fields) {
  try {
    if (!Array.isArray(records)) return settle(records);
    const length = lengthOf(records);
    if (length > most) return A_LIST;
    const list = [];
    for (let i = 0; i < length; i++) {
      /** @type {Settled[]} */
      const values = [];
      take(values, records[i], fields);
      list.push(values);
    }
    return list;
  } catch (_) {
    return new Mark(UNREADABLE);
  }
}
