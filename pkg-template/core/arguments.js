// Checks what the caller gave, before anything of it reaches the module.
//
// Getters and proxies run the caller's code, which may throw or call this package again. So every property is read exactly once, and
// only if it is the object's own: what a polluted prototype says is not an argument. What comes out is inert.

import { OpenDataError } from './errors.js';
import {
  ANY_APPID,
  FIRST_MILLISECONDS,
  MAX_APPIDS,
  MAX_SESSION_KEYS,
  MAX_TEXT,
  STRICT,
  WATERMARK_OPTIONAL,
} from './protocol.js';

const { hasOwnProperty } = Object.prototype;
const { getTime } = Date.prototype;

// ------------------------------------------------------------------------------------------------ INVALID_ARGUMENT

const ABSENT_APPID =
  'Give the appid of your mini-program, or null to say that data of any app is acceptable. / ' +
  '请传入小程序的 appid；若确实接受任何小程序的数据，请显式传 null。';
const IN_SECONDS = 'Divide by 1000, or pass a Date. / 请除以 1000 换算成秒，或直接传入 Date 对象。';
const WECHAT_IS_SHORTER =
  'What WeChat gives is a few kilobytes at most. / 微信给出的内容最多只有几 KB。';
const BRING_RANDOMNESS =
  'This host has no generator that answers at once: pass new bytes each time, in the mini-program those of wx.getRandomValues. / ' +
  '当前环境没有可同步调用的随机数生成器：请每次传入新的随机字节，小程序中用 wx.getRandomValues 获取。';

/**
 * @param {string} reason
 * @param {string} message
 * @param {string | null} [hint]
 */
export function argument(reason, message, hint = null) {
  return new OpenDataError(['INVALID_ARGUMENT', message, null, reason, hint, null]);
}

/** What a value is called in messages. @param {unknown} value @param {string} field */
function kindOf(value, field) {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return isArray(value, field) ? 'an array' : 'an object';
}

/**
 * A value of the wrong type, or none.
 * @param {string} field
 * @param {string} what
 * @param {unknown} value
 * @param {string | null} [hint]
 */
export function expected(field, what, value, hint) {
  const reason = value === undefined ? 'MISSING' : 'WRONG_TYPE';
  return argument(reason, `${field}: expected ${what}, found ${kindOf(value, field)}`, hint);
}

/** @param {string} field @param {string} what */
export const outOfRange = (field, what) => argument('OUT_OF_RANGE', `${field}: expected ${what}`);

/** @param {string} field @param {string} what */
export const empty = (field, what) => argument('EMPTY', `${field}: expected ${what}, found an empty one`);

/** @param {string} field @param {string} what */
export const tooMany = (field, what) => argument('TOO_MANY', `${field}: expected at most ${what}, found more`);

/** @param {string} field @param {string} what @param {string} [hint] */
export const tooLong = (field, what, hint) => argument('TOO_LONG', `${field}: expected ${what}, found a longer text`, hint);

/** @param {string} field */
const unreadable = (field) => argument('UNREADABLE', `${field}: reading it threw an exception`);

// ---------------------------------------------------------------------------------------------------------- reading

/**
 * Runs what reads the caller's object.
 * @template T
 * @param {string} field
 * @param {() => T} run
 * @returns {T}
 */
export function reading(field, run) {
  try {
    return run();
  } catch (error) {
    throw readingFailed(field, error);
  }
}

/**
 * What a check further in has found is more precise than that reading threw.
 * @param {string} field
 * @param {unknown} error
 */
export const readingFailed = (field, error) => (error instanceof OpenDataError ? error : unreadable(field));

/**
 * A property that has just been read, if it is the object's own.
 * @template T
 * @param {object} object
 * @param {string} name
 * @param {T} value
 * @returns {T | undefined}
 */
export const own = (object, name, value) => (value === undefined || hasOwnProperty.call(object, name) ? value : undefined);

/** @param {unknown} value @param {string} field @returns {value is any[]} */
export function isArray(value, field) {
  try {
    return Array.isArray(value);
  } catch (_) {
    // A revoked proxy.
    throw unreadable(field);
  }
}

/**
 * @param {unknown} value
 * @param {string} field
 * @returns {value is object}
 */
export const isObject = (value, field) => typeof value === 'object' && value !== null && !isArray(value, field);

/**
 * @param {unknown} value
 * @param {string} field
 * @param {string} [what]
 * @returns {any}
 */
export function object(value, field, what = 'an object') {
  if (!isObject(value, field)) throw expected(field, what, value);
  return value;
}

/**
 * Own properties of the caller's object, each read once.
 * @param {unknown} value
 * @param {string} field
 * @param {string[]} names
 * @param {string} [what] it has to be
 * @returns {any[]}
 */
export function properties(value, field, names, what) {
  const source = object(value, field, what);
  return reading(field, () => names.map((name) => own(source, name, source[name])));
}

/**
 * The items of a list, each read once; a list of too many is not read.
 * @param {any[]} list
 * @param {number} most
 * @param {() => Error} error for too many
 * @returns {unknown[]}
 */
