// What needs a session_key, or reads what WeChat answers a server: not for the mini-program.

import {
  JSON_OBJECT,
  addTexts,
  countOf,
  expected,
  flag,
  isArray,
  isObject,
  itemsOf,
  jsonOf,
  keysOf,
  object,
  outOfRange,
  own,
  policyNumbers,
  readKeys,
  readPolicy,
  reading,
  readingFailed,
  string,
  tooMany,
} from './arguments.js';
import { checkOf, codeText, stampOf } from './common.js';
import {
  CHECK_WATERMARK,
  DECRYPT,
  DECRYPT_MANY,
  DECRYPT_PHONE_NUMBER,
  DECRYPT_USER_INFO,
  DIAGNOSE,
  MAX_RECORDS,
  MAX_TEXT,
  PROFILE_IS_ANONYMOUS,
  PROFILE_MISSING,
  READ_PHONE_NUMBER,
  REFUSE_BY_WECHAT,
  REFUSE_CLOUD_ID,
} from './protocol.js';
import { readAvatar, readBatch, readDiagnosis, readNothing, readObject, readPhone, rejected } from './replies.js';

/** @typedef {import('./exchange.js').Exchange} Exchange */
/** @typedef {import('./exchange.js').Chunk} Chunk */
/** @typedef {import('./offsets.js').Appid} Appid */

// -------------------------------------------------------------------------------------------------- encryptedData

/** Records cross in one request, unless they have more text than this: then in as few as keep memory small. */
const BATCH_CHARACTERS = 5 * 1024 * 1024;

const KEYS = 'policy.sessionKey';

/**
 * The texts of a payload.
 * @param {any} payload
 * @returns {Chunk[]}
 */
function payloadOf(payload) {
  object(payload, 'payload');
  let encryptedData;
  let iv;
  try {
    encryptedData = own(payload, 'encryptedData', payload.encryptedData);
    iv = own(payload, 'iv', payload.iv);
  } catch (error) {
    throw readingFailed('payload', error);
  }
  return [string(encryptedData, 'payload.encryptedData'), string(iv, 'payload.iv')];
}

/**
 * Adds the texts of a record, with its keys.
 * @param {any} record
 * @param {Chunk[]} texts
 * @returns {number} how many keys there are
 */
function addRecord(record, texts) {
  object(record, 'record');
  let encryptedData;
  let iv;
  let keys;
  try {
    encryptedData = own(record, 'encryptedData', record.encryptedData);
    iv = own(record, 'iv', record.iv);
    keys = readKeys(own(record, 'sessionKey', record.sessionKey), 'record.sessionKey');
  } catch (error) {
    throw readingFailed('record', error);
  }
  texts.push(string(encryptedData, 'record.encryptedData'), string(iv, 'record.iv'));
  return addTexts(texts, keysOf(keys, 'record.sessionKey'));
}

/**
 * The numbers and texts of a call that opens one payload.
 * @param {unknown} payload
 * @param {any} policy
 */
function openingOf(payload, policy) {
  const texts = payloadOf(payload);
  object(policy, 'policy');
  let given;
  let strict;
  let fields;
  try {
    given = readKeys(own(policy, 'sessionKey', policy.sessionKey), KEYS);
    strict = own(policy, 'strict', policy.strict);
    fields = readPolicy(policy);
  } catch (error) {
    throw readingFailed('policy', error);
  }
  const keys = keysOf(given, KEYS);
  const { numbers, appids } = policyNumbers(fields, flag(strict, 'policy.strict'), countOf(keys));
  const appid = onlyOf(appids);
  if (typeof keys === 'string' && appid !== undefined) return { numbers, texts: [texts[0], texts[1], keys, appid], appid };
  addTexts(texts, keys);
  addTexts(texts, appids);
  return { numbers, texts, appid };
}

/** @param {string | string[] | null} appids @returns {Appid} */
const onlyOf = (appids) => (typeof appids === 'string' ? appids : undefined);

/** @param {Chunk} text */
const charactersOf = (text) => (text === undefined || text.length > MAX_TEXT ? 0 : text.length);

