// Values of the caller, taken down before anything is written into the module.
//
// Getters, proxies and the like run the caller's code, which may throw or call this package again. So every value is read
// exactly once, here; what comes out is inert: text, numbers, booleans, null, undefined, our own arrays of these, or one of the
// marks below for what no argument can be. The tags are those of src/boundary/request.rs, which does all the judging.

export const UNDEFINED = 0;
export const NULL = 1;
export const FALSE = 2;
export const TRUE = 3;
export const NUMBER = 4;
export const TEXT = 5;
export const LIST = 6;
export const OVERSIZE_TEXT = 7;
export const OBJECT = 8;
const FUNCTION = 9;
const SYMBOL = 10;
const BIGINT = 11;
export const UNREADABLE = 12;
export const DATE = 13;
export const BYTES = 14;
const OVERSIZE_BYTES = 15;

/** Longest text that is copied into the module, in UTF-16 units, and most bytes: MAX_TEXT of src/transport.rs. */
export const MAX_TEXT = 1048576;
/** Longest list whose values are written down: MAX_LIST of src/boundary/request.rs. */
export const MAX_LIST = 1000;

/** A value known by its tag alone, and by a number where the tag asks for one. */
export class Mark {
  /**
   * @param {number} tag
   * @param {number} [number]
   */
  constructor(tag, number = 0) {
    this.tag = tag;
    this.number = number;
  }
}

const AN_OBJECT = new Mark(OBJECT);
const A_FUNCTION = new Mark(FUNCTION);
const A_SYMBOL = new Mark(SYMBOL);
const A_BIGINT = new Mark(BIGINT);
/** A list without its items, which are then not looked for. */
export const A_LIST = new Mark(LIST, MAX_LIST + 1);

/** @typedef {undefined | null | boolean | number | string | Mark | Uint8Array | any[]} Settled */

/**
 * Takes down one value, of a list only that it is one. Throws what the caller's code throws.
 * @param {unknown} value
 * @returns {Settled}
 */
export function settle(value) {
  switch (typeof value) {
    case 'string':
    case 'undefined':
    case 'number':
    case 'boolean':
      return value;
    case 'function':
      return A_FUNCTION;
    case 'symbol':
      return A_SYMBOL;
    case 'bigint':
      return A_BIGINT;
    default:
      if (value === null) return null;
      return Array.isArray(value) ? A_LIST : AN_OBJECT;
  }
}

/**
 * Takes down a value that may be a list: its items once each, or none if there are too many.
 * @param {unknown} value
 * @returns {Settled}
 */
export function settleList(value) {
  if (typeof value !== 'object' || value === null || !Array.isArray(value)) return settle(value);
  const length = lengthOf(value);
  if (length > MAX_LIST) return A_LIST;
  const items = [];
  for (let i = 0; i < length; i++) items.push(settle(value[i]));
  return items;
}

/**
 * The length of what may only look like an array: read once, and a number.
 * @param {any[]} list
 */
export function lengthOf(list) {
  return Number(list.length);
}

/**
 * The present: the clock's, unless given as seconds or as a Date, of this realm or another.
 * @param {unknown} now
 * @returns {Settled}
 */
export function settleNow(now) {
  if (now === undefined) return Date.now() / 1000;
  if (typeof now === 'object' && now !== null) {
    try {
      return new Mark(DATE, Date.prototype.getTime.call(now));
    } catch (_) {
      // No Date.
    }
  }
  return settle(now);
}

/**
 * Bytes where an argument asks for them: a copy, of a Uint8Array (a Buffer is one) of this realm or another. What it says of itself
 * is not asked: its brand and its length are read past its own properties and those of its class. A detached one has no bytes.
 * @param {unknown} value
 * @returns {Settled}
 */
export function settleBytes(value) {
  if (ownGetter(Symbol.toStringTag).call(value) !== 'Uint8Array') return settle(value);
  const length = ownGetter('length').call(value);
  if (length > MAX_TEXT) return new Mark(OVERSIZE_BYTES);
  const copy = new Uint8Array(length);
  // That of a detached array throws.
  if (length > 0) copy.set(/** @type {Uint8Array} */ (value));
  return copy;
}

/**
 * A getter that all typed arrays have, and that looks at what they are.
 * @param {string | symbol} name
 * @returns {() => any}
 */
function ownGetter(name) {
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
  return /** @type {any} */ (Object.getOwnPropertyDescriptor(typedArray, name)).get;
}

/** @param {Settled} value @returns {boolean} */
export function isObject(value) {
  return value instanceof Mark && value.tag === OBJECT;
}

/**
 * The most bytes that settled values take in the structure of a request.
 * @param {Settled[]} values
 */
export function structureOf(values) {
  let bytes = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Array.isArray(value)) bytes += 5 + structureOf(value);
    else bytes += value instanceof Uint8Array ? 5 + value.length : 9;
  }
  return bytes;
}

/**
 * The UTF-16 units of the texts in a value.
 * @param {Settled} value
 * @returns {number}
 */
export function charactersOf(value) {
  if (typeof value === 'string') return value.length > MAX_TEXT ? 0 : value.length;
  let characters = 0;
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) characters += charactersOf(value[i]);
  return characters;
}
