// What needs a session_key, or reads what WeChat answers a server: not for the mini-program. No judgement is made here; src/ makes it.

import { phoneFields } from './client.js';
import { readBatchTo, readDiagnosis, readJson, readPayload, readPhone, readProfile } from './replies.js';
import { jsonOf, take, takeRecords, watermarkPolicy } from './take.js';
import { LIST, Mark, boundOf, settle, settleList } from './values.js';

/** Operations of src/boundary/calls.rs. */
const DECRYPT = 1;
const DECRYPT_MANY = 2;
const DIAGNOSE = 3;
const READ_CLOUD_DATA = 5;
const PARSE_OPENED_PHONE = 8;
const READ_PHONE_RESPONSE = 10;
const READ_USER_INFO = 13;

/** Records cross some at a time, those that have room in this. All at once takes longer: text and memory for them have to be found. */
const BATCH_BYTES = 65536;
/** More records than this are not read: MAX_RECORDS of src/boundary/calls.rs. */
const MAX_RECORDS = 100000;

/** @typedef {import('./values.js').Settled} Settled */

/** @param {Settled[]} values @param {any} payload */
const payloadFields = (values, payload) => values.push(settle(payload.encryptedData), settle(payload.iv));
/** @param {Settled[]} values @param {any} policy */
const manyPolicy = (values, policy) => {
  values.push(settle(policy.strict));
  watermarkPolicy(values, policy);
};
/** @param {Settled[]} values @param {any} policy */
const decryptPolicy = (values, policy) => {
  values.push(settleList(policy.sessionKey));
  manyPolicy(values, policy);
};
/** @param {Settled[]} values @param {any} record */
const recordFields = (values, record) => {
  payloadFields(values, record);
  values.push(settleList(record.sessionKey));
};
/** @param {Settled[]} values @param {any} value */
const cloudFields = (values, value) =>
  values.push(
    settle(value.errCode),
    settle(value.errMsg),
    jsonOf(value.data === undefined ? value.json : value.data),
  );
// WeChat's HTTP answer has one spelling, its cloud call another.
/** @param {Settled[]} values @param {any} response */
const responseFields = (values, response) =>
  values.push(
    settle(response.errcode === undefined ? response.errCode : response.errcode),
    settle(response.errmsg === undefined ? response.errMsg : response.errmsg),
    jsonOf(response.phone_info === undefined ? response.phoneInfo : response.phone_info),
  );

/**
 * @param {unknown} first
 * @param {(values: Settled[], object: any) => void} fields
 * @param {unknown} policy
 * @param {(values: Settled[], object: any) => void} policyFields
 */
function takeBoth(first, fields, policy, policyFields) {
  /** @type {Settled[]} */
  const values = [];
  take(values, first, fields);
  take(values, policy, policyFields);
  return values;
}

/**
 * @param {() => import('./exchange.js').Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 */
export function createServerApi(connect) {
  /**
   * @param {unknown} payload
   * @param {unknown} policy
   */
  function decrypt(payload, policy) {
    return connect().request(DECRYPT, takeBoth(payload, payloadFields, policy, decryptPolicy), readPayload);
  }

  /**
   * Opened phone data with the number beside WeChat's own fields. Its older documentation has the country code as a number.
   * @param {any} data
   */
  function withPhone(data) {
    /** @type {Settled[]} */
    const values = [];
    phoneFields(values, data);
    const phone = connect().request(PARSE_OPENED_PHONE, values, readPhone);
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
      const list = takeRecords(records, MAX_RECORDS, recordFields);
      /** @type {Settled[]} */
      const head = [];
      take(head, policy, manyPolicy);
      const exchange = connect();
      /** @type {any[]} */
      const results = [];
      const read = readBatchTo(results, head[2]);
      if (!Array.isArray(list)) return exchange.request(DECRYPT_MANY, [...head, list], read);
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
        exchange.request(DECRYPT_MANY, batch, read);
      } while (next < list.length);
      return results;
    },

    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    diagnose(payload, policy) {
      return connect().request(DIAGNOSE, takeBoth(payload, payloadFields, policy, decryptPolicy), readDiagnosis);
    },

    /**
     * @param {unknown} value
     * @param {unknown} policy
     */
    readCloudData(value, policy) {
      return connect().request(READ_CLOUD_DATA, takeBoth(value, cloudFields, policy, watermarkPolicy), readJson);
    },

    /**
     * @param {unknown} response
     * @param {unknown} policy
     */
    readPhoneNumberResponse(response, policy) {
      const values = takeBoth(response, responseFields, policy, watermarkPolicy);
      return withPhone(connect().request(READ_PHONE_RESPONSE, values, readJson));
    },
  };
}
