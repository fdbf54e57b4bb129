// Signatures under session_key and appKey: not for the mini-program, which has neither. No judgement is made here; src/ makes it.

import { readText, readYes } from './replies.js';
import { take, takeValue } from './take.js';
import { settle, settleList } from './values.js';

/** Operations of src/boundary/calls.rs. */
const VERIFY_SIGNATURE = 14;
const SIGN = 15;

/** @typedef {import('./values.js').Settled} Settled */

/** @param {Settled[]} values @param {any} payload */
const signedFields = (values, payload) => values.push(settle(payload.rawData), settle(payload.signature));
/** @param {Settled[]} values @param {any} policy */
const keyPolicy = (values, policy) => values.push(settleList(policy.sessionKey));

/**
 * @param {() => import('./exchange.js').Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 */
export function createSignaturesApi(connect) {
  /**
   * @param {boolean} isPayment
   * @param {...unknown} texts
   */
  function sign(isPayment, ...texts) {
    /** @type {Settled[]} */
    const values = [isPayment];
    for (const text of texts) takeValue(values, text);
    return connect().request(SIGN, values, readText);
  }

  return {
    /**
     * @param {unknown} payload
     * @param {unknown} policy
     */
    verifySignature(payload, policy) {
      /** @type {Settled[]} */
      const values = [];
      take(values, payload, signedFields);
      take(values, policy, keyPolicy);
      return connect().request(VERIFY_SIGNATURE, values, readYes);
    },

    /**
     * @param {unknown} sessionKey
     * @param {unknown} data
     */
    signWithSessionKey(sessionKey, data = '') {
      return sign(false, sessionKey, data);
    },

    /**
     * @param {unknown} appKey
     * @param {unknown} uri
     * @param {unknown} signData
     */
    signPayment(appKey, uri, signData) {
      return sign(true, appKey, uri, signData);
    },
  };
}
