// WeChat's server API signing and encryption. No judgement is made here; api-security/ makes it. RSA alone is the host's.

import { random } from './random.js';
import { readJson, readNothing } from './replies.js';
import { jsonOf, take, takeRecords, takeValue } from './take.js';
import { A_LIST, LIST, Mark, UNREADABLE, isObject, settle, settleBytes, settleNow } from './values.js';

/** Operations of api-security/src/boundary.rs. */
const CHECK = 1;
const SEAL = 2;
const CHECK_ANSWER = 3;
const OPEN = 4;
const REFUSE_KEY = 5;

/** Facts of its replies. */
const BY_HOST = 1;
const IS_PKCS1 = 2;
const IS_DEPRECATED = 2;
const KEY_SHIFT = 8;

/** Random bytes of one request: RANDOM of api-security/src/endpoint.rs. */
const RANDOM = 37;
/** Most platform certificates: MAX_PLATFORM_KEYS of api-security/src/keys.rs. */
const MAX_PLATFORM_KEYS = 8;

/** In the order in which the module reads them. */
const HEADERS = [
  'wechatmp-appid',
  'wechatmp-timestamp',
  'wechatmp-serial',
  'wechatmp-signature',
  'wechatmp-serial-deprecated',
  'wechatmp-signature-deprecated',
];

/** @typedef {import('./values.js').Settled} Settled */
/** @typedef {import('./exchange.js').Exchange} Exchange */

/**
 * What RSA takes of `node:crypto`.
 * @typedef {Pick<typeof import('node:crypto'), 'constants' | 'createPrivateKey' | 'createPublicKey' | 'createSign' | 'createVerify'>} Crypto
 */

/**
 * A key as `sign` and `verify` take it beside the padding. Hosts differ in what that may be.
 * @typedef {(create: (options: any) => import('node:crypto').KeyObject, options: { key: Buffer, format: 'der', type: string }) => object} KeyOf
 */

/** @param {Settled[]} values @param {any} key */
const symmetricFields = (values, key) => values.push(settle(key.sn), settle(key.key), settle(key.algorithm));
/** @param {Settled[]} values @param {any} key */
const asymmetricFields = (values, key) => values.push(settle(key.sn), settle(key.privateKey), settle(key.algorithm));
/** @param {Settled[]} values @param {any} certificate */
const certificateFields = (values, certificate) =>
  values.push(settle(certificate.sn), settle(certificate.certificate), settle(certificate.publicKey));
/** @param {Settled[]} values @param {any} params */
const paramsJson = (values, params) => values.push(jsonOf(params));
/** @param {Settled[]} values @param {any} options */
const openOptions = (values, options) => values.push(settleNow(options.now));
/** @param {Settled[]} values @param {any} options */
const sealOptions = (values, options) => {
  const { now, random: given } = options;
  values.push(settleNow(now), given === undefined ? random(RANDOM) : settleBytes(given));
};

/**
 * A `Headers`, or an object with names in any case. A header that is there twice is a list, which is none that WeChat sends.
 * @param {Settled[]} values
 * @param {any} headers
 */
function headerFields(values, headers) {
  const { get } = headers;
  if (typeof get === 'function') {
    for (const name of HEADERS) values.push(settle(get.call(headers, name)));
    return;
  }
  /** @type {Settled[]} */
  const found = HEADERS.map(() => undefined);
  for (const name of Object.keys(headers)) {
    const at = HEADERS.indexOf(name.toLowerCase());
    if (at >= 0) found[at] = found[at] === undefined ? settle(headers[name]) : A_LIST;
  }
  values.push(...found);
}

/**
 * One certificate, or a list of them.
 * @param {Settled[]} values
 * @param {unknown} certificates
 */
function takeCertificates(values, certificates) {
  const start = values.length;
  takeRecords(values, certificates, MAX_PLATFORM_KEYS, certificateFields);
  if (!isObject(values[start])) return;
  values[start] = new Mark(LIST, 1);
  take(values, certificates, certificateFields);
}

/**
 * The values of a configuration, by what they are for.
 * @param {unknown} config
 */
