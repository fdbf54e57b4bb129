// Signatures under session_key and appKey: not for the mini-program, which has neither.

import { addTexts, keysOf, object, own, properties, readKeys, reading, string, text } from './arguments.js';
import { SIGN_PAYMENT, SIGN_WITH_SESSION_KEY, VERIFY_SIGNATURE } from './protocol.js';
import { readText, readYes } from './replies.js';

/** @typedef {import('./exchange.js').Chunk} Chunk */

/**
 * @param {() => import('./exchange.js').Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 */
export function createSignaturesApi(connect) {
  return {
    /**
     * @param {any} payload
     * @param {any} policy
     */
    verifySignature(payload, policy) {
      connect();
      const [rawData, signature] = properties(payload, 'payload', ['rawData', 'signature']);
      /** @type {Chunk[]} */
      const texts = [text(rawData, 'payload.rawData'), string(signature, 'payload.signature')];
      object(policy, 'policy');
      const keys = reading('policy', () => readKeys(own(policy, 'sessionKey', policy.sessionKey), 'policy.sessionKey'));
      const count = addTexts(texts, keysOf(keys, 'policy.sessionKey'));
      return connect().request(VERIFY_SIGNATURE, [count], texts, readYes);
    },

    /**
     * @param {unknown} sessionKey
     * @param {unknown} data
     */
    signWithSessionKey(sessionKey, data = '') {
      connect();
      const texts = [string(sessionKey, 'sessionKey'), text(data, 'data')];
      return connect().request(SIGN_WITH_SESSION_KEY, [], texts, readText);
    },

    /**
     * @param {unknown} appKey
     * @param {unknown} uri
     * @param {unknown} signData
     */
    signPayment(appKey, uri, signData) {
      connect();
      const texts = [text(appKey, 'appKey'), text(uri, 'uri'), text(signData, 'signData')];
      return connect().request(SIGN_PAYMENT, [], texts, readText);
    },
  };
}
