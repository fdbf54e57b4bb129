// What mini-program and server have alike: phone numbers, avatars, the watermark check.

import {
  addTexts,
  expected,
  isObject,
  object,
  policyNumbers,
  properties,
  readPolicy,
  reading,
  string,
} from './arguments.js';
import {
  CHECK_WATERMARK,
  MASK_PHONE,
  PARSE_AVATAR,
  PARSE_PHONE_FIELDS,
  PARSE_PHONE_TEXT,
  RESIZE_AVATAR,
  STAMP_ABSENT,
  STAMP_PRESENT,
  STAMP_WRONG_SHAPE,
} from './protocol.js';
import { readAvatar, readNothing, readPhone, readText } from './replies.js';

/** What stands where a watermark is looked for. @typedef {{ kind: number, timestamp: number, appid: string }} Stamp */

/**
 * @param {unknown} watermark
 * @param {string} field
 * @returns {Stamp}
 */
export function stampOf(watermark, field) {
  if (watermark === undefined) return { kind: STAMP_ABSENT, timestamp: 0, appid: '' };
  if (isObject(watermark, field)) {
    const [appid, timestamp] = properties(watermark, field, ['appid', 'timestamp']);
    if (typeof appid === 'string' && typeof timestamp === 'number') return { kind: STAMP_PRESENT, timestamp, appid };
  }
  return { kind: STAMP_WRONG_SHAPE, timestamp: 0, appid: '' };
}

/**
 * The numbers and texts of a call that checks a watermark.
 * @param {Stamp} stamp
 * @param {unknown} policy
 * @param {import('./exchange.js').Chunk[]} texts others that the operation takes
 */
export function checkOf({ kind, timestamp, appid }, policy, ...texts) {
  object(policy, 'policy');
  const { numbers, appids } = policyNumbers(reading('policy', () => readPolicy(policy)), false, kind);
  numbers.push(timestamp);
  const all = [appid, ...texts];
  addTexts(all, appids);
  return { numbers, texts: all };
}

/**
 * WeChat's older documentation shows the country code as a number. What is not one of up to four digits is not a calling code.
 * @param {unknown} code
 * @param {string} field
 */
export function codeText(code, field) {
  if (typeof code !== 'number') return string(code, field, 'a string or a number');
  return Number.isInteger(code) && code >= 0 && code < 10000 ? String(code) : '';
}

/** @param {unknown} options @returns {string | undefined} */
function defaultCode(options) {
  if (options === undefined) return undefined;
  const [code] = properties(options, 'options', ['defaultCountryCode']);
  return code === undefined ? undefined : codeText(code, 'options.defaultCountryCode');
}

const SIZES = '0, 46, 64, 96 or 132';

/**
 * @param {() => import('./exchange.js').Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 */
export function createCommonApi(connect) {
  return {
    /**
     * @param {unknown} data
     * @param {unknown} policy
     */
    checkWatermark(data, policy) {
      connect();
      const [watermark] = properties(data, 'data', ['watermark']);
      const stamp = stampOf(watermark, 'data.watermark');
      const { numbers, texts } = checkOf(stamp, policy);
      connect().request(CHECK_WATERMARK, numbers, texts, readNothing);
    },

    /**
     * @param {unknown} input
     * @param {unknown} options
     */
    parsePhoneNumber(input, options) {
      connect();
      if (typeof input === 'string') return connect().request(PARSE_PHONE_TEXT, [], [input, defaultCode(options)], readPhone);
      const [countryCode, purePhoneNumber] = properties(input, 'input', ['countryCode', 'purePhoneNumber']);
      const code = codeText(countryCode, 'input.countryCode');
      const number = string(purePhoneNumber, 'input.purePhoneNumber');
      return connect().request(PARSE_PHONE_FIELDS, [], [code, number, defaultCode(options)], readPhone);
    },

    /** @param {unknown} phone */
    maskPhoneNumber(phone) {
      connect();
      const text = isObject(phone, 'phone')
        ? string(properties(phone, 'phone', ['e164'])[0], 'phone.e164')
        : string(phone, 'phone');
      return connect().request(MASK_PHONE, [], [text], readText);
    },

    /** @param {unknown} url */
    parseAvatar(url) {
      connect();
      return connect().request(PARSE_AVATAR, [], [string(url, 'url')], readAvatar);
    },

    /**
     * @param {unknown} url
     * @param {unknown} size
     */
    resizeAvatar(url, size) {
      connect();
      const text = string(url, 'url');
      if (typeof size !== 'number') throw expected('size', SIZES, size);
      return connect().request(RESIZE_AVATAR, [size], [text], readText);
    },
  };
}
