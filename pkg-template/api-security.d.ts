/**
 * weapp-opendata/api-security: WeChat's server API signing and encryption. Requests are encrypted and signed, answers verified and
 * opened.
 *
 * For servers: it holds the mini-program's private key. A module of its own, which nothing else in the package loads. RSA is done by the
 * host's `node:crypto`; AES256_GCM, SM4_GCM and SM2withSM3 are in the module and need nothing of the host's OpenSSL.
 *
 * @see WeChat documentation: 服务端 API 签名加密指南
 * @packageDocumentation
 */

import type { UnixSeconds } from './index.js';

export { OpenDataError } from './index.js';
export type { ErrorCode, UnixSeconds } from './index.js';

/** The key of the console's API对称密钥, which encrypts both ways. */
export interface SymmetricKey {
  /** Its number in the console (密钥编号), 1 to 128 printable ASCII characters without `|`. */
  sn: string;
  /** Base64 of 32 bytes for `AES256_GCM`, of 16 bytes for `SM4_GCM`. */
  key: string;
  /** What the console was set to. */
  algorithm: 'AES256_GCM' | 'SM4_GCM';
}

/** The key of the console's API非对称密钥, with which requests are signed. */
export interface AsymmetricKey {
  /** Its number in the console. For `SM2withSM3` it is the distinguishing identifier of the signature. */
  sn: string;
  /**
   * The private key in PEM, not encrypted, at most 16,384 characters. RSA: PKCS#1 (as the console gives it) or PKCS#8, at least 2048
   * bits. SM2: PKCS#8 or SEC1.
   */
  privateKey: string;
  /** What the console was set to: `RSAwithSHA256` is RSASSA-PSS with 32 bytes of salt. */
  algorithm: 'RSAwithSHA256' | 'SM2withSM3';
}

/**
 * A platform certificate (平台证书) from the console, or the public key in it: either `certificate` or `publicKey`. The algorithm is that
 * of its key: RSA (RSASSA-PSS) or SM2 (with SM3).
 *
 * A certificate is a container here. Its names, dates and issuer are not looked at: that it is WeChat's, you say by putting it here, and
 * WeChat says in every answer which one it signed with.
 */
export type PlatformCertificate =
  | {
      /** Its number in the console (证书编号), **not** the serial number inside the certificate. */
      sn: string;
      /** X.509 in PEM, at most 16,384 characters. */
      certificate: string;
      publicKey?: undefined;
    }
  | {
      sn: string;
      /** SubjectPublicKeyInfo in PEM (`PUBLIC KEY`), at most 16,384 characters. */
      publicKey: string;
      certificate?: undefined;
    };

export interface ApiSecurityConfig {
  /** Your mini-program. */
  appid: string;
  symmetricKey: SymmetricKey;
  asymmetricKey: AsymmetricKey;
  /** One, or up to 8 with numbers of their own: during a rotation both the old and the new one. */
  platformCertificate: PlatformCertificate | readonly PlatformCertificate[];
  /**
   * Called by `open` after an answer was opened whose current certificate is not at hand and that was verified by its
   * `Wechatmp-Serial-Deprecated` pair: time to download the new one. `sn` is the number of the old one. What it throws, `open` throws.
   */
  onDeprecatedCertificate?: (sn: string) => void;
}

/** What is sent to WeChat. */
export interface SealedRequest {
  /** To be added to the request's own headers. */
  headers: {
    'Wechatmp-Appid': string;
    /** Seconds, in decimal digits. */
    'Wechatmp-TimeStamp': string;
    /** Base64. */
    'Wechatmp-Signature': string;
  };
  /** JSON, to be sent exactly as it is: it is signed. */
  body: string;
}

/** Headers in any form in which HTTP clients give them: `Headers`, or an object with names in any case. */
export type AnswerHeaders = { get(name: string): string | null | undefined } | { readonly [name: string]: unknown };

export interface ApiSecurity {
  /**
   * Encrypts and signs a request.
   *
   * @param url the URL that is called, with its scheme. Query and fragment are cut off, as WeChat defines, so `access_token` may be there
   * @param params the API's parameters, those of the query and those of the body together, without `access_token`: an object that JSON
   * can hold, at most 1,048,576 characters of it. `_n` (random), `_appid` and `_timestamp` are added
   * @param options `now`: default the system clock. `random`: for tests, 37 bytes that were never used before; default the host's
   * generator. With bytes that repeat, whoever sees two requests can forge a third
   * @throws {OpenDataError} INVALID_ARGUMENT, with `reason` `RESERVED` for a name in `params` that is not yours to give
   */
  seal(url: string, params: object, options?: { now?: UnixSeconds | Date; random?: Uint8Array }): SealedRequest;

  /**
   * Verifies and decrypts an answer. Checked in this order: the headers are there and name your app; the time is within 300 seconds of
   * `now`, either way; a platform certificate of that number is at hand; the signature matches; the body opens; it is stamped for the
   * same app and second. The result is what WeChat answered, its `errcode` included, without `_n`, `_appid` and `_timestamp`.
   *
   * An answer that is played again within 300 seconds opens again.
   *
   * @param url the URL that was called, as for `seal`
   * @param headers the answer's headers
   * @param body the answer's body exactly as received, text or bytes of UTF-8, at most 1,048,576: parsed JSON cannot be verified
   * @param options `now`: default the system clock
   * @throws {OpenDataError}
   * - INVALID_ARGUMENT: a header is missing or out of shape; anything else that is not as described
   * - WECHAT_ERROR: no signature, but WeChat's JSON with an `errcode`: the call was refused. This is not proved to come from WeChat
   * - APPID_MISMATCH, WATERMARK_EXPIRED, WATERMARK_IN_FUTURE: of the headers
   * - SIGNATURE_MISMATCH: the signature does not match; `reason` `UNKNOWN_SERIAL` where no certificate of that number is at hand
   * - ILLEGAL_BUFFER: signed, but not WeChat's envelope
   * - DECRYPT_FAILED: everything that fails from decryption on, one and the same
   */
  open<T extends object = Record<string, unknown>>(
    url: string,
    headers: AnswerHeaders,
    body: string | Uint8Array,
    options?: { now?: UnixSeconds | Date },
  ): T;
}

/** Loads the module now instead of on first use. */
export function init(): Promise<void>;

/**
 * Reads and judges all keys; what is returned only seals and opens, and shows no key when it is printed.
 *
 * @throws {OpenDataError} INVALID_ARGUMENT naming the field, never its content
 */
export function createApiSecurity(config: ApiSecurityConfig): ApiSecurity;
