// What the loaders have in common: the whole API over an engine that is there at once, or one that has to be awaited.

import { createClientApi } from './client.js';
import { notInitialized } from './errors.js';
import { Exchange } from './exchange.js';
import { createServerApi } from './server.js';

/** @typedef {import('./exchange.js').Engine} Engine */
/** @typedef {(memory: ArrayBufferLike) => import('./exchange.js').TextCodec} Codec */

/**
 * For hosts that load at once, on first use.
 * @param {() => Engine} load
 * @param {Codec} codec
 */
export function loadedOnUse(load, codec) {
  /** @type {Exchange | undefined} */
  let exchange;
  const connect = () => (exchange && !exchange.broken ? exchange : (exchange = new Exchange(load(), codec)));
  return { connect, init: async () => void connect() };
}

/**
 * For hosts where loading takes a promise: concurrent calls share one, and a failed one can be tried again.
 * @param {(source?: any) => Promise<Engine>} load
 * @param {Codec} codec
 */
export function loadedByInit(load, codec) {
  /** @type {Exchange | undefined} */
  let exchange;
  /** @type {Promise<void> | undefined} */
  let loading;
  /** @param {any} [source] */
  async function start(source) {
    try {
      exchange = new Exchange(await load(source), codec);
    } finally {
      loading = undefined;
    }
  }
  return {
    connect() {
      if (!exchange || exchange.broken) throw notInitialized();
      return exchange;
    },
    /** @param {any} [source] */
    init(source) {
      if (exchange && !exchange.broken) return Promise.resolve();
      return loading || (loading = start(source));
    },
  };
}

/** @param {() => Exchange} connect */
export function wholeApi(connect) {
  return { ...createClientApi(connect), ...createServerApi(connect) };
}
