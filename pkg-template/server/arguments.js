// What the caller hands over: every value is read once, and judged before anything is sent.

import {
  argument,
  empty,
  expected,
  isArray,
  itemsOf,
  object,
  outOfRange,
  properties,
  reading,
  string,
  tooMany,
} from '../core/arguments.js';
import { MAX_APPIDS, MAX_TEXT } from '../core/protocol.js';

/** Longest appid, secret, code or openid, in UTF-16 units: far above any that WeChat gives. */
const MAX_NAME = 1024;
/** setTimeout takes no more. */
const MAX_TIMEOUT = 2147483647;

const BASE_URL = 'https://api.weixin.qq.com';
const TIMEOUT = 5000;

/** What a base URL has to be, in words. */
const A_BASE_URL = 'an http or https URL without user, query or fragment';

/**
 * @param {unknown} value
 * @param {string} field
 * @param {number} [most]
 * @returns {string}
 */
export function text(value, field, most = MAX_NAME) {
  const checked = string(value, field);
  if (checked === '') throw empty(field, 'a string');
  if (checked.length > most) throw argument('TOO_LONG', `${field}: expected at most ${most} characters, found a longer text`);
  return checked;
}

/** @param {unknown} value */
function baseUrlOf(value) {
  if (value === undefined) return BASE_URL;
  const field = 'options.baseUrl';
  let url;
  try {
    url = new URL(text(value, field));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The text itself is not repeated: it may hold a password.
    throw outOfRange(field, A_BASE_URL);
  }
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isPlain || !/^https?:$/.test(url.protocol)) throw outOfRange(field, A_BASE_URL);
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** @param {unknown} value */
function timeoutOf(value) {
  if (value === undefined) return TIMEOUT;
  const field = 'options.timeout';
  const what = `milliseconds, more than 0 and at most ${MAX_TIMEOUT}`;
  if (typeof value !== 'number') throw expected(field, what, value);
  if (!(value > 0 && value <= MAX_TIMEOUT)) throw outOfRange(field, what);
  return value;
}

/**
 * The functions of a store, as functions of nothing but their arguments.
 * @param {unknown} store
 * @returns {import('./store.js').Store | undefined}
 */
function storeOf(store) {
  if (store === undefined) return undefined;
  // Its functions may be those of a class.
  const { get, set } = reading('options.store', () => {
    const { get, set } = object(store, 'options.store');
    return { get, set };
  });
  for (const [name, method] of Object.entries({ get, set })) {
    if (typeof method !== 'function') throw expected(`options.store.${name}`, 'a function', method);
  }
  return { get: (key) => get.call(store, key), set: (key, value, ttl) => set.call(store, key, value, ttl) };
}

/** @param {unknown} value @returns {typeof globalThis.fetch} */
function fetchOf(value) {
  if (value === undefined) {
    if (typeof globalThis.fetch !== 'function') throw expected('options.fetch', 'a function, since this host has no fetch', value);
    // Looked up at each call: what replaces the global one later is meant to be used.
    return (url, init) => globalThis.fetch(url, init);
  }
  if (typeof value !== 'function') throw expected('options.fetch', 'a function', value);
  return (url, init) => value(url, init);
}

/** @param {unknown} options */
export function clientOptions(options) {
  const [appid, secret, baseUrl, fetch, timeout, store] = properties(options, 'options', [
    'appid',
    'secret',
    'baseUrl',
    'fetch',
    'timeout',
    'store',
  ]);
  return {
    appid: text(appid, 'options.appid'),
    secret: text(secret, 'options.secret'),
    baseUrl: baseUrlOf(baseUrl),
    fetch: fetchOf(fetch),
    timeout: timeoutOf(timeout),
    store: storeOf(store),
  };
}

/**
 * @param {unknown} options
 * @returns {boolean}
 */
export function forceRefreshOf(options) {
  if (options === undefined) return false;
  const [force] = properties(options, 'options', ['forceRefresh']);
  if (force !== undefined && typeof force !== 'boolean') throw expected('options.forceRefresh', 'true or false', force);
  return force === true;
}

/**
 * A copy of a policy, with the client's own appid where it names none. The core judges it.
 * @param {unknown} policy
 * @param {string} ownAppid
 * @returns {import('weapp-opendata').WatermarkPolicy}
 */
export function policyOf(policy, ownAppid) {
  if (policy === undefined) return { appid: ownAppid };
  const [appid = ownAppid, maxAge, clockSkew, now, watermark] = properties(policy, 'policy', [
    'appid',
    'maxAge',
    'clockSkew',
    'now',
    'watermark',
  ]);
  const appids = isArray(appid, 'policy.appid')
    ? reading('policy', () => itemsOf(appid, MAX_APPIDS, () => tooMany('policy.appid', `${MAX_APPIDS} appids`)))
    : appid;
  return { appid: appids, maxAge, clockSkew, now, watermark };
}

/** @param {unknown} payload */
export function encryptedDataOf(payload) {
  const [encryptedData] = properties(payload, 'payload', ['encryptedData']);
  return text(encryptedData, 'payload.encryptedData', MAX_TEXT);
}
