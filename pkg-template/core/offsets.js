// Reads the values of a plaintext whose offsets are known: src/templates.rs.

import { NOT_ASCII } from './protocol.js';

/** @typedef {import('./exchange.js').Exchange} Exchange */

/** @typedef {(at: number, length: number) => string} Read */

/** The one appid that the policy names: a watermark that passed has the same. @typedef {string | undefined} Appid */

/** V8 keeps a longer part of a text as a window on the whole of it, which it would keep alive. */
const COPIED = 12;

/** Bytes of the words of a value. */
const WORDS = 8;

/**
 * A text by itself.
 * @param {Exchange} exchange
 * @param {number} address of the plaintext
 * @param {number} at where the text's words are
 */
export function textAt({ codec, view }, address, at) {
  const start = view.getUint32(at, true);
  const length = view.getUint32(at + 4, true);
  if (length < NOT_ASCII) return /** @type {Read} */ (codec.latin1)(address + start, length);
  return codec.read(address + start, length - NOT_ASCII);
}

/**
 * Adjacent texts with what stands between them, a character a byte: the host call takes longest, not its length.
 * @param {Exchange} exchange
 * @param {number} address of the plaintext
 * @param {number} first where the words of the first one are
 * @param {number} last
 */
export function textsBetween({ codec, view }, address, first, last) {
  const start = view.getUint32(first, true);
  const end = view.getUint32(last, true) + (view.getUint32(last + 4, true) & ~NOT_ASCII);
  return /** @type {Read} */ (codec.latin1)(address + start, end - start);
}

/**
 * One of them, if it is short; else by itself.
 * @param {Exchange} exchange
 * @param {number} address of the plaintext
 * @param {string} texts
 * @param {number} first where the words of the first one are
 * @param {number} at where its own words are
 */
export function textAmong(exchange, address, texts, first, at) {
  const { view } = exchange;
  const length = view.getUint32(at + 4, true);
  if (length > COPIED) return textAt(exchange, address, at);
  const start = view.getUint32(at, true) - view.getUint32(first, true);
  return texts.slice(start, start + length);
}

/** @param {Exchange} exchange @param {number} at */
export const numberAt = ({ view }, at) => view.getUint32(at, true);

/**
 * @param {Exchange} exchange
 * @param {number} address of the plaintext
 * @param {number} at where the words of the timestamp are, and behind them those of the appid
 * @param {Appid} appid
 */
export function watermarkAt(exchange, address, at, appid) {
  const isAscii = exchange.view.getUint32(at + WORDS + 4, true) < NOT_ASCII;
  return {
    timestamp: exchange.view.getUint32(at, true),
    appid: appid === undefined || !isAscii ? textAt(exchange, address, at + WORDS) : appid,
  };
}

/** What stands before a step's time, before its number, and after it to the next. */
const BEFORE_TIME = '{"timestamp":'.length;
const BEFORE_STEP = ',"step":'.length;
const AFTER_STEP = '},'.length;
const ZERO = 48;

/**
 * @param {Exchange} exchange
 * @param {number} address of the plaintext
 * @param {number} at where the words of the list's entries are
 */
export function stepsAt(exchange, address, at) {
  const text = textAt(exchange, address, at);
  let place = 0;
  /** @param {number} before */
  const number = (before) => {
    let value = 0;
    place += before;
    for (let digit; (digit = text.charCodeAt(place) - ZERO) >= 0 && digit < 10; place++) value = 10 * value + digit;
    return value;
  };
  const steps = [];
  for (; place < text.length; place += AFTER_STEP) steps.push({ timestamp: number(BEFORE_TIME), step: number(BEFORE_STEP) });
  return steps;
}