export function itemsOf(list, most, error) {
  // What only looks like an array may say anything of its length.
  const length = Number(list.length);
  if (length > most) throw error();
  const items = [];
  for (let i = 0; i < length; i++) items.push(list[i]);
  return items;
}

// ----------------------------------------------------------------------------------------------------------- values

/**
 * @param {unknown} value
 * @param {string} field
 * @param {string} [what]
 * @returns {string}
 */
export function string(value, field, what = 'a string') {
  if (typeof value !== 'string') throw expected(field, what, value);
  return value;
}

/**
 * A text that the module takes as it is.
 * @param {unknown} value
 * @param {string} field
 */
export function text(value, field) {
  const checked = string(value, field);
  if (checked.length > MAX_TEXT) throw tooLongText(field);
  return checked;
}

/** @param {string} field */
export const tooLongText = (field) => tooLong(field, `at most ${MAX_TEXT} characters`, WECHAT_IS_SHORTER);

/**
 * @param {unknown} value
 * @param {string} field
 * @returns {boolean}
 */
export function flag(value, field) {
  if (value !== undefined && typeof value !== 'boolean') throw expected(field, 'true or false', value);
  return value === true;
}

/** What is handed on as JSON. */
export const JSON_OBJECT = `an object of at most ${MAX_TEXT} characters of JSON`;

/**
 * The JSON of the caller's object, which nothing of the caller's can change any more: what is checked is what is handed on.
 * @param {object} value
 * @param {string} field
 * @returns {string | undefined} undefined where JSON has nothing for it
 */
export function jsonOf(value, field) {
  // Every value takes a character at least. An object that refers to itself over and over is otherwise written without end.
  let size = 0;
  const json = JSON.stringify(value, (_, item) => {
    size += typeof item === 'string' ? item.length : 1;
    if (size > MAX_TEXT) throw outOfRange(field, JSON_OBJECT);
    return item;
  });
  if (json !== undefined && json.length > MAX_TEXT) throw outOfRange(field, JSON_OBJECT);
  return json;
}

/**
 * Bytes where an argument asks for them: a copy, of a Uint8Array (a Buffer is one) of this realm or another. What it says of itself is
 * not asked: brand and length are read past its own properties and those of its class. A detached one has no bytes.
 * @param {unknown} value
 * @returns {Uint8Array | undefined} undefined for anything else
 */
export function bytesOf(value) {
  if (typedArrayGetter(Symbol.toStringTag).call(value) !== 'Uint8Array') return undefined;
  const length = typedArrayGetter('length').call(value);
  // One byte more tells that there were too many.
  const copy = new Uint8Array(Math.min(length, MAX_TEXT + 1));
  if (length === copy.length && length > 0) copy.set(/** @type {Uint8Array} */ (value));
  return copy;
}

/** @param {string | symbol} name @returns {() => any} */
function typedArrayGetter(name) {
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
  return /** @type {any} */ (Object.getOwnPropertyDescriptor(typedArray, name)).get;
}

/**
 * Random bytes: the caller's, or the host's.
 * @param {unknown} given
 * @param {number} length
 * @param {(length: number) => Uint8Array | undefined} random undefined where the host has no generator
 * @param {string} what
 * @returns {Uint8Array}
 */
export function randomBytes(given, length, random, what) {
  const field = 'options.random';
  if (given === undefined) {
    const drawn = random(length);
    if (drawn === undefined) throw expected(field, what, undefined, BRING_RANDOMNESS);
    return drawn;
  }
  const bytes = reading(field, () => bytesOf(given));
  if (bytes === undefined) throw expected(field, what, given);
  if (bytes.length !== length) throw outOfRange(field, what);
  return bytes;
}

/**
 * Milliseconds of a Date, of this realm or another.
 * @param {unknown} value
 * @returns {number | undefined} undefined for anything else
 */
export function dateOf(value) {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return getTime.call(value);
  } catch (_) {
    return undefined;
  }
}

/**
 * The present in seconds: the clock's, unless given as seconds or as a Date.
 * @param {unknown} now
 * @param {string} field
 */
export function nowOf(now, field) {
  if (now === undefined) return Date.now() / 1000;
  const what = 'seconds since 1970 or a Date';
  const date = dateOf(now);
  const seconds = date === undefined ? now : date / 1000;
  if (typeof seconds !== 'number') throw expected(field, what, now);
  if (!(seconds >= 0 && seconds < Infinity)) throw outOfRange(field, what);
  if (seconds >= FIRST_MILLISECONDS) throw milliseconds(field, what);
  return seconds;
}

/** @param {string} field @param {string} what */
const milliseconds = (field, what) =>
  argument('MILLISECONDS', `${field}: expected ${what}, found what can only be milliseconds`, IN_SECONDS);

/**
 * A span of time in seconds, NaN where it is left out.
 * @param {unknown} value
 * @param {string} field
 */
