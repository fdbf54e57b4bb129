// Errors of this entry: the package's own class, with words for what only a client meets. None holds a value.

import { OpenDataError } from '../core/errors.js';
import { hintOf } from './errcodes.js';
import { HINTS, MESSAGE } from './wechat-errors.js';

/** WeChat's words are handed on to this length. */
const MAX_ERRMSG = 512;

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
  return new OpenDataError(['WECHAT_ERROR', message.replace('{found}', String(what)), null, reason, hint, null]);
}

/**
 * WeChat's refusal.
 * @param {number} errcode
 * @param {string} errmsg without secrets
 * @param {string} path
 */
export function refusal(errcode, errmsg, path) {
  const hint = hintOf(errcode, path) || (Object.hasOwn(HINTS, errcode) ? HINTS[errcode] : null);
  const words = Array.from(errmsg.slice(0, 2 * MAX_ERRMSG)).slice(0, MAX_ERRMSG).join('');
  return new OpenDataError(['WECHAT_ERROR', MESSAGE.replace('{found}', String(errcode)), String(errcode), null, hint, words]);
}
