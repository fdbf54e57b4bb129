// WeChat's server API signing and encryption. RSA alone is the host's, all else the module's.

import {
  bytesOf,
  empty,
  expected,
  isArray,
  itemsOf,
  jsonOf,
  nowOf,
  object,
  outOfRange,
  properties,
  randomBytes,
  reading,
  string,
  text,
  tooLongText,
  tooMany,
} from './arguments.js';
import {
  BY_HOST,
  CHECK,
  CHECK_ANSWER,
  HEADERS,
  IS_DEPRECATED,
  IS_PKCS1,
  KEY_SHIFT,
  MAX_PLATFORM_KEYS,
  OPEN,
  RANDOM,
  REFUSE_KEY,
  SEAL,
} from './api-security-protocol.js';
import { MAX_TEXT } from './protocol.js';
import { random } from './random.js';
import { readJson, readNothing } from './replies.js';

/** @typedef {import('./exchange.js').Exchange} Exchange */
/** @typedef {import('./exchange.js').Chunk} Chunk */

/**
 * What RSA takes of `node:crypto`.
 * @typedef {Pick<typeof import('node:crypto'), 'constants' | 'createPrivateKey' | 'createPublicKey' | 'createSign' | 'createVerify'>} Crypto
 */

/**
 * A key as `sign` and `verify` take it beside the padding. Hosts differ in what that may be.
 * @typedef {(create: (options: any) => import('node:crypto').KeyObject, options: { key: Buffer, format: 'der', type: string }) => object} KeyOf
 */

// ---------------------------------------------------------------------------------------------------- configuration

/**
 * Three texts of a key, in the module's order.
 * @param {unknown} key
 * @param {string} field
 * @param {string} secret the name of the second
 */
function keyTexts(key, field, secret) {
  const names = ['sn', secret, 'algorithm'];
  return properties(key, field, names).map((value, i) => text(value, `${field}.${names[i]}`));
}

const CERTIFICATE = 'config.platformCertificate';

/**
 * A platform key in three texts, of which one of the last two is absent.
 * @param {unknown} key
 * @param {string} what
 * @returns {Chunk[]}
 */
function platformTexts(key, what) {
  const [sn, certificate, publicKey] = properties(key, CERTIFICATE, ['sn', 'certificate', 'publicKey'], what);
  const serial = text(sn, `${CERTIFICATE}.sn`);
  if (certificate === undefined && publicKey === undefined) throw expected(CERTIFICATE, 'certificate or publicKey', undefined);
  if (certificate === undefined) return [serial, undefined, string(publicKey, `${CERTIFICATE}.publicKey`, 'a PEM text')];
  if (publicKey !== undefined) throw outOfRange(CERTIFICATE, 'certificate or publicKey, not both');
  return [serial, string(certificate, `${CERTIFICATE}.certificate`, 'a PEM text'), undefined];
}

/**
 * One platform key or a list of them.
 * @param {unknown} keys
 * @returns {Chunk[][]}
 */
function platformKeys(keys) {
  if (!isArray(keys, CERTIFICATE)) return [platformTexts(keys, 'an object or an array of them')];
  const items = reading(CERTIFICATE, () => itemsOf(keys, MAX_PLATFORM_KEYS, () => tooMany(CERTIFICATE, `${MAX_PLATFORM_KEYS} certificates`)));
  if (items.length === 0) throw empty(CERTIFICATE, 'a platform certificate');
  return items.map((key) => platformTexts(key, 'an object'));
}

/**
 * A configuration as texts of the module.
 * @param {unknown} config
 */
function configOf(config) {
  const [id, symmetricKey, asymmetricKey, certificates, hook] = properties(config, 'config', [
    'appid',
    'symmetricKey',
    'asymmetricKey',
    'platformCertificate',
    'onDeprecatedCertificate',
  ]);
  const appid = text(id, 'config.appid');
  const symmetric = keyTexts(symmetricKey, 'config.symmetricKey', 'key');
  const asymmetric = keyTexts(asymmetricKey, 'config.asymmetricKey', 'privateKey');
  const platform = platformKeys(certificates);
  if (hook !== undefined && typeof hook !== 'function') throw expected('config.onDeprecatedCertificate', 'a function', hook);
  return { appid, symmetric, asymmetric, platform, hook: /** @type {((sn: string) => void) | undefined} */ (hook) };
}

// -------------------------------------------------------------------------------------------------------- arguments

/**
 * The values of the six headers of a `Headers`, or of an object with names in any case.
 * @param {any} headers
 * @returns {unknown[]} a list for a header that is there twice, which is none that WeChat sends
 */
function readHeaders(headers) {
  const names = HEADERS.map((name) => name.toLowerCase());
  const { get } = headers;
  if (typeof get === 'function') return names.map((name) => get.call(headers, name));
  /** @type {unknown[]} */
  const found = names.map(() => undefined);
  for (const name of Object.keys(headers)) {
    const at = names.indexOf(name.toLowerCase());
    if (at >= 0) found[at] = found[at] === undefined ? headers[name] : [];
  }
  return found;
}

/** @param {unknown} headers @returns {Chunk[]} */
function headersOf(headers) {
  object(headers, 'headers');
  return reading('headers', () => readHeaders(headers)).map((value, i) =>
    value === undefined || value === null ? undefined : text(value, `headers['${HEADERS[i]}']`),
  );
}

/**
 * The body as it came: text, or a copy of bytes of UTF-8.
 * @param {unknown} body
 * @returns {string | Uint8Array}
 */
