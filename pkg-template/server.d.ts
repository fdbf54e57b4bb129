/**
 * weapp-opendata/server: the calls to WeChat that the rest of the package needs the results of.
 *
 * Thin: global `fetch`, no dependency, and no call is ever repeated but one: where WeChat no longer takes the access_token, another
 * is fetched and the call made once more. For servers: the AppSecret must not be anywhere else.
 *
 * @packageDocumentation
 */

import type { EncryptedPayload, PhoneNumberData, UnixSeconds, WatermarkPolicy } from './index.js';

export { OpenDataError } from './index.js';
export type { EncryptedPayload, ErrorCode, PhoneNumberData, UnixSeconds, WatermarkPolicy } from './index.js';

export interface ClientOptions {
  /** Of your mini-program; at most 1,024 characters. */
  appid: string;
  /** The AppSecret. It goes to WeChat and nowhere else: no error, log line or printed client shows it. At most 1,024 characters. */
  secret: string;
  /**
   * Default `https://api.weixin.qq.com`. A URL with the scheme http or https, without user, query or fragment; it may have a path. WeChat's
   * other hosts (`https://api2.weixin.qq.com`, …) and your own gateway go here.
   */
  baseUrl?: string;
  /** Default: the global `fetch`, as it stands at each call. A proxy, for instance, is set by your own. Redirections are not followed. */
  fetch?: typeof globalThis extends { fetch: infer Fetch } ? Fetch : (input: string, init?: any) => Promise<any>;
  /**
   * Milliseconds for one request, up to the last byte of its answer. Default 5000. A call that needs a token first makes two requests, one
   * whose token was refused makes three.
   */
  timeout?: number;
  /**
   * Where the access token is kept, so that several processes or machines share one: any Keyv-compatible store (`get(key)`,
   * `set(key, value, ttlMilliseconds)`), over Redis for instance. Default: this process's memory.
   *
   * Who can read the store has the token. A store that fails, or takes more than a second to answer, is left alone for 30 seconds;
   * meanwhile the client works as if it had none. That costs nothing but requests, since the stable token is the same for all who ask.
   */
  store?: TokenStore;
}

export interface TokenStore {
  get(key: string): unknown | Promise<unknown>;
  /** `ttl` in milliseconds. A store that takes no notice of it works too. The values are texts. */
  set(key: string, value: unknown, ttl?: number): unknown | Promise<unknown>;
}

export interface Session {
  openid: string;
  /** There where the mini-program is bound to an account of WeChat's open platform. */
  unionid?: string;
  /** Base64 of 16 bytes. It stays on the server. */
  sessionKey: string;
}

/**
 * The functions belong to no object: they may be taken off it. Each promise is rejected with
 * - an {@link OpenDataError} INVALID_ARGUMENT before anything is sent, where an argument is not as described;
 * - an {@link OpenDataError} WECHAT_ERROR with WeChat's `errcode`, `errmsg` (without the secrets of the request) and a `hint`;
 * - an {@link OpenDataError} WECHAT_ERROR without `errcode` for an answer that is not WeChat's, with a `reason`: HTTP_STATUS (not 200),
 *   NOT_JSON (a page, a text cut short, or two), TOO_LONG (over 1 MiB), WRONG_SHAPE (a field is missing);
 * - the platform's own error where the network fails: a `DOMException` named `TimeoutError` after `timeout`, a `TypeError` with its
 *   `cause` from `fetch`. It is a copy that has the name, message, `cause` and the facts of the failed connection (`code`, `errno`,
 *   `syscall`, `hostname`, `address`, `port`), with queries cut off the URLs.
 *
 * None of them holds the secret, the token, the session_key or the code of its own request, nor eight characters in a row of one; what
 * looks like another key or a phone number is `***` as well. After a failure of the network, or an answer that is not WeChat's, it is not
 * known whether WeChat did its part: codes are good once, so ask the user for a new one.
 */
