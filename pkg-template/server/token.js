// The stable access token: one for all callers, kept until five minutes before it runs out.

import { badAnswer } from './errors.js';

/** WeChat itself renews a stable token five minutes ahead, and both then work («平台会提前 5 分钟更新 access_token»). */
const AHEAD = 300000;

/**
 * Milliseconds, beside the time for the request, after which one is no longer waited for. It ends by itself, but for hosts like workerd that
 * drop what a request of theirs was about when that request goes away.
 */
const LOST = 15000;

const PATH = '/cgi-bin/stable_token';

/**
 * @typedef {object} TokenRecord
 * @property {string} token
 * @property {number} expires milliseconds since 1970, by the clock of whoever asked for it
 * @property {string} serial tells two answers with the same token apart
 */

/** Milliseconds for which a token is still to be kept. @param {TokenRecord} record */
export const lifeOf = ({ expires }) => expires - AHEAD - Date.now();

/**
 * @param {{ appid: string, secret: string, timeout: number }} app
 * @param {import('./transport.js').Ask} ask
 * @param {ReturnType<typeof import('./store.js').createSharedToken>} [shared]
 */
export function createTokens({ appid, secret, timeout }, ask, shared) {
  /** @type {TokenRecord | undefined} */
  let kept;
  /** The serial of the one that WeChat refused. @type {string | undefined} */
  let refused;
  /** The request that is on its way. @type {{ force: boolean, since: number, promise: Promise<TokenRecord> } | undefined} */
  let underway;

  /** @param {boolean} force */
  async function fetchToken(force) {
    const json = { grant_type: 'client_credential', appid, secret, force_refresh: force };
    const asked = Date.now();
    const answer = await ask({ path: PATH, json, secrets: [secret] });
    const { access_token: token, expires_in: seconds } = answer;
    if (typeof token !== 'string' || token === '') throw badAnswer('WRONG_SHAPE', 'access_token');
    if (typeof seconds !== 'number' || !(seconds > 0)) throw badAnswer('WRONG_SHAPE', 'expires_in');
    return { token, expires: asked + 1000 * seconds, serial: `${asked.toString(36)}-${Math.random().toString(36).slice(2)}` };
  }

  /** @param {boolean} force */
  async function renewed(force) {
    if (!force && shared) return shared.obtain(refused, () => fetchToken(false));
    const record = await fetchToken(force);
    if (shared) await shared.replace(record);
    return record;
  }

  /**
   * Joins the request that is on its way, or sends one. A forced one joins none that is not: it comes after it.
   * @param {boolean} force
   */
  function start(force) {
    const since = performance.now();
    if (underway && since - underway.since > timeout + LOST) underway = undefined;
    if (underway && (underway.force || !force)) return underway.promise;
    const before = underway && underway.promise;
    const own = { force, since, promise: run() };
    underway = own;
    async function run() {
      try {
        if (before) await before.catch(() => {});
        return (kept = await renewed(force));
      } finally {
        if (underway === own) underway = undefined;
      }
    }
    return own.promise;
  }

  /** @returns {Promise<TokenRecord>} */
  const take = async () => (kept !== undefined && lifeOf(kept) > 0 ? kept : start(false));

  return {
    take,

    /** A token that WeChat has not refused yet. @param {TokenRecord} record the one that it refused */
    renew(record) {
      if (kept === record) {
        kept = undefined;
        refused = record.serial;
      }
      return take();
    },

    force: () => start(true),
  };
}
