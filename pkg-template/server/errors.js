// Errors of this entry: the package's own class, with words for what only a client meets. None holds a value.

import { OpenDataError, readPhoneNumberResponse } from 'weapp-opendata';

import { hintOf } from './errcodes.js';

/**
 * @param {string} code
 * @param {string} message
 * @param {string} reason
 * @param {string | null} hint
 * @returns {Error}
 */
function failure(code, message, reason, hint) {
  // Its constructor is for this package only, and so the types hide it.
  return new /** @type {any} */ (OpenDataError)([code, message, null, reason, hint, null]);
}

/** @param {string} reason @param {string} message */
export function argument(reason, message) {
  return failure('INVALID_ARGUMENT', message, reason, null);
}

/** A value's type, in the words of src/error.rs. @param {unknown} value */
function found(value) {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * A value of the wrong type, or none.
 * @param {string} field
 * @param {string} what
 * @param {unknown} value
 */
export function expected(field, what, value) {
  return argument(value === undefined ? 'MISSING' : 'WRONG_TYPE', `${field}: expected ${what}, found ${found(value)}`);
}

const NOT_WECHAT =
  'Something between this server and WeChat answered, a proxy or a gateway: check baseUrl and the way there. / ' +
  '响应来自服务器与微信之间的代理或网关，而不是微信：请检查 baseUrl 与网络链路。';
const DAMAGED =
  'A proxy or a gateway answered, or the answer was damaged on the way, and it is not known whether WeChat did its part: check baseUrl, and use a new code. / ' +
  '响应来自代理或网关，或在途中损坏，微信是否已处理不得而知：请检查 baseUrl，并换用新的 code。';

/**
 * Answers that are none of WeChat's: [message, hint] by reason. What they held is not said.
 * @type {Record<string, [string, string]>}
 */
const ANSWERS = {
  HTTP_STATUS: ['WeChat answers with HTTP status 200, and this answer has {found}', NOT_WECHAT],
  NOT_JSON: ['the answer is not the text of one JSON object', DAMAGED],
  TOO_LONG: ['the answer has more than 1048576 bytes', NOT_WECHAT],
  WRONG_SHAPE: ['the answer has no {found} as WeChat documents it', NOT_WECHAT],
};

/**
 * @param {keyof typeof ANSWERS} reason
 * @param {string | number} [what] the status, or the name of a field
 */
export function badAnswer(reason, what = '') {
  const [message, hint] = ANSWERS[reason];
  return failure('WECHAT_ERROR', message.replace('{found}', String(what)), reason, hint);
}

/**
 * WeChat's refusal. The core knows the words, and the hints of those that it can meet itself.
 * @param {number} errcode
 * @param {string} errmsg without secrets
 * @param {string} path
 */
export function refusal(errcode, errmsg, path) {
  try {
    return /** @type {never} */ (readPhoneNumberResponse({ errcode, errmsg }, { appid: null }));
  } catch (error) {
    const hint = hintOf(errcode, path);
    if (hint !== undefined) /** @type {any} */ (error).hint = hint;
    return /** @type {OpenDataError} */ (error);
  }
}
