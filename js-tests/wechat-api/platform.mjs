// What WeChat knows: apps, users, tokens, codes, keys. No HTTP here.

import { createCipheriv, createHash, createHmac } from 'node:crypto';

import { Refusal } from './errors.mjs';

/** «5 minutes, single use» of both codes: the pages of wx.login and getPhoneNumber. */
const CODE_LIFE = 300;
/** «token 有效期为 7200 秒». */
const TOKEN_LIFE = 7200;
/** «普通模式下平台会提前 5 分钟更新 access_token». */
const RENEWED_AHEAD = 300;
/** «每个key的存活时间为3600s», and the last three are kept: getUserEncryptKey. */
const USER_KEY_LIFE = 3600;
const USER_KEYS = 3;
/** «只能检测最近3天生成的加密数据»: checkEncryptedData. */
const SEALED_LIFE = 3 * 86400;

/** Seconds that China is ahead of UTC. */
const CHINA = 8 * 3600;

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * `signature = hmac_sha256(session_key, "")` in lower-case hexadecimal. The key is the base64 text as it stands, undecoded, as in all
 * of WeChat's HMACs with a session_key.
 */
export const sessionSignature = (sessionKey) => createHmac('sha256', sessionKey).update('').digest('hex');

export class Platform {
  #settings;
  #clock;
  #apps = new Map();
  #users = new Map();
  #tokens = new Map();
  #loginCodes = new Map();
  #phoneCodes = new Map();
  #sealed = new Map();
  #counts = new Map();
  #drawn = 0;

  /**
   * @param {{ appid: string, secret: string }[]} apps
   * @param {object[]} users see README.md
   * @param {import('./clock.mjs').Clock} clock
   * @param {ReturnType<typeof import('./settings.mjs').settings>} settings
   */
  constructor(apps, users, clock, settings) {
    this.#settings = settings;
    this.#clock = clock;
    for (const { appid, secret } of apps) {
      if (!appid || !secret || this.#apps.has(appid)) throw new TypeError('an app has an appid of its own and a secret');
      this.#apps.set(appid, { appid, secret, stable: undefined, plain: undefined, forced: [] });
    }
    for (const user of users) this.#addUser(user);
  }

  #addUser({ openid, appid = [...this.#apps.keys()][0], unionid, sessionKey, phone, blocked = false, ...others }) {
    for (const name of Object.keys(others)) throw new TypeError(`a user has no ${name}`);
    if (!openid || this.#users.has(openid) || !this.#apps.has(appid)) throw new TypeError('a user has an openid of its own, of a known app');
    const session = sessionKey === undefined ? undefined : { key: sessionKey, expired: false, reset: undefined };
    this.#users.set(openid, { openid, appid, unionid, phone, blocked, session, userKeys: [], userKeyVersion: 0 });
  }

  /** Bytes that nobody guesses and every run repeats. */
  #random(length) {
    const parts = [];
    for (let have = 0; have < length; have += 32) parts.push(createHash('sha256').update(`emulator ${this.#drawn++}`).digest());
    return Buffer.concat(parts).subarray(0, length);
  }

  /** A request's id: the time and two numbers, in hexadecimal. */
  rid() {
    const hex = this.#random(8).toString('hex');
    return `${this.#clock.now().toString(16).padStart(8, '0')}-${hex.slice(0, 8)}-${hex.slice(8)}`;
  }

  hint() {
    return this.#random(12).toString('base64url');
  }

  // Apps and tokens

  app(appid) {
    const app = this.#apps.get(appid);
    if (app === undefined) throw new TypeError(`no such app: ${appid}`);
    return app;
  }

  appBySecret(appid, secret) {
    if (!appid) throw new Refusal(41002);
    if (!secret) throw new Refusal(41004);
    const app = this.#apps.get(appid);
    if (app === undefined) throw new Refusal(40013);
    if (secret !== app.secret) throw new Refusal(40125);
    return app;
  }

