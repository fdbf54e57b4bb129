// Message push: not for the mini-program.

import { dateOf, expected, outOfRange, properties, randomBytes, string, text } from './arguments.js';
import { CHECK_PUSH, DECRYPT_PUSH, ENCRYPT_PUSH, PUSH_RANDOM, VERIFY_PUSH } from './protocol.js';
import { random } from './random.js';
import { readNothing, readPushReply, readText, readYes } from './replies.js';

/** Bytes that the module makes a nonce of. */
const NONCE = 4;

/**
 * The texts of a query: signature, timestamp, nonce.
 * @param {unknown} query
 * @param {'signature' | 'msg_signature'} name of the signature
 */
function queryOf(query, name) {
  const [signature, timestamp, nonce] = properties(query, 'query', [name, 'timestamp', 'nonce']);
  return [string(signature, `query.${name}`), text(timestamp, 'query.timestamp'), text(nonce, 'query.nonce')];
}

/**
 * Seconds as text, as WeChat's query has them, as a number or as a Date. Fractions are cut off.
 * @param {unknown} timestamp
 */
function secondsOf(timestamp) {
  if (timestamp === undefined) return Date.now() / 1000;
  const [field, what] = ['options.timestamp', 'seconds since 1970'];
  if (typeof timestamp === 'string') {
    // What is signed is the number written anew, so it has to be the same text.
    const seconds = Number(timestamp);
    if (!Number.isSafeInteger(seconds) || String(seconds) !== timestamp) throw outOfRange(field, what);
    return seconds;
  }
  const date = dateOf(timestamp);
  const seconds = date === undefined ? timestamp : date / 1000;
  if (typeof seconds !== 'number') throw expected(field, what, timestamp);
  if (!Number.isFinite(seconds)) throw outOfRange(field, what);
  return seconds;
}

/**
 * @param {() => import('./exchange.js').Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 */
export function createPushApi(connect) {
  /**
   * Token, key and appid of each instance. Not its properties, so that nothing that prints or copies it shows the key.
   * @type {WeakMap<object, string[]>}
   */
  const configs = new WeakMap();

  /**
   * A function that was torn off its instance has no settings.
   * @param {object} push
   */
  function configOf(push) {
    const config = configs.get(push);
    if (config === undefined) throw expected('this', 'a MessagePush', undefined);
    return config;
  }

  return {
    // Named by its place, which no bundler changes.
    MessagePush: class {
      /** @param {unknown} config */
      constructor(config) {
        connect();
        const [token, encodingAESKey, appid] = properties(config, 'config', ['token', 'encodingAESKey', 'appid']);
        const texts = [
          text(token, 'config.token'),
          text(encodingAESKey, 'config.encodingAESKey'),
          text(appid, 'config.appid'),
        ];
        connect().request(CHECK_PUSH, [], texts, readNothing);
        configs.set(this, texts);
      }

      /** @param {unknown} query */
      verify(query) {
        connect();
        const texts = [...configOf(this), ...queryOf(query, 'signature')];
        return connect().request(VERIFY_PUSH, [], texts, readYes);
      }

      /**
       * @param {unknown} encrypt
       * @param {unknown} query
       */
      decrypt(encrypt, query) {
        connect();
        const texts = [...configOf(this), string(encrypt, 'encrypt'), ...queryOf(query, 'msg_signature')];
        return connect().request(DECRYPT_PUSH, [], texts, readText);
      }

      /**
       * @param {unknown} message
       * @param {unknown} options
       */
      encrypt(message, options = {}) {
        connect();
        const config = configOf(this);
        const checked = text(message, 'message');
        const [timestamp, given, own] = properties(options, 'options', ['timestamp', 'nonce', 'random']);
        const bytes = randomBytes(own, PUSH_RANDOM, random, 'a Uint8Array of 16 random bytes');
        const drawn = given === undefined ? random(NONCE) : undefined;
        const nonce = drawn === undefined ? text(given, 'options.nonce') : drawn;
        const numbers = [secondsOf(timestamp), drawn === undefined ? 0 : 1];
        return connect().request(ENCRYPT_PUSH, numbers, [...config, checked, nonce, bytes], readPushReply);
      }
    },
  };
}