/** @param {Exchange} exchange @param {Appid} appid */
const readPhoneData = (exchange, appid) => withPhone(readObject(exchange, appid), readPhone(exchange));

/**
 * Phone data with the number beside WeChat's own fields. Its older documentation has the country code as a number.
 * @param {any} data a copy of our own
 * @param {ReturnType<typeof readPhone>} phone
 */
function withPhone(data, phone) {
  data.countryCode = String(data.countryCode);
  data.phone = phone;
  return data;
}

/** @param {Exchange} exchange @param {Appid} appid */
function readUserInfo(exchange, appid) {
  const data = readObject(exchange, appid);
  const detail = exchange.detail();
  if ((detail & PROFILE_MISSING) !== 0) {
    string(data.nickName, 'data.nickName');
    string(data.avatarUrl, 'data.avatarUrl');
  }
  data.avatar = readAvatar(exchange);
  data.isAnonymous = (detail & PROFILE_IS_ANONYMOUS) !== 0;
  return data;
}

// ------------------------------------------------------------------ data that WeChat hands over already decrypted

/** WeChat's HTTP answers have one spelling, its cloud calls another. */
const CLOUD_VALUE = { self: 'value', errcode: 'value.errCode', data: 'value.data' };
const RESPONSE = { self: 'response', errcode: 'response.errcode', data: 'response.phone_info' };

/**
 * The first of two properties that is there.
 * @param {any} object
 * @param {string} first
 * @param {string} second
 */
function either(object, first, second) {
  const value = own(object, first, object[first]);
  return value === undefined ? own(object, second, object[second]) : value;
}

/**
 * A copy of an object; anything else as it is.
 * @param {unknown} value
 * @param {string} field
 */
function copyOf(value, field) {
  if (typeof value !== 'object' || value === null) return value;
  const json = jsonOf(value, field);
  return json === undefined ? undefined : JSON.parse(json);
}

/**
 * Data as an object, or as the JSON of one.
 * @param {unknown} data a copy
 * @param {string} field
 * @returns {any} text that is not JSON stays text
 */
function dataOf(data, field) {
  if (typeof data === 'object' && data !== null) return data;
  if (typeof data !== 'string') throw expected(field, JSON_OBJECT, data);
  if (data.length > MAX_TEXT) throw outOfRange(field, JSON_OBJECT);
  try {
    return JSON.parse(data);
  } catch (_) {
    return data;
  }
}

/**
 * What stands where a watermark is looked for in a copy. What is not an object has no place for one.
 * @param {any} data
 */
function stampOfCopy(data) {
  return stampOf(isObject(data, '') ? own(data, 'watermark', /** @type {any} */ (data).watermark) : null, '');
}

/** What is neither text nor number is not part of a phone number. @param {unknown} code */
const codeOf = (code) => (typeof code === 'string' || typeof code === 'number' ? codeText(code, '') : undefined);

/**
 * @param {() => Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 */
