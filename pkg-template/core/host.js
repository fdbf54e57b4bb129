// The host's part: how the engine comes to be, said once by the loader.

import { notInitialized } from './errors.js';
import { Exchange } from './exchange.js';

/** @typedef {import('./exchange.js').Engine} Engine */
/** @typedef {(memory: ArrayBufferLike) => import('./exchange.js').TextCodec} Codec */

/** @type {Exchange | undefined} */
let exchange;
/** Loads the module where that takes no promise. @type {() => Exchange} */
let load = () => {
  throw notInitialized();
};
/** @type {(source?: any) => Promise<void>} */
let start = async () => void connect();

/** The exchange with a loaded module. One that is broken is never used again. */
export function connect() {
  return exchange && !exchange.broken ? exchange : load();
}

/**
 * Resolves once the module is ready.
 * @param {any} [source]
 */
export function init(source) {
  return start(source);
}

/**
 * For hosts that load at once, on first use.
 * @param {() => Engine} loadEngine
 * @param {Codec} codec
 */
export function loadOnUse(loadEngine, codec) {
  load = () => (exchange = new Exchange(loadEngine(), codec));
}

/**
 * For hosts where loading takes a promise: concurrent calls share one, and a failed one can be tried again.
 * @param {(source?: any) => Promise<Engine>} loadEngine
 * @param {Codec} codec
 */
export function loadByInit(loadEngine, codec) {
  /** @type {Promise<void> | undefined} */
  let loading;
  /** @param {any} source */
  async function loadFrom(source) {
    try {
      exchange = new Exchange(await loadEngine(source), codec);
    } finally {
      loading = undefined;
    }
  }
  start = (source) => {
    if (exchange && !exchange.broken) return Promise.resolve();
    return loading || (loading = loadFrom(source));
  };
}
