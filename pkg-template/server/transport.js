// One request to WeChat and its answer: JSON of limited size within limited time, whatever comes.

import { badAnswer, refusal } from './errors.js';
import { cleaned, redact } from './redact.js';

/** WeChat's answers have a few kilobytes. */
const MAX_BYTES = 1048576;

/**
 * @typedef {object} Call
 * @property {string} path
 * @property {Record<string, string>} [query]
 * @property {object} [json] sent by POST; without it the request is a GET
 * @property {string[]} secrets what no error may repeat
 */

/** @typedef {Record<string, any>} Answer */
/** @typedef {(call: Call) => Promise<Answer>} Ask */

/**
 * @param {{ baseUrl: string, fetch: typeof globalThis.fetch, timeout: number }} options
 * @returns {Ask} gives WeChat's answer, which has no errcode but 0
 */
export function createTransport({ baseUrl, fetch, timeout }) {
  return async ({ path, query = {}, json, secrets }) => {
    const search = new URLSearchParams(query).toString();
    const url = `${baseUrl}${path}${search === '' ? '' : `?${search}`}`;
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) };
    // A redirection would take the secret to another address: it is an answer like any other, and no good one.
    const init = { ...(json === undefined ? { method: 'GET' } : post), redirect: /** @type {const} */ ('manual') };
    const { status, pieces } = await within(timeout, secrets, (signal) => received(fetch, url, { ...init, signal }));

    const answer = pieces && parsed(pieces);
    const { errcode = 0, errmsg } = answer || {};
    if (Number.isSafeInteger(errcode) && errcode !== 0) throw refusal(errcode, redact(typeof errmsg === 'string' ? errmsg : '', secrets), path);
    if (status !== 200) throw badAnswer('HTTP_STATUS', status);
    if (pieces === undefined) throw badAnswer('TOO_LONG');
    if (answer === undefined) throw badAnswer('NOT_JSON');
    if (errcode !== 0) throw badAnswer('WRONG_SHAPE', 'errcode');
    return answer;
  };
}

/**
 * Whatever the host's `fetch` makes of a signal, this ends. The time is for all of it, the last byte of the body too.
 * @template T
 * @param {number} timeout
 * @param {string[]} secrets
 * @param {(signal: AbortSignal) => Promise<T>} run
 */
async function within(timeout, secrets, run) {
  const controller = new AbortController();
  /** @type {any} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      // What AbortSignal.timeout() gives, whose own timer does not keep a process waiting for it.
      const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
      reject(reason);
      controller.abort(reason);
    }, timeout);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([run(controller.signal), late]));
  } catch (error) {
    throw cleaned(error, secrets);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} url
 * @param {RequestInit} init
 */
async function received(fetch, url, init) {
  const response = await fetch(url, init);
  return { status: response.status, pieces: await bodyOf(response) };
}

/**
 * The bytes of the body, or undefined where they are more than there may be: then they are not read to their end.
 * @param {Response} response
 */
async function bodyOf({ headers, body }) {
  /** @type {Uint8Array[]} */
  const pieces = [];
  if (!body) return pieces;
  const reader = body.getReader();
  if (!(Number(headers.get('content-length')) > MAX_BYTES)) {
    for (let length = 0; length <= MAX_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return pieces;
      pieces.push(value);
      length += value.length;
    }
  }
  // It may never settle, and nothing depends on it.
  reader.cancel().catch(() => {});
  return undefined;
}

/**
 * One JSON object in UTF-8, or undefined. What decoder and parser say of anything else holds parts of it.
 * @param {Uint8Array[]} pieces
 * @returns {Answer | undefined}
 */
function parsed(pieces) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    const value = JSON.parse(pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch (_) {
    return undefined;
  }
}