  appByToken(text) {
    if (!text) throw new Refusal(41001);
    const token = this.#tokens.get(text);
    if (token === undefined) throw new Refusal(40001);
    // 42001 «access_token 超时» is what the global table has for a token that ran out; 40001 for one that is «not latest».
    if (this.#clock.now() >= token.expires) throw new Refusal(42001);
    if (!this.#lives(token)) throw new Refusal(40001);
    return token.app;
  }

  #lives(token) {
    return this.#clock.now() < Math.min(token.expires, token.until);
  }

  #newToken(app) {
    const length = this.#settings.tokenLength;
    const text = `1_${this.#random(length).toString('base64url')}`.slice(0, length);
    const token = { app, text, expires: this.#clock.now() + TOKEN_LIFE, until: Infinity };
    this.#tokens.set(text, token);
    return token;
  }

  #replace(token, grace) {
    if (token !== undefined) token.until = Math.min(token.until, this.#clock.now() + grace);
  }

  #tokenAnswer(token) {
    return { access_token: token.text, expires_in: token.expires - this.#clock.now() };
  }

  /** getAccessToken: every call gives a new one. */
  plainToken(app) {
    this.#replace(app.plain, this.#settings.grace.token);
    app.plain = this.#newToken(app);
    return this.#tokenAnswer(app.plain);
  }

  /** getStableAccessToken: the one there is, as long as it has more than five minutes; «完全隔离» from getAccessToken's. */
  stableToken(app, force) {
    const now = this.#clock.now();
    if (force) this.#countForced(app, now);
    const usable = app.stable !== undefined && this.#lives(app.stable) && app.stable.expires - now > RENEWED_AHEAD;
    if (force || !usable) {
      this.#replace(app.stable, force ? this.#settings.grace.forced : this.#settings.grace.stable);
      app.stable = this.#newToken(app);
    }
    return this.#tokenAnswer(app.stable);
  }

  #countForced(app, now) {
    const { perDay, every, tooMany, tooSoon } = this.#settings.forceRefresh;
    const today = app.forced.filter((time) => dayOf(time) === dayOf(now));
    if (today.length >= perDay) throw new Refusal(tooMany);
    if (app.forced.length > 0 && now - app.forced.at(-1) < every) throw new Refusal(tooSoon);
    app.forced.push(now);
  }