export function secondsOf(value, field) {
  if (value === undefined) return NaN;
  const what = 'a number of seconds, zero or more';
  if (typeof value !== 'number') throw expected(field, what, value);
  if (!(value >= 0 && value < Infinity)) throw outOfRange(field, what);
  return value;
}

// ------------------------------------------------------------------------------------------------ keys and policies

const A_KEY_OR_KEYS = 'a session_key or a list of them';

/**
 * One session_key or a list of them, as it was read.
 * @param {unknown} keys
 * @param {string} field
 * @returns {unknown} a list's items in a list of our own
 */
export function readKeys(keys, field) {
  if (typeof keys !== 'object' || keys === null || !isArray(keys, field)) return keys;
  return itemsOf(keys, MAX_SESSION_KEYS, () => tooMany(field, `${MAX_SESSION_KEYS} session keys`));
}

/**
 * @param {unknown} keys what `readKeys` gave
 * @param {string} field
 * @returns {string | string[]} at least one
 */
export function keysOf(keys, field) {
  if (typeof keys === 'string') return keys;
  if (!isArray(keys, field)) throw expected(field, A_KEY_OR_KEYS, keys);
  if (keys.length === 0) throw empty(field, A_KEY_OR_KEYS);
  for (const key of keys) string(key, field);
  return keys;
}

/** @param {string | string[] | null} texts */
export const countOf = (texts) => (typeof texts === 'string' ? 1 : texts === null ? 0 : texts.length);

/**
 * Adds one text or several.
 * @param {import('./exchange.js').Chunk[]} texts
 * @param {string | string[] | null} more
 * @returns {number} how many these are
 */
export function addTexts(texts, more) {
  if (typeof more === 'string') texts.push(more);
  else if (more !== null) for (const text of more) texts.push(text);
  return countOf(more);
}

/**
 * The fields of a watermark policy, as they were read.
 * @typedef {object} PolicyFields
 * @property {unknown} appid
 * @property {unknown} maxAge
 * @property {unknown} clockSkew
 * @property {unknown} now
 * @property {unknown} watermark
 */

/**
 * Reads a watermark policy. To be called by what catches the exceptions of the caller's code.
 * @param {any} policy
 * @returns {PolicyFields}
 */
export function readPolicy(policy) {
  const { appid, maxAge, clockSkew, now, watermark } = policy;
  const ownAppid = own(policy, 'appid', appid);
  return {
    appid: typeof ownAppid === 'object' && ownAppid !== null ? readAppids(ownAppid) : ownAppid,
    maxAge: own(policy, 'maxAge', maxAge),
    clockSkew: own(policy, 'clockSkew', clockSkew),
    now: own(policy, 'now', now),
    watermark: own(policy, 'watermark', watermark),
  };
}

const APPID = 'policy.appid';

/** @param {object} appids */
function readAppids(appids) {
  if (!Array.isArray(appids)) return appids;
  return itemsOf(appids, MAX_APPIDS, () => tooMany(APPID, `${MAX_APPIDS} appids`));
}

/**
 * The appids of a policy: null for any, one by itself, or a list.
 * @param {unknown} appid
 * @returns {string | string[] | null}
 */
function appidsOf(appid) {
  const what = 'an appid, a list of appids, or null';
  if (typeof appid === 'string') return appidOf(appid);
  if (appid === null) return null;
  if (appid === undefined) throw expected(APPID, what, appid, ABSENT_APPID);
  if (!isArray(appid, APPID)) throw expected(APPID, what, appid);
  if (appid.length === 0) throw empty(APPID, what);
  return appid.map((one) => appidOf(string(one, 'policy.appid[]', 'an appid')));
}

/** @param {string} appid */
function appidOf(appid) {
  if (appid === '') throw empty(APPID, 'an appid');
  if (appid.length > MAX_TEXT) throw tooLong(APPID, 'an appid', WECHAT_IS_SHORTER);
  return appid;
}

/** @param {unknown} watermark */
function isOptional(watermark) {
  if (watermark === undefined || watermark === 'required') return false;
  if (watermark === 'optional') return true;
  const [field, what] = ['policy.watermark', "'required' or 'optional'"];
  throw typeof watermark === 'string' ? outOfRange(field, what) : expected(field, what, watermark);
}

/**
 * The numbers of a policy, in the module's order, and its appids.
 * @param {PolicyFields} fields
 * @param {boolean} strict
 * @param {number} next the number that follows them
 */
export function policyNumbers(fields, strict, next) {
  const appids = appidsOf(fields.appid);
  const maxAge = secondsOf(fields.maxAge, 'policy.maxAge');
  const clockSkew = secondsOf(fields.clockSkew, 'policy.clockSkew');
  const now = nowOf(fields.now, 'policy.now');
  const optional = isOptional(fields.watermark) ? WATERMARK_OPTIONAL : 0;
  const flags = (strict ? STRICT : 0) | optional | (appids === null ? ANY_APPID : 0);
  return { numbers: [flags, now, maxAge, clockSkew, countOf(appids), next], appids };
}