function bodyOf(body) {
  const received = typeof body === 'string' ? body : reading('body', () => bytesOf(body));
  if (received === undefined) throw expected('body', 'the body as it was received: a string or a Uint8Array, not parsed', body);
  if (received.length > MAX_TEXT) throw tooLongText('body');
  return received;
}

/** @param {unknown} params */
function paramsOf(params) {
  const source = object(params, 'params');
  return string(reading('params', () => jsonOf(source, 'params')), 'params', 'an object that JSON can hold');
}

/** @param {Exchange} exchange */
const readParts = (exchange) => ({ texts: exchange.texts(), detail: exchange.detail() });

// --------------------------------------------------------------------------------------------------------------- API

/**
 * @param {() => Exchange} connect gives the exchange with a loaded module, or throws NOT_INITIALIZED
 * @param {Crypto} crypto
 * @param {KeyOf} [keyOf]
 */
export function createApiSecurityApi(connect, crypto, keyOf = (create, options) => ({ key: create(options) })) {
  // WeChat documentation, 服务端 API 签名加密指南, section 3.2.2. Not by `sign` and `verify`, which in workerd take no notice of the padding.
  const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

  /**
   * A key that the module found in order, made ready for the host's RSA.
   * @param {number} index 0 for the private key
   * @param {string | null} text base64 of DER; null for SM2
   * @param {(options: any) => import('node:crypto').KeyObject} create
   * @param {string} type
   */
  function hostKey(index, text, create, type) {
    if (text === null) return null;
    const key = Buffer.from(text, 'base64');
    try {
      return keyOf(create, { key, format: 'der', type });
    } catch (_) {
      return connect().request(REFUSE_KEY, [index], [], readNothing);
    } finally {
      key.fill(0);
    }
  }

  /** @param {unknown} config */
  function createApiSecurity(config) {
    connect();
    const { appid, symmetric, asymmetric, platform, hook } = configOf(config);
    const certificates = platform.flat();
    const checked = connect().request(
      CHECK,
      [platform.length],
      [appid, ...symmetric, ...asymmetric, ...certificates],
      readParts,
    );
    const [secret, ...infos] = checked.texts;
    const type = (checked.detail & IS_PKCS1) !== 0 ? 'pkcs1' : 'pkcs8';
    const privateKey = hostKey(0, secret, crypto.createPrivateKey, type);
    const publicKeys = infos.map((info, i) => hostKey(i + 1, info, crypto.createPublicKey, 'spki'));
    // What the host signs with need not go back into the module.
    const signer = privateKey ? [] : asymmetric;

    /**
     * @param {unknown} url
     * @param {unknown} params
     * @param {unknown} [options]
     */
    function seal(url, params, options = {}) {
      connect();
      const address = text(url, 'url');
      const json = paramsOf(params);
      const [now, given] = properties(options, 'options', ['now', 'random']);
      const seconds = nowOf(now, 'options.now');
      const bytes = randomBytes(given, RANDOM, random, `a Uint8Array of ${RANDOM} random bytes`);
      const { texts, detail } = connect().request(
        SEAL,
        [seconds, signer.length],
        [appid, ...symmetric, ...signer, address, json, bytes],
        readParts,
      );
      const [body, timestamp, signed] = /** @type {string[]} */ (texts);
      const signature =
        (detail & BY_HOST) === 0
          ? signed
          : crypto
              .createSign('RSA-SHA256')
              .update(signed + body)
              .sign(/** @type {any} */ ({ ...privateKey, ...pss }), 'base64');
      const headers = {
        'Wechatmp-Appid': appid,
        'Wechatmp-TimeStamp': timestamp,
        'Wechatmp-Signature': signature,
      };
      return { headers, body };
    }

    /**
     * @param {string} signed the text before the body
     * @param {string | Uint8Array} body
     * @param {number} index
     * @param {string} signature
     */
    function verify(signed, body, index, signature) {
      const key = /** @type {any} */ ({ ...publicKeys[index], ...pss });
      try {
        return crypto.createVerify('RSA-SHA256').update(signed).update(body).verify(key, signature, 'base64');
      } catch (_) {
        // A host that throws where a signature cannot be one.
        return false;
      }
    }

    /**
     * @param {unknown} url
     * @param {unknown} headers
     * @param {unknown} body
     * @param {unknown} [options]
     */
    function open(url, headers, body, options = {}) {
      connect();
      const address = text(url, 'url');
      const values = headersOf(headers);
      const received = bodyOf(body);
      const now = nowOf(properties(options, 'options', ['now'])[0], 'options.now');
      const { texts, detail } = connect().request(
        CHECK_ANSWER,
        [now, platform.length],
        [appid, address, ...values, received, ...certificates],
        readParts,
      );
      const [timestamp, sn, signed, signature] = /** @type {string[]} */ (texts);
      const matches = (detail & BY_HOST) === 0 || verify(signed, received, detail >>> KEY_SHIFT, signature);
      const opening = [appid, ...symmetric, address, timestamp, received];
      // The three fields are WeChat's, and were checked.
      const { _n, _appid, _timestamp, ...params } = connect().request(OPEN, [matches ? 1 : 0], opening, readJson);
      if ((detail & IS_DEPRECATED) !== 0 && hook) hook(sn);
      return params;
    }

    // Keys are in closures, where nothing that prints an object looks.
    return Object.freeze({ seal, open });
  }

  return { createApiSecurity };
}
