// The public functions: values taken down, moved in, and what comes back handed on. No judgement is made here; src/ makes it.

import { NONE } from './exchange.js';
import { LIST, Mark, UNREADABLE, boundOf, isObject, settle, settleNow } from './values.js';

/** Operations of src/boundary/calls.rs. */
const DECRYPT = 1;
const DECRYPT_MANY = 2;
const DIAGNOSE = 3;
const CHECK_WATERMARK = 4;
const READ_CLOUD_DATA = 5;
const PARSE_PHONE_TEXT = 6;
const PARSE_PHONE_FIELDS = 7;
const PARSE_OPENED_PHONE = 8;
const MASK_PHONE = 9;
const READ_PHONE_RESPONSE = 10;
const PARSE_AVATAR = 11;
const RESIZE_AVATAR = 12;
const READ_USER_INFO = 13;

/** Records cross in one request, unless they need more room than this: then in as few as keep memory small. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** More records than this are not read: MAX_RECORDS of src/boundary/calls.rs. */
const MAX_RECORDS = 100000;

/** @typedef {import('./values.js').Settled} Settled */
/** @typedef {import('./exchange.js').Exchange} Exchange */

/**
 * An object's mark and its fields, read once and in order; or what stands in its place.
 * @param {unknown} object
 * @param {(object: any) => Settled[]} fields
 * @returns {Settled[]}
 */
function take(object, fields) {
  try {
    const mark = settle(object);
    return isObject(mark) ? [mark, ...fields(object)] : [mark];
  } catch (_) {
    return [new Mark(UNREADABLE)];
  }
}

const payloadFields = (/** @type {any} */ payload) => [settle(payload.encryptedData), settle(payload.iv)];
const watermarkFields = (/** @type {any} */ policy) => [
  settle(policy.appid),
  settle(policy.maxAge),
  settle(policy.clockSkew),
  settleNow(policy.now),
  settle(policy.watermark),
];
const manyFields = (/** @type {any} */ policy) => [settle(policy.strict), ...watermarkFields(policy)];
const decryptFields = (/** @type {any} */ policy) => [settle(policy.sessionKey), ...manyFields(policy)];
const recordFields = (/** @type {any} */ record) => [...payloadFields(record), settle(record.sessionKey)];

/** @returns {Settled[]} */
const watermarkOf = (/** @type {any} */ data) => take(data.watermark, stampFields);
const stampFields = (/** @type {any} */ watermark) => [settle(watermark.appid), settle(watermark.timestamp)];

// What is checked and what is handed on are one text: objects that may have getters are turned into JSON once.
const cloudFields = (/** @type {any} */ value) => [
  settle(value.errCode),
  settle(value.errMsg),
  jsonOf(value.data === undefined ? value.json : value.data),
];

/** @returns {Settled[]} */
const noFields = () => [];
const phoneFields = (/** @type {any} */ input) => [settle(input.countryCode), settle(input.purePhoneNumber)];
const phoneText = (/** @type {any} */ phone) => [settle(phone.e164)];
const phoneOptions = (/** @type {any} */ options) => [settle(options.defaultCountryCode)];
// WeChat's HTTP answer has one spelling, its cloud call another.
const responseFields = (/** @type {any} */ response) => [
  settle(response.errcode === undefined ? response.errCode : response.errcode),
  settle(response.errmsg === undefined ? response.errMsg : response.errmsg),
  jsonOf(response.phone_info === undefined ? response.phoneInfo : response.phone_info),
];

/**
 * @param {unknown} value
 * @returns {Settled}
 */
function jsonOf(value) {
  if (typeof value !== 'object' || value === null) return settle(value);
  return settle(JSON.stringify(value));
}

/**
 * The records of a batch, each as its settled values; or what stands in place of the array.
 * @param {unknown} records
 * @returns {Settled[][] | Settled}
 */
function takeRecords(records) {
  try {
    if (!Array.isArray(records)) return settle(records);
    const length = records.length;
    if (length > MAX_RECORDS) return new Mark(LIST, length);
    const list = [];
    for (let i = 0; i < length; i++) list.push(take(records[i], recordFields));
    return list;
  } catch (_) {
    return new Mark(UNREADABLE);
  }
}

/** @param {Exchange} exchange @param {number} address @param {number} length */
const readJson = (exchange, address, length) => JSON.parse(exchange.codec.read(address, length));
/**
 * A diagnosis as src/boundary/calls.rs writes it.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} _
 * @param {number} facts
 */
function readDiagnosis(exchange, address, _, facts) {
  const [code, reason, repairs, ...notes] = exchange.parts(address).texts;
  /** @type {any} */
  const diagnosis = { ok: (facts & 1) === 1 };
  if (code !== null) diagnosis.code = code;
  if (reason !== null) diagnosis.reason = reason;
  if (facts >> 8 > 0) diagnosis.sessionKeyIndex = (facts >> 8) - 1;
  diagnosis.repairs = repairs ? repairs.split(',') : [];
  diagnosis.notes = notes;
  return diagnosis;
}

const readNothing = () => {};
/** @param {Exchange} exchange @param {number} address @param {number} length */
const readText = (exchange, address, length) => exchange.codec.read(address, length);

/**
 * A phone number as src/boundary/phone.rs writes it.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} length
 * @param {number} facts
 */
function readPhone(exchange, address, length, facts) {
  const text = exchange.codec.read(address, length);
  const end = facts & 0xff;
  const prefix = (facts >> 8) & 0xff;
  const region = end + ((facts >> 16) & 0xff);
  return {
    e164: text.slice(0, end),
    countryCode: text.slice(1, prefix),
    nationalNumber: text.slice(prefix, end),
    region: region === end ? null : text.slice(end, region),
    type: text.slice(region),
    isValid: facts >>> 24 === 1,
  };
}

