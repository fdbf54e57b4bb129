// The authenticated channel between mini-program and backend. No judgement is made here; src/ makes it.

import { readText } from './replies.js';
import { take, takeValue } from './take.js';
import { A_LIST, LIST, Mark, lengthOf, settle, settleBytes } from './values.js';

/** Operations of src/boundary/calls.rs. */
const SEAL_CHANNEL = 20;
const OPEN_CHANNEL = 21;

/** Bytes of a nonce. */
const NONCE = 12;
/** More keys than this are not read: MAX_CHANNEL_KEYS of src/channel.rs. */
const MAX_KEYS = 8;

/** @typedef {import('./values.js').Settled} Settled */

/** @param {Settled[]} values @param {any} key */
const keyFields = (values, key) => values.push(settle(key.encryptKey), settle(key.version));

/**
 * One key, or a list with each key's fields.
 * @param {Settled[]} values
 * @param {unknown} keys
 */
function takeKeys(values, keys) {
  if (!Array.isArray(keys)) return take(values, keys, keyFields);
  const length = lengthOf(keys);
  if (length > MAX_KEYS) return values.push(A_LIST);
  /** @type {Settled[]} */
  const list = [];
  let count = 0;
  for (; count < length; count++) take(list, keys[count], keyFields);
  values.push(new Mark(LIST, count), ...list);
}

/** @param {Settled[]} values @param {any} options */
function openOptions(values, options) {
  takeKeys(values, options.key);
  values.push(settle(options.context));
}

/**
 * @param {() => import('./exchange.js').Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 * @param {(length: number) => Uint8Array | undefined} random the host's generator, if it has one
 */
export function createChannelApi(connect, random) {
  /** @param {Settled[]} values @param {any} options */
  function sealOptions(values, options) {
    take(values, options.key, keyFields);
    values.push(settle(options.context));
    const given = settleBytes(options.random);
    values.push(given === undefined ? random(NONCE) : given);
  }

  return {
    /**
     * @param {unknown} message
     * @param {unknown} options
     */
    sealChannel(message, options) {
      /** @type {Settled[]} */
      const values = [];
      takeValue(values, message);
      take(values, options, sealOptions);
      return connect().request(SEAL_CHANNEL, values, readText);
    },

    /**
     * @param {unknown} sealed
     * @param {unknown} options
     */
    openChannel(sealed, options) {
      /** @type {Settled[]} */
      const values = [];
      takeValue(values, sealed);
      take(values, options, openOptions);
      return connect().request(OPEN_CHANNEL, values, readText);
    },
  };
}
