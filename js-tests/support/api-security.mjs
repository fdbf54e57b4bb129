// Both sides of WeChat's API security: configurations with keys of this run, and WeChat's side made by other means than the package's.

import { constants, createCipheriv, createDecipheriv, generateKeyPairSync, sign, verify } from 'node:crypto';

import { readSource } from './installed.mjs';
import { seeded } from './prng.mjs';
import { gcm, sm2PrivatePem, sm2PublicKey, sm2PublicPem, sm2Sign, sm2Verifies, sm4 } from './sm.mjs';

export const published = () => JSON.parse(readSource('api-security/tests/vectors/api-security.json'));

export const URL_OF_API = 'https://api.weixin.qq.com/wxa/getuserriskrank';
export const APPID = 'wxba6223c06417af7b';
export const NOW = 1635927956;

const random = seeded(20211103);
export const bytes = (length) => Buffer.from(random.bytes(length));
const scalar = () => BigInt(`0x${bytes(31).toString('hex')}`) + 1n;

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

/** A pair of keys by the name of its algorithm, with signing and verifying by other means than the module's. */
const PAIRS = {
  RSAwithSHA256() {
    const { privateKey, publicKey } = rsa();
    return {
      algorithm: 'RSAwithSHA256',
      privatePem: privateKey.export({ type: 'pkcs1', format: 'pem' }),
      pkcs8Pem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      publicPem: publicKey.export({ type: 'spki', format: 'pem' }),
      sign: (_, message) => sign('sha256', Buffer.from(message), { key: privateKey, ...pss }),
      verifies: (_, message, signature) => verify('sha256', Buffer.from(message), { key: publicKey, ...pss }, signature),
    };
  },
  SM2withSM3() {
    const d = scalar();
    const q = sm2PublicKey(d);
    return {
      algorithm: 'SM2withSM3',
      privatePem: sm2PrivatePem(d),
      publicPem: sm2PublicPem(q),
      sign: (sn, message) => sm2Sign(d, sn, Buffer.from(message), scalar()),
      verifies: (sn, message, signature) => sm2Verifies(q, sn, Buffer.from(message), signature),
    };
  },
};

const CIPHERS = {
  AES256_GCM: {
    keyBytes: 32,
    seal(key, iv, associated, text) {
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(associated));
      const output = Buffer.concat([cipher.update(text), cipher.final()]);
      return { output, tag: cipher.getAuthTag() };
    },
    open(key, iv, associated, data, tag) {
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(Buffer.from(associated)).setAuthTag(tag);
      return Buffer.concat([decipher.update(data), decipher.final()]);
    },
  },
  SM4_GCM: {
    keyBytes: 16,
    seal: (key, iv, associated, text) => gcm(sm4(key), iv, Buffer.from(associated), text),
    open(key, iv, associated, data, tag) {
      const opened = gcm(sm4(key), iv, Buffer.from(associated), data, true);
      if (!opened.tag.equals(tag)) throw new Error('tag');
      return opened.output;
    },
  },
};

/** An app with keys of its own, and its WeChat. */
export function makeSides(encryption, signature) {
  const cipher = CIPHERS[encryption];
  const symmetric = bytes(cipher.keyBytes);
  const app = PAIRS[signature]();
  const platform = PAIRS[signature]();
  const sns = { symmetric: bytes(16).toString('hex'), app: bytes(16).toString('hex'), platform: bytes(16).toString('hex') };
  const config = {
    appid: APPID,
    symmetricKey: { sn: sns.symmetric, key: symmetric.toString('base64'), algorithm: encryption },
    asymmetricKey: { sn: sns.app, privateKey: app.privatePem, algorithm: signature },
    platformCertificate: { sn: sns.platform, publicKey: platform.publicPem },
  };
  const associated = (url, timestamp) => `${url}|${APPID}|${timestamp}|${sns.symmetric}`;

  /** The text of an envelope. */
  function envelope(text, { url = URL_OF_API, timestamp = NOW, key = symmetric, iv = bytes(12) } = {}) {
    const { output, tag } = cipher.seal(key, iv, associated(url, timestamp), Buffer.from(text));
    return JSON.stringify({ iv: iv.toString('base64'), data: output.toString('base64'), authtag: tag.toString('base64') });
  }

  /** Headers for a body. */
  function signed(body, { url = URL_OF_API, appid = APPID, timestamp = NOW, sn = sns.platform, pair = platform } = {}) {
    const signature = pair.sign(sn, `${url}\n${appid}\n${timestamp}\n${body}`).toString('base64');
    return { 'Wechatmp-Appid': appid, 'Wechatmp-TimeStamp': String(timestamp), 'Wechatmp-Serial': sn, 'Wechatmp-Signature': signature };
  }

  const stamped = (params, more = {}) => JSON.stringify({ _n: bytes(16).toString('base64'), _appid: APPID, _timestamp: NOW, ...more, ...params });

  return {
    config,
    app,
    platform,
    sns,
    symmetric,
    envelope,
    signed,
    stamped,
    /** What WeChat answers. */
    answer(params, options = {}) {
      const body = envelope(stamped(params, options.stamp), options);
      return { headers: signed(body, options), body };
    },
    /** What WeChat makes of a request; throws where it does not open. */
    receive({ headers, body }, url = URL_OF_API) {
      const { iv, data, authtag } = JSON.parse(body);
      const timestamp = headers['Wechatmp-TimeStamp'];
      const message = `${url}\n${headers['Wechatmp-Appid']}\n${timestamp}\n${body}`;
      if (!app.verifies(sns.app, message, Buffer.from(headers['Wechatmp-Signature'], 'base64'))) throw new Error('signature');
      const [iv_, data_, tag] = [iv, data, authtag].map((text) => Buffer.from(text, 'base64'));
      return JSON.parse(cipher.open(symmetric, iv_, associated(url, timestamp), data_, tag).toString());
    },
  };
}

/** What a host needs to play both sides: suite/api-security.mjs. */
export const makeFixtures = () => ({
  appid: APPID,
  url: URL_OF_API,
  now: NOW,
  published: published(),
  kinds: KINDS.map(([encryption, signature]) => {
    const side = makeSides(encryption, signature);
    const { symmetricKey, asymmetricKey, platformCertificate } = side.config;
    return {
      name: `${encryption}, ${signature}`,
      config: side.config,
      // WeChat's side, as the same code would be it.
      mirrored: {
        appid: APPID,
        symmetricKey,
        asymmetricKey: { sn: platformCertificate.sn, privateKey: side.platform.privatePem, algorithm: signature },
        platformCertificate: { sn: asymmetricKey.sn, publicKey: side.app.publicPem },
      },
      answer: side.answer({ errcode: 0, name: '微信😀' }),
      params: { errcode: 0, name: '微信😀' },
    };
  }),
});

export const KINDS = ['AES256_GCM', 'SM4_GCM'].flatMap((encryption) => ['RSAwithSHA256', 'SM2withSM3'].map((signature) => [encryption, signature]));
export const makeRsa = PAIRS.RSAwithSHA256;
export const makeSm2 = PAIRS.SM2withSM3;
