// What WeChat leaves open. Each is a choice of the test, and the default is the one that a careful client has to reckon with.

import { PATHS } from './endpoints.mjs';

export const DEFAULTS = Object.freeze({
  /** wx.login «可能» brings a new session_key (checkSessionKey's page). When it does is not documented; here it does every time. */
  rotateOnLogin: true,

  /** errcode for a login code that was used. The page lists 40029 alone; real answers were 40163 as well. */
  usedLoginCode: 40029,

  /** code2Session's fields errcode and errmsg come «请求失败时», and yet its sample answer has `"errcode": 0`. true: they always come. */
  errcodeOnSuccess: false,

  /** Older examples of getPhoneNumber print `"countryCode": 86`; the present page says string. true: a number. */
  countryCodeAsNumber: false,

  /** errcode for an openid that the phone code does not belong to. «不匹配时报错», the page says, and not with which code. */
  phoneOpenidMismatch: 40003,

  /** Over what `encrypted_msg_hash` is taken: 'text' (the base64 as it came), 'bytes' (decoded), or 'either'. Not documented. */
  hashOf: 'either',

  /** Characters of an access_token. «至少保留 512 字符» is the space to be kept for one, so one can be that long. */
  tokenLength: 512,

  /**
   * Seconds that a replaced token goes on working. «新老access_token都可用» for 5 minutes, says the general page on tokens, and that
   * is so for getAccessToken and for the renewal that stable_token makes by itself 5 minutes ahead. Of `force_refresh` its own page
   * says that the former token becomes invalid, without a grace.
   */
  grace: Object.freeze({ token: 300, stable: 300, forced: 0 }),

  /**
   * Requests for each app, for each minute (45011 beyond) and day (45009 beyond): the documented ones. Others have limits too, which
   * no page states. When a day begins is not documented; here at midnight in China.
   */
  quotas: Object.freeze({
    '/cgi-bin/stable_token': Object.freeze({ perMinute: 10000, perDay: 500000 }),
    '/wxa/resetusersessionkey': Object.freeze({ perMinute: 60000 }),
  }),

  /**
   * «强制刷新模式每天限用 20 次且需间隔 30 秒». Which code answers what goes beyond is not said; of the two that the page lists, one
   * speaks of the day and the other of haste.
   */
  forceRefresh: Object.freeze({ perDay: 20, every: 30, tooMany: 45009, tooSoon: 45011 }),

  /** Seconds between two resets of one user's session_key, 45011 before. «不允许频繁重置», without a number; 0 is no limit. */
  resetEvery: 0,

  /** Content-Type of answers. Not documented. `/sns/` was seen with text/plain, the rest with a charset misspelt as encoding. */
  contentType: Object.freeze({ sns: 'text/plain', other: 'application/json; encoding=utf-8' }),
});

/** @param {object} chosen settings of a test, one level deep over the defaults */
export function settings(chosen) {
  const merged = { ...DEFAULTS };
  for (const [name, value] of Object.entries(chosen)) {
    if (!(name in DEFAULTS)) throw new TypeError(`no such setting: ${name}`);
    const usual = DEFAULTS[name];
    if (typeof value !== typeof usual || value === null) throw new TypeError(`${name} wants a ${typeof usual}`);
    if (typeof usual !== 'object') {
      merged[name] = value;
      continue;
    }
    const names = name === 'quotas' ? PATHS : Object.keys(usual);
    for (const inner of Object.keys(value)) if (!names.includes(inner)) throw new TypeError(`no such setting: ${name}.${inner}`);
    merged[name] = { ...usual, ...value };
  }
  if (!['text', 'bytes', 'either'].includes(merged.hashOf)) throw new TypeError('hashOf: text, bytes or either');
  return merged;
}
