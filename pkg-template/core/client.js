// What client and server have alike: phone numbers, avatars, the watermark check. No judgement is made here; src/ makes it.

import { readAvatar, readNothing, readPhone, readText } from './replies.js';
import { take, takeValue, watermarkPolicy } from './take.js';
import { settle } from './values.js';

/** Operations of src/boundary/calls.rs. */
const CHECK_WATERMARK = 4;
const PARSE_PHONE_TEXT = 6;
const PARSE_PHONE_FIELDS = 7;
const MASK_PHONE = 9;
const PARSE_AVATAR = 11;
const RESIZE_AVATAR = 12;

/** @typedef {import('./values.js').Settled} Settled */

/** @param {Settled[]} values @param {any} data */
const watermarkOf = (values, data) => take(values, data.watermark, stamp);
/** @param {Settled[]} values @param {any} watermark */
const stamp = (values, watermark) => values.push(settle(watermark.appid), settle(watermark.timestamp));
/** @param {Settled[]} values @param {any} input */
export const phoneFields = (values, input) => values.push(settle(input.countryCode), settle(input.purePhoneNumber));
/** @param {Settled[]} values @param {any} phone */
const phoneText = (values, phone) => values.push(settle(phone.e164));
/** @param {Settled[]} values @param {any} options */
const phoneOptions = (values, options) => values.push(settle(options.defaultCountryCode));

/**
 * @param {() => import('./exchange.js').Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 */
export function createClientApi(connect) {
  return {
    /**
     * @param {unknown} data
     * @param {unknown} policy
     */
    checkWatermark(data, policy) {
      /** @type {Settled[]} */
      const values = [];
      take(values, data, watermarkOf);
      take(values, policy, watermarkPolicy);
      connect().request(CHECK_WATERMARK, values, readNothing);
    },

    /**
     * @param {unknown} input
     * @param {unknown} options
     */
    parsePhoneNumber(input, options) {
      /** @type {Settled[]} */
      const values = [];
      const isText = typeof input === 'string';
      if (isText) values.push(input);
      else take(values, input, phoneFields);
      if (options === undefined) values.push(undefined);
      else take(values, options, phoneOptions);
      return connect().request(isText ? PARSE_PHONE_TEXT : PARSE_PHONE_FIELDS, values, readPhone);
    },

    /** @param {unknown} phone */
    maskPhoneNumber(phone) {
      /** @type {Settled[]} */
      const values = [];
      take(values, phone, phoneText);
      return connect().request(MASK_PHONE, values, readText);
    },

    /** @param {unknown} url */
    parseAvatar(url) {
      /** @type {Settled[]} */
      const values = [];
      takeValue(values, url);
      return connect().request(PARSE_AVATAR, values, readAvatar);
    },

    /**
     * @param {unknown} url
     * @param {unknown} size
     */
    resizeAvatar(url, size) {
      /** @type {Settled[]} */
      const values = [];
      takeValue(values, url);
      takeValue(values, size);
      return connect().request(RESIZE_AVATAR, values, readText);
    },
  };
}