/**
 * An avatar as src/boundary/avatar.rs writes it.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} _
 * @param {number} facts
 */
function readAvatar(exchange, address, _, facts) {
  const [kind, url, extension, fileName] = exchange.parts(address).texts;
  return {
    kind,
    url,
    needsUpload: (facts & 0x10000) !== 0,
    isDefault: (facts & 0x20000) !== 0,
    extension,
    fileName,
    size: facts & 0xffff || null,
  };
}

/**
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} length
 * @param {number} facts
 */
const readProfile = (exchange, address, length, facts) => ({
  avatar: readAvatar(exchange, address, length, facts),
  isAnonymous: (facts & 0x40000) !== 0,
});

/**
 * The results of a batch: a sequence of lengths and texts, and elsewhere the errors of those that have none.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} length
 * @param {number} errors
 */
function readBatch(exchange, address, length, errors) {
  const results = [];
  const end = address + length;
  let nextError = errors;
  for (let at = address; at < end; ) {
    const size = exchange.view.getUint32(at, true);
    at += 4;
    if (size === NONE) {
      const failure = exchange.error(nextError);
      nextError = failure.end;
      results.push({ status: 'rejected', reason: failure.error });
    } else {
      results.push({ status: 'fulfilled', value: readJson(exchange, at, size) });
      at += size;
    }
  }
  return results;
}

/**
 * @param {() => Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 */
export function createApi(connect) {
  /**
   * @param {unknown} payload
   * @param {unknown} policy
   */
  function decrypt(payload, policy) {
    const values = [...take(payload, payloadFields), ...take(policy, decryptFields)];
    return connect().request(DECRYPT, values, readJson);
  }

  /**
   * Opened phone data with the number beside WeChat's own fields. Its older documentation has the country code as a number.
   * @param {any} data
   */
  function withPhone(data) {
    const phone = connect().request(PARSE_OPENED_PHONE, phoneFields(data), readPhone);
    return { ...data, countryCode: String(data.countryCode), phone };
  }

  return {
    decrypt,

    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    decryptPhoneNumber(payload, policy) {
      return withPhone(decrypt(payload, policy));
    },

    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    decryptUserInfo(payload, policy) {
      const data = decrypt(payload, policy);
      const values = [settle(data.nickName), settle(data.avatarUrl)];
      return { ...data, ...connect().request(READ_USER_INFO, values, readProfile) };
    },

    /**
     * @param {unknown} records
     * @param {unknown} policy
     */
    decryptMany(records, policy) {
      const list = takeRecords(records);
      const head = take(policy, manyFields);
      const exchange = connect();
      if (!Array.isArray(list)) return exchange.request(DECRYPT_MANY, [...head, list], readBatch);
      /** @type {any[]} */
      let results = [];
      let next = 0;
      do {
        /** @type {Settled[]} */
        const values = [];
        let bound = 0;
        const first = next;
        for (; next < list.length && bound < BATCH_BYTES; next++) {
          for (const value of /** @type {Settled[]} */ (list[next])) {
            bound += boundOf(value);
            values.push(value);
          }
        }
        const batch = [...head, new Mark(LIST, next - first), ...values];
        results = results.concat(exchange.request(DECRYPT_MANY, batch, readBatch));
      } while (next < list.length);
      return results;
    },

    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    diagnose(payload, policy) {
      const values = [...take(payload, payloadFields), ...take(policy, decryptFields)];
      return connect().request(DIAGNOSE, values, readDiagnosis);
    },

    /**
     * @param {unknown} data
     * @param {unknown} policy
     */
    checkWatermark(data, policy) {
      const values = [...take(data, watermarkOf), ...take(policy, watermarkFields)];
      connect().request(CHECK_WATERMARK, values, readNothing);
    },

    /**
     * @param {unknown} value
     * @param {unknown} policy
     */
    readCloudData(value, policy) {
      const values = [...take(value, cloudFields), ...take(policy, watermarkFields)];
      return connect().request(READ_CLOUD_DATA, values, readJson);
    },

    /**
     * @param {unknown} response
     * @param {unknown} policy
     */
    readPhoneNumberResponse(response, policy) {
      const values = [...take(response, responseFields), ...take(policy, watermarkFields)];
      return withPhone(connect().request(READ_PHONE_RESPONSE, values, readJson));
    },

    /**
     * @param {unknown} input
     * @param {unknown} options
     */
    parsePhoneNumber(input, options) {
      const tail = options === undefined ? [undefined] : take(options, phoneOptions);
      return typeof input === 'string'
        ? connect().request(PARSE_PHONE_TEXT, [input, ...tail], readPhone)
        : connect().request(PARSE_PHONE_FIELDS, [...take(input, phoneFields), ...tail], readPhone);
    },

    /** @param {unknown} phone */
    maskPhoneNumber(phone) {
      const values = typeof phone === 'string' ? [phone] : take(phone, phoneText);
      return connect().request(MASK_PHONE, values, readText);
    },

    /** @param {unknown} url */
    parseAvatar(url) {
      return connect().request(PARSE_AVATAR, take(url, noFields), readAvatar);
    },

    /**
     * @param {unknown} url
     * @param {unknown} size
     */
    resizeAvatar(url, size) {
      return connect().request(RESIZE_AVATAR, [...take(url, noFields), ...take(size, noFields)], readText);
    },
  };
}