export interface Client {
  /**
   * `wx.login`'s code for a session. A code is good once and for 5 minutes.
   *
   * @param code 1 to 1,024 characters
   * @throws {OpenDataError} WECHAT_ERROR, among them 40029 and 40163 (the code), 40226 (a user whom WeChat blocks), 45011
   * @see WeChat documentation: 小程序登录凭证校验 (code2Session)
   */
  code2Session(code: string): Promise<Session>;
  /**
   * The stable access token: kept until five minutes before it runs out, fetched once however many callers wait for it.
   *
   * `forceRefresh` makes WeChat replace the token, and the former one stops working at once, wherever it is used. WeChat allows that 20
   * times a day, 30 seconds apart. It is for a token that has leaked; there is no other need for it.
   *
   * @throws {OpenDataError} WECHAT_ERROR, among them 40125 (secret), 40164 (IP whitelist), 45009 and 45011 (quotas)
   * @see WeChat documentation: 获取稳定版接口调用凭据 (getStableAccessToken)
   */
  getAccessToken(options?: { forceRefresh?: boolean }): Promise<string>;
  /**
   * The phone button's code for a number; the watermark is checked with `policy` (appid defaults to the client's). A token that
   * WeChat no longer accepts is renewed once and the call repeated.
   *
   * A code is good once and for 5 minutes. A policy that is out of shape is refused before the code is used up.
   *
   * @param code 1 to 1,024 characters; not `wx.login`'s
   * @throws {OpenDataError} WECHAT_ERROR, among them 40029 (the code), 40013 (a code of another app); WATERMARK_MISSING,
   * APPID_MISMATCH, WATERMARK_EXPIRED, WATERMARK_IN_FUTURE, INVALID_PHONE_NUMBER
   * @see WeChat documentation: 获取手机号 (getuserphonenumber)
   */
  getPhoneNumber(code: string, policy?: Partial<WatermarkPolicy>): Promise<PhoneNumberData>;
  /**
   * Is this session_key still the user's current one? `false` for WeChat's 87007 and 87009. The key is not sent: a signature is.
   *
   * @throws {OpenDataError} ILLEGAL_SESSION_KEY, WECHAT_ERROR
   * @see WeChat documentation: 检验登录态 (checkSessionKey)
   */
  checkSession(openid: string, sessionKey: string): Promise<boolean>;
  /**
   * A new session_key for a user whose present one is known. The former stops working. The new one runs out when the former would have.
   *
   * @throws {OpenDataError} ILLEGAL_SESSION_KEY; WECHAT_ERROR, among them 87007 and 87009 (the session), 45011
   * @see WeChat documentation: 重置登录态 (ResetUserSessionKey)
   */
  resetSession(openid: string, sessionKey: string): Promise<Session>;
  /**
   * Did WeChat produce this phone encryptedData within the last three days? Data that WeChat does not know is
   * `{ valid: false, createTime: 0 }`.
   *
   * The SHA-256 of the text is sent, not the text. WeChat does not say whether the text or the bytes are meant; public clients take the
   * text, and so does this one. It has to be the very text that the mini-program got: nothing is repaired.
   *
   * @param payload `encryptedData` of 1 to 1,048,576 characters
   * @throws {OpenDataError} WECHAT_ERROR
   * @see WeChat documentation: 检查加密信息 (checkEncryptedData)
   */
  checkEncryptedData(payload: Pick<EncryptedPayload, 'encryptedData'>): Promise<{ valid: boolean; createTime: UnixSeconds }>;
  /**
   * Keys of the encrypted network channel, newest first: at most three, each living an hour. They are what `sealChannel` and
   * `openChannel` take. `expireIn` in seconds, `iv` as WeChat gives it.
   *
   * @throws {OpenDataError} ILLEGAL_SESSION_KEY; WECHAT_ERROR, among them 87007 (no session, or no key yet) and 87009
   * @see WeChat documentation: 获取用户encryptKey (getUserEncryptKey)
   */
  getUserEncryptKeys(
    openid: string,
    sessionKey: string,
  ): Promise<{ encryptKey: string; iv: string; version: number; expireIn: number; createTime: UnixSeconds }[]>;
}

/**
 * Makes a client: once, when the server starts, since the token is kept in it. Nothing is sent yet.
 *
 * Failures of WeChat arrive as OpenDataError WECHAT_ERROR with its errcode, errmsg and a hint; failures of the network as the
 * platform's own errors. Neither holds the secret, the token or the session_key.
 *
 * @throws {OpenDataError} INVALID_ARGUMENT naming the option, never its content
 */
export function createClient(options: ClientOptions): Client;
