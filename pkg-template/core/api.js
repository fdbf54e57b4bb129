// The public functions: values taken down, moved in, and what comes back handed on. No judgement is made here; src/ makes it.

import { OpenDataError } from './errors.js';
import { LIST, Mark, UNREADABLE, boundOf, isObject, settle, settleNow } from './values.js';

/** Operations of src/boundary/calls.rs. */
const DECRYPT = 1;
const DECRYPT_MANY = 2;
const DIAGNOSE = 3;
const CHECK_WATERMARK = 4;
const READ_CLOUD_DATA = 5;

/** In place of a length: this record failed. */
const FAILED = 0xffffffff;
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

// What is checked and what is handed on are one text: objects that may have getters are turned into JSON once.
const watermarkJson = (/** @type {any} */ data) => [jsonOf({ watermark: data.watermark })];
const cloudFields = (/** @type {any} */ value) => [
  settle(value.errCode),
  settle(value.errMsg),
  jsonOf(value.data === undefined ? value.json : value.data),
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
/** @param {Exchange} exchange */
const readDetail = (exchange) => exchange.engine.detail();
const readNothing = () => {};

/**
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} length
 */
function readBatch(exchange, address, length) {
  const errors = exchange.engine.detail();
  exchange.refresh();
  const results = [];
  const end = address + length;
  let failed = 0;
  for (let at = address; at < end; ) {
    const size = exchange.view.getUint32(at, true);
    at += 4;
    if (size === FAILED) {
      results.push({ status: 'rejected', reason: new OpenDataError(errors[failed++]) });
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
  return {
    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    decrypt(payload, policy) {
      const values = [...take(payload, payloadFields), ...take(policy, decryptFields)];
      return connect().request(DECRYPT, values, readJson);
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
      return connect().request(DIAGNOSE, values, readDetail);
    },

    /**
     * @param {unknown} data
     * @param {unknown} policy
     */
    checkWatermark(data, policy) {
      const values = [...take(data, watermarkJson), ...take(policy, watermarkFields)];
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
  };
}
