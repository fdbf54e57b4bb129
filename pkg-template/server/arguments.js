// What the caller hands over: every value is read once, and judged before anything is sent.

import { argument, expected } from './errors.js';

/** Longest appid, secret, code or openid, in UTF-16 units: far above any that WeChat gives. */
const MAX_TEXT = 1024;
/** Most characters of encryptedData, as in `decrypt`. */
const MAX_DATA = 1048576;
/** setTimeout takes no more. */
const MAX_TIMEOUT = 2147483647;
/** One more appid than a policy may have: the core then says that there are too many. */
const MAX_APPIDS = 1001;

const BASE_URL = 'https://api.weixin.qq.com';
const TIMEOUT = 5000;

/** What a base URL has to be, in words. */
const A_BASE_URL = 'an http or https URL without user, query or fragment';

/**
 * Runs what reads the caller's values, which may have getters that throw.
 * @template T
 * @param {string} field
 * @param {() => T} run
 * @returns {T}
 */
function reading(field, run) {
  try {
    return run();
  } catch (_) {
    throw argument('UNREADABLE', `${field}: reading it threw an exception`);
  }
}

/** @param {unknown} value @param {string} field */
function checkObject(value, field) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw expected(field, 'an object', value);
}

/**
 * @param {unknown} value
 * @param {string} field
 * @param {number} [most]
 * @returns {string}
 */
export function text(value, field, most = MAX_TEXT) {
  if (typeof value !== 'string') throw expected(field, 'a string', value);
  if (value === '') throw argument('EMPTY', `${field}: expected a string, found an empty one`);
  if (value.length > most) throw argument('TOO_LONG', `${field}: expected at most ${most} characters, found a longer text`);
  return value;
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
    throw argument('OUT_OF_RANGE', `${field}: expected ${A_BASE_URL}`);
  }
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isPlain || !/^https?:$/.test(url.protocol)) throw argument('OUT_OF_RANGE', `${field}: expected ${A_BASE_URL}`);
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** @param {unknown} value */
function timeoutOf(value) {
  if (value === undefined) return TIMEOUT;
  const field = 'options.timeout';
  const what = `milliseconds, more than 0 and at most ${MAX_TIMEOUT}`;
  if (typeof value !== 'number') throw expected(field, what, value);
  if (!(value > 0 && value <= MAX_TIMEOUT)) throw argument('OUT_OF_RANGE', `${field}: expected ${what}`);
  return value;
}

/**
 * The functions of a store, as functions of nothing but their arguments.
 * @param {unknown} store
 * @returns {import('./store.js').Store | undefined}
 */
function storeOf(store) {
  if (store === undefined) return undefined;
  checkObject(store, 'options.store');
  const { get, set } = reading('options.store', () => {
    const { get, set } = /** @type {any} */ (store);
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
  checkObject(options, 'options');
  const { appid, secret, baseUrl, fetch, timeout, store } = reading('options', () => {
    const { appid, secret, baseUrl, fetch, timeout, store } = /** @type {any} */ (options);
    return { appid, secret, baseUrl, fetch, timeout, store };
  });
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
  checkObject(options, 'options');
  const force = reading('options', () => /** @type {any} */ (options).forceRefresh);
  if (force !== undefined && typeof force !== 'boolean') throw expected('options.forceRefresh', 'true or false', force);
  return force === true;
}

/**
 * A copy of a policy, with the client's own appid where it names none. The core judges it.
 * @param {unknown} policy
 * @param {string} own
 * @returns {import('weapp-opendata').WatermarkPolicy}
 */
export function policyOf(policy, own) {
  if (policy === undefined) return { appid: own };
  checkObject(policy, 'policy');
  return reading('policy', () => {
    const { appid = own, maxAge, clockSkew, now, watermark } = /** @type {any} */ (policy);
    return { appid: Array.isArray(appid) ? appid.slice(0, MAX_APPIDS) : appid, maxAge, clockSkew, now, watermark };
  });
}

/** @param {unknown} payload */
export function encryptedDataOf(payload) {
  checkObject(payload, 'payload');
  const data = reading('payload', () => /** @type {any} */ (payload).encryptedData);
  return text(data, 'payload.encryptedData', MAX_DATA);
}