function takeConfig(config) {
  /** @type {Record<'head' | 'appid' | 'symmetric' | 'asymmetric' | 'platform' | 'hook', Settled[]>} */
  const values = { head: [], appid: [], symmetric: [], asymmetric: [], platform: [], hook: [] };
  /** @type {unknown} */
  let onDeprecatedCertificate;
  take(values.head, config, (_, fields) => {
    const { appid, symmetricKey, asymmetricKey, platformCertificate } = fields;
    onDeprecatedCertificate = fields.onDeprecatedCertificate;
    values.appid.push(settle(appid));
    take(values.symmetric, symmetricKey, symmetricFields);
    take(values.asymmetric, asymmetricKey, asymmetricFields);
    takeCertificates(values.platform, platformCertificate);
    takeValue(values.hook, onDeprecatedCertificate);
  });
  return { values, onDeprecatedCertificate };
}

/** @param {Settled[]} values @param {unknown} body */
function takeBody(values, body) {
  try {
    values.push(settleBytes(body));
  } catch (_) {
    values.push(new Mark(UNREADABLE));
  }
}

/** @param {Exchange} exchange @param {number} address @param {number} _ @param {number} facts */
const readParts = (exchange, address, _, facts) => ({ texts: exchange.parts(address).texts, facts });

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
      return connect().request(REFUSE_KEY, [index], readNothing);
    } finally {
      key.fill(0);
    }
  }

  /** @param {unknown} config */
  function createApiSecurity(config) {
    const { values, onDeprecatedCertificate } = takeConfig(config);
    const { head, appid, symmetric, asymmetric, platform, hook } = values;
    const checked = connect().request(CHECK, [head, appid, symmetric, asymmetric, platform, hook].flat(), readParts);
    const [secret, ...infos] = checked.texts;
    const type = (checked.facts & IS_PKCS1) !== 0 ? 'pkcs1' : 'pkcs8';
    const privateKey = hostKey(0, secret, crypto.createPrivateKey, type);
    const publicKeys = infos.map((info, i) => hostKey(i + 1, info, crypto.createPublicKey, 'spki'));
    // What the host signs with need not go back into the module.
    const signer = privateKey ? [null] : asymmetric;

    /**
     * @param {unknown} url
     * @param {unknown} params
     * @param {unknown} [options]
     */
    function seal(url, params, options = {}) {
      /** @type {Settled[]} */
      const values = [...appid, ...symmetric, ...signer];
      takeValue(values, url);
      take(values, params, paramsJson);
      take(values, options, sealOptions);
      const { texts, facts } = connect().request(SEAL, values, readParts);
      const [body, timestamp, text] = /** @type {string[]} */ (texts);
      const signature =
        (facts & BY_HOST) === 0
          ? text
          : crypto
              .createSign('RSA-SHA256')
              .update(text + body)
              .sign(/** @type {any} */ ({ ...privateKey, ...pss }), 'base64');
      const headers = {
        'Wechatmp-Appid': /** @type {string} */ (appid[0]),
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
      /** @type {Settled[]} */
      const values = [...appid, ...platform];
      takeValue(values, url);
      take(values, headers, headerFields);
      /** @type {Settled[]} */
      const bodyValues = [];
      takeBody(bodyValues, body);
      values.push(...bodyValues);
      take(values, options, openOptions);
      const { texts, facts } = connect().request(CHECK_ANSWER, values, readParts);
      const [timestamp, sn, signed, signature] = /** @type {string[]} */ (texts);
      const received = /** @type {string | Uint8Array} */ (bodyValues[0]);
      const matches = (facts & BY_HOST) === 0 || verify(signed, received, facts >>> KEY_SHIFT, signature);
      const opening = [...appid, ...symmetric, values[appid.length + platform.length], timestamp, matches, received];
      // The three fields are WeChat's, and were checked.
      const { _n, _appid, _timestamp, ...params } = connect().request(OPEN, opening, readJson);
      if ((facts & IS_DEPRECATED) !== 0 && onDeprecatedCertificate) {
        /** @type {(sn: string) => void} */ (onDeprecatedCertificate)(sn);
      }
      return params;
    }

    // Keys are in closures, where nothing that prints an object looks.
    return Object.freeze({ seal, open });
  }

  return { createApiSecurity };
}