export function createSessionApi(connect) {
  /**
   * Throws WECHAT_ERROR if WeChat answered with a failure.
   * @param {unknown} errcode
   * @param {unknown} errmsg
   * @param {string} field
   */
  function checkErrcode(errcode, errmsg, field) {
    if (errcode === undefined || errcode === null || errcode === 0) return;
    if (typeof errcode !== 'number' || !Number.isFinite(errcode)) throw expected(field, 'a number', errcode);
    connect().request(REFUSE_BY_WECHAT, [errcode], [typeof errmsg === 'string' ? errmsg : ''], readNothing);
  }

  return {
    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    decrypt(payload, policy) {
      connect();
      const { numbers, texts, appid } = openingOf(payload, policy);
      return connect().request(DECRYPT, numbers, texts, readObject, appid);
    },

    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    decryptPhoneNumber(payload, policy) {
      connect();
      const { numbers, texts, appid } = openingOf(payload, policy);
      return connect().request(DECRYPT_PHONE_NUMBER, numbers, texts, readPhoneData, appid);
    },

    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    decryptUserInfo(payload, policy) {
      connect();
      const { numbers, texts, appid } = openingOf(payload, policy);
      return connect().request(DECRYPT_USER_INFO, numbers, texts, readUserInfo, appid);
    },

    /**
     * @param {unknown} records
     * @param {any} policy
     */
    decryptMany(records, policy) {
      connect();
      object(policy, 'policy');
      const { strict, fields } = reading('policy', () => ({
        strict: own(policy, 'strict', policy.strict),
        fields: readPolicy(policy),
      }));
      const { numbers, appids } = policyNumbers(fields, flag(strict, 'policy.strict'), 0);
      if (!isArray(records, 'records')) throw expected('records', 'an array', records);
      const list = reading('records', () => itemsOf(records, MAX_RECORDS, () => tooMany('records', `${MAX_RECORDS} records`)));
      /** @type {any[]} */
      const results = new Array(list.length);
      for (let next = 0; next < list.length; ) {
        /** @type {Chunk[]} */
        const texts = [];
        addTexts(texts, appids);
        /** @type {number[]} */
        const counts = [];
        const places = [];
        for (let characters = 0; next < list.length && characters < BATCH_CHARACTERS; next++) {
          const start = texts.length;
          try {
            counts.push(addRecord(list[next], texts));
            places.push(next);
          } catch (error) {
            texts.length = start;
            results[next] = rejected(error);
          }
          for (let i = start; i < texts.length; i++) characters += charactersOf(texts[i]);
        }
        numbers[numbers.length - 1] = counts.length;
        const opened = connect().request(DECRYPT_MANY, numbers.concat(counts), texts, readBatch, onlyOf(appids));
        for (let i = 0; i < places.length; i++) results[places[i]] = opened[i];
      }
      return results;
    },

    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    diagnose(payload, policy) {
      connect();
      const { numbers, texts } = openingOf(payload, policy);
      return connect().request(DIAGNOSE, numbers, texts, readDiagnosis);
    },

    /**
     * @param {any} value
     * @param {unknown} policy
     */
    readCloudData(value, policy) {
      connect();
      const isText = typeof value === 'string';
      if (!isText) object(value, CLOUD_VALUE.self, 'what stands in place of a CloudID');
      const { errcode, errmsg, data } = reading(CLOUD_VALUE.self, () => ({
        errcode: own(value, 'errCode', value.errCode),
        errmsg: own(value, 'errMsg', value.errMsg),
        data: copyOf(either(value, 'data', 'json'), CLOUD_VALUE.data),
      }));
      checkErrcode(errcode, errmsg, CLOUD_VALUE.errcode);
      // The identifier itself, or nothing in its place.
      if (isText || data === undefined || data === null) return connect().request(REFUSE_CLOUD_ID, [], [], readNothing);
      const opened = dataOf(data, CLOUD_VALUE.data);
      const stamp = stampOfCopy(opened);
      const { numbers, texts } = checkOf(stamp, policy);
      connect().request(CHECK_WATERMARK, numbers, texts, readNothing);
      return opened;
    },

    /**
     * @param {any} response
     * @param {unknown} policy
     */
    readPhoneNumberResponse(response, policy) {
      connect();
      object(response, RESPONSE.self);
      const { errcode, errmsg, data } = reading(RESPONSE.self, () => ({
        errcode: either(response, 'errcode', 'errCode'),
        errmsg: either(response, 'errmsg', 'errMsg'),
        data: copyOf(either(response, 'phone_info', 'phoneInfo'), RESPONSE.data),
      }));
      checkErrcode(errcode, errmsg, RESPONSE.errcode);
      const info = dataOf(data, RESPONSE.data);
      const stamp = stampOfCopy(info);
      const { countryCode, purePhoneNumber } = isObject(info, '') ? /** @type {any} */ (info) : {};
      const number = typeof purePhoneNumber === 'string' ? purePhoneNumber : undefined;
      const { numbers, texts } = checkOf(stamp, policy, codeOf(countryCode), number);
      const phone = connect().request(READ_PHONE_NUMBER, numbers, texts, readPhone);
      return withPhone(info, phone);
    },
  };
}
