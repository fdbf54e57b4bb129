// Message push: not for the mini-program. No judgement is made here; src/ makes it.

import { random } from './random.js';
import { readNothing, readPushReply, readText, readYes } from './replies.js';
import { take, takeValue } from './take.js';
import { settle, settleBytes, settleNow } from './values.js';

/** Operations of src/boundary/calls.rs. */
const PUSH_CHECK = 16;
const PUSH_VERIFY = 17;
const PUSH_DECRYPT = 18;
const PUSH_ENCRYPT = 19;

/** @typedef {import('./values.js').Settled} Settled */

/** @param {Settled[]} values @param {any} config */
const configFields = (values, config) =>
  values.push(settle(config.token), settle(config.encodingAESKey), settle(config.appid));
/** @param {Settled[]} values @param {any} query */
const plainQuery = (values, query) => values.push(settle(query.signature), settle(query.timestamp), settle(query.nonce));
/** @param {Settled[]} values @param {any} query */
const secureQuery = (values, query) =>
  values.push(settle(query.msg_signature), settle(query.timestamp), settle(query.nonce));
// src/boundary/push.rs makes a number of random bytes in place of a nonce.
/** @param {Settled[]} values @param {any} options */
const replyOptions = (values, options) => {
  const { nonce, random: bytes } = options;
  values.push(
    settleNow(options.timestamp),
    nonce === undefined ? random(4) : settle(nonce),
    bytes === undefined ? random(16) : settleBytes(bytes),
  );
};

/**
 * @param {() => import('./exchange.js').Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 */
export function createPushApi(connect) {
  /**
   * What each instance was made with. Not its property, so that nothing that prints or copies it shows the key.
   * @type {WeakMap<object, Settled[]>}
   */
  const configs = new WeakMap();

  /**
   * An instance's settings at the start of a request. What is no instance has none, and the core says so.
   * @param {object} push
   */
  const begin = (push) => (configs.get(push) || [undefined]).slice();

  return {
    // Named by its place, which no bundler changes.
    MessagePush: class {
      /** @param {unknown} config */
      constructor(config) {
        /** @type {Settled[]} */
        const values = [];
        take(values, config, configFields);
        connect().request(PUSH_CHECK, values, readNothing);
        configs.set(this, values);
      }

      /** @param {unknown} query */
      verify(query) {
        const values = begin(this);
        take(values, query, plainQuery);
        return connect().request(PUSH_VERIFY, values, readYes);
      }

      /**
       * @param {unknown} encrypt
       * @param {unknown} query
       */
      decrypt(encrypt, query) {
        const values = begin(this);
        takeValue(values, encrypt);
        take(values, query, secureQuery);
        return connect().request(PUSH_DECRYPT, values, readText);
      }

      /**
       * @param {unknown} message
       * @param {unknown} options
       */
      encrypt(message, options = {}) {
        const values = begin(this);
        takeValue(values, message);
        take(values, options, replyOptions);
        return connect().request(PUSH_ENCRYPT, values, readPushReply);
      }
    },
  };
}
