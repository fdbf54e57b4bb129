// The authenticated channel between mini-program and backend.

import {
  empty,
  expected,
  isArray,
  itemsOf,
  outOfRange,
  properties,
  randomBytes,
  reading,
  string,
  tooLong,
  tooMany,
} from './arguments.js';
import { CHANNEL_RANDOM, MAX_CHANNEL_KEYS, MAX_CHANNEL_MESSAGE, OPEN_CHANNEL, SEAL_CHANNEL } from './protocol.js';
import { readText } from './replies.js';

/** @typedef {{ encryptKey: string, version: number }} Key */

const KEY = 'options.key';
const A_KEY_OR_KEYS = 'a channel key or a list of them';

/**
 * @param {unknown} key
 * @param {string} field
 * @param {string} what
 * @returns {Key}
 */
function keyOf(key, field, what) {
  const [encryptKey, version] = properties(key, field, ['encryptKey', 'version'], what);
  return { encryptKey: string(encryptKey, 'options.key.encryptKey'), version: versionOf(version) };
}

/** @param {unknown} version */
function versionOf(version) {
  const [field, what] = ['options.key.version', 'a whole number from 0 to 4294967295'];
  if (typeof version !== 'number') throw expected(field, what, version);
  if (!Number.isInteger(version) || version < 0 || version > 0xffffffff) throw outOfRange(field, what);
  return version;
}

/**
 * One key, or a list of them.
 * @param {unknown} keys
 * @returns {Key[]}
 */
function keysOf(keys) {
  if (!isArray(keys, KEY)) return [keyOf(keys, KEY, A_KEY_OR_KEYS)];
  const items = reading(KEY, () => itemsOf(keys, MAX_CHANNEL_KEYS, () => tooMany(KEY, `${MAX_CHANNEL_KEYS} channel keys`)));
  if (items.length === 0) throw empty(KEY, A_KEY_OR_KEYS);
  return items.map((key) => keyOf(key, 'options.key[]', 'a channel key'));
}

/**
 * @param {() => import('./exchange.js').Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 * @param {(length: number) => Uint8Array | undefined} random the host's generator, if it has one
 */
export function createChannelApi(connect, random) {
  return {
    /**
     * @param {unknown} message
     * @param {unknown} options
     */
    sealChannel(message, options) {
      connect();
      const text = string(message, 'message');
      if (text.length > MAX_CHANNEL_MESSAGE) throw tooLong('message', `at most ${MAX_CHANNEL_MESSAGE} bytes of UTF-8`);
      const [key, given, bytes] = properties(options, 'options', ['key', 'context', 'random']);
      const { encryptKey, version } = keyOf(key, KEY, 'a channel key');
      const context = string(given, 'options.context');
      const nonce = randomBytes(bytes, CHANNEL_RANDOM, random, 'a Uint8Array of 12 bytes');
      return connect().request(SEAL_CHANNEL, [version], [text, encryptKey, context, nonce], readText);
    },

    /**
     * @param {unknown} sealed
     * @param {unknown} options
     */
    openChannel(sealed, options) {
      connect();
      const text = string(sealed, 'sealed');
      const [key, given] = properties(options, 'options', ['key', 'context']);
      const keys = keysOf(key);
      const context = string(given, 'options.context');
      const numbers = [keys.length, ...keys.map((key) => key.version)];
      return connect().request(OPEN_CHANNEL, numbers, [text, context, ...keys.map((key) => key.encryptKey)], readText);
    },
  };
}
