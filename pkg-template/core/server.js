// What needs a session_key, or reads what WeChat answers a server: not for the mini-program. No judgement is made here; src/ makes it.

import { phoneFields } from './client.js';
import { readBatchTo, readDiagnosis, readJson, readPayload, readPhone, readProfile } from './replies.js';
import { jsonOf, take, takeRecords, watermarkPolicy } from './take.js';
import { LIST, Mark, charactersOf, isObject, settle, settleList } from './values.js';

/** Operations of src/boundary/calls.rs. */
const DECRYPT = 1;
const DECRYPT_MANY = 2;
const DIAGNOSE = 3;
const READ_CLOUD_DATA = 5;
const PARSE_OPENED_PHONE = 8;
const READ_PHONE_RESPONSE = 10;
const READ_USER_INFO = 13;

/** Records cross in one request, unless they have more text than this: then in as few as keep memory small. */
const BATCH_CHARACTERS = 5 * 1024 * 1024;
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
/** What a record that is an object takes. */
const RECORD_VALUES = 4;
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
      /** @type {Settled[]} */
      const list = [];
      takeRecords(list, records, MAX_RECORDS, recordFields);
      /** @type {Settled[]} */
      const head = [];
      take(head, policy, manyPolicy);
      const exchange = connect();
      /** @type {any[]} */
      const results = [];
      const read = readBatchTo(results, head[2]);
      // After the number of records, or after what is no list at all.
      let next = 1;
      do {
        const first = next;
        let count = 0;
        for (let characters = 0; next < list.length && characters < BATCH_CHARACTERS; count++) {
          const end = next + (isObject(list[next]) ? RECORD_VALUES : 1);
          for (; next < end; next++) characters += charactersOf(list[next]);
        }
        const whole = first === 1 && next === list.length;
        exchange.request(DECRYPT_MANY, head.concat(whole ? list : [new Mark(LIST, count), ...list.slice(first, next)]), read);
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