  /** All tokens of an app stop working at once, as when another process of the same app took new ones. */
  revokeTokens(appid) {
    const app = this.app(appid);
    for (const token of this.#tokens.values()) if (token.app === app) this.#replace(token, 0);
  }

  countRequest(app, path) {
    const { perMinute = Infinity, perDay = Infinity } = this.#settings.quotas[path] ?? {};
    const now = this.#clock.now();
    if (this.#count(`${app.appid} ${path} minute ${Math.floor(now / 60)}`) > perMinute) throw new Refusal(45011);
    if (this.#count(`${app.appid} ${path} day ${dayOf(now)}`) > perDay) throw new Refusal(45009);
  }

  #count(name) {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count;
  }

  // Users

  user(openid) {
    const user = this.#users.get(openid);
    if (user === undefined) throw new TypeError(`no such user: ${openid}`);
    return user;
  }

  /** The user of this openid in this app, or undefined. */
  userOf(app, openid) {
    const user = this.#users.get(openid);
    return user?.appid === app.appid ? user : undefined;
  }

  /** A session that still holds. */
  session(user) {
    return user?.session !== undefined && !user.session.expired ? user.session : undefined;
  }

  newSession(user) {
    user.session = { key: this.#random(16).toString('base64'), expired: false, reset: undefined };
    return user.session;
  }

  /** The session_key runs out. When it does, WeChat says to nobody. */
  expireSession(openid) {
    const { session } = this.user(openid);
    if (session === undefined) throw new TypeError(`the user ${openid} has no session`);
    session.expired = true;
  }

  /** A new key for the same session: «重置后的session_key会继承原有的session_key的过期时间». */
  resetSession(user) {
    const now = this.#clock.now();
    const { session } = user;
    if (session.reset !== undefined && now - session.reset < this.#settings.resetEvery) throw new Refusal(45011);
    session.key = this.#random(16).toString('base64');
    session.reset = now;
    return session;
  }

  /** wx.login. A user has one valid session_key; asking for a code can replace it, already before the code is exchanged. */
  login(openid, { rotate = this.#settings.rotateOnLogin } = {}) {
    const user = this.user(openid);
    if (rotate || this.session(user) === undefined) this.newSession(user);
    const code = `0${this.#random(24).toString('base64url')}`.slice(0, 32);
    this.#loginCodes.set(code, { user, issued: this.#clock.now(), used: false });
    return { errMsg: 'login:ok', code };
  }

  redeemLogin(app, text) {
    const code = this.#loginCodes.get(text);
    if (code === undefined || code.user.appid !== app.appid || this.#aged(code)) throw new Refusal(40029);
    if (code.used) throw new Refusal(this.#settings.usedLoginCode);
    code.used = true;
    if (code.user.blocked) throw new Refusal(40226);
    return code.user;
  }

  #aged(code) {
    return this.#clock.now() - code.issued >= CODE_LIFE;
  }

  /**
   * The event of `<button open-type="getPhoneNumber">`: the code of present clients beside the encryptedData of older ones. Without a
   * session, and for `getRealtimePhoneNumber` (`realtime`), which gives a code and nothing else, there is no encryptedData.
   */
  phoneButton(openid, { realtime = false, iv } = {}) {
    const user = this.user(openid);
    if (user.phone === undefined) throw new TypeError(`the user ${openid} has no phone number`);
    const code = this.#random(32).toString('hex');
    const info = this.#stamp(user, user.phone);
    this.#phoneCodes.set(code, { user, info, issued: this.#clock.now(), used: false });
    if (realtime || this.session(user) === undefined) return { errMsg: 'getPhoneNumber:ok', code };
    const sealed = this.#encrypt(user, info, iv);
    const made = { appid: user.appid, time: this.#clock.now() };
    const { hashOf } = this.#settings;
    if (hashOf !== 'bytes') this.#sealed.set(sha256(sealed.encryptedData), made);
    if (hashOf !== 'text') this.#sealed.set(sha256(Buffer.from(sealed.encryptedData, 'base64')), made);
    return { errMsg: 'getPhoneNumber:ok', code, ...sealed };
  }

  /** A code that was refused for who asked stays good; what WeChat does is not documented. */
  redeemPhone(app, text, openid) {
    const code = this.#phoneCodes.get(text);
    if (code === undefined || code.used || this.#aged(code)) throw new Refusal(40029);
    // «请求appid身份与获取code的小程序appid不匹配»
    if (code.user.appid !== app.appid) throw new Refusal(40013);
    if (openid !== undefined && openid !== code.user.openid) throw new Refusal(this.#settings.phoneOpenidMismatch);
    code.used = true;
    const { countryCode } = code.info;
    return { ...code.info, countryCode: this.#settings.countryCodeAsNumber ? Number(countryCode) : countryCode };
  }

  /** The time at which phone data with this hash was made for this app, within three days. */
  sealedAt(app, hash) {
    const made = this.#sealed.get(hash);
    const known = made !== undefined && made.appid === app.appid && this.#clock.now() - made.time <= SEALED_LIFE;
    if (!known) throw new Refusal(1);
    return made.time;
  }

  /** Data as the mini-program gets it: stamped with this moment and the app, encrypted under the present session_key. */
  seal(openid, data, { iv, watermark = true } = {}) {
    const user = this.user(openid);
    if (this.session(user) === undefined) throw new TypeError(`the user ${openid} has no session`);
    return this.#encrypt(user, watermark ? this.#stamp(user, data) : data, iv);
  }

  #stamp(user, data) {
    return { ...data, watermark: { timestamp: this.#clock.now(), appid: user.appid } };
  }

  /** AES-128-CBC with PKCS#7; key, iv and ciphertext in base64: WeChat's page on open data. */
  #encrypt(user, data, iv = this.#random(16).toString('base64')) {
    const cipher = createCipheriv('aes-128-cbc', Buffer.from(user.session.key, 'base64'), Buffer.from(iv, 'base64'));
    const encryptedData = Buffer.concat([cipher.update(JSON.stringify(data)), cipher.final()]).toString('base64');
    return { encryptedData, iv };
  }

  /**
   * getLatestUserKey of the encrypted network channel. When WeChat makes a new key is not documented; here when there is none that
   * lives, and at once with `renew`. The unit of `expireTime` is not documented either; here Unix time in seconds.
   */
  latestUserKey(openid, { renew = false } = {}) {
    const user = this.user(openid);
    const now = this.#clock.now();
    if (renew || user.userKeys.length === 0 || this.#remaining(user.userKeys[0]) === 0) {
      // 16 bytes in base64 and an iv of 16 hexadecimal characters, as in the page's sample answer.
      const key = this.#random(16).toString('base64');
      user.userKeys.unshift({ key, version: ++user.userKeyVersion, iv: this.#random(8).toString('hex'), created: now });
      user.userKeys.length = Math.min(user.userKeys.length, USER_KEYS);
    }
    const { key, iv, version, created } = user.userKeys[0];
    return { encryptKey: key, iv, version, expireTime: created + USER_KEY_LIFE };
  }

  #remaining(userKey) {
    return Math.max(0, userKey.created + USER_KEY_LIFE - this.#clock.now());
  }

  /** Newest first, as in the sample answer. «加密key不存在或已过期» is 87007. */
  userKeys(user) {
    if (user.userKeys.length === 0 || this.#remaining(user.userKeys[0]) === 0) throw new Refusal(87007);
    return user.userKeys.map((userKey) => ({
      encrypt_key: userKey.key,
      version: userKey.version,
      expire_in: this.#remaining(userKey),
      iv: userKey.iv,
      create_time: userKey.created,
    }));
  }
}

const dayOf = (seconds) => Math.floor((seconds + CHINA) / 86400);
