// The client: what each call sends, and what it makes of the answer. WeChat's pages are named with the paths.

import { checkWatermark, readPhoneNumberResponse, signWithSessionKey } from 'weapp-opendata';

import { clientOptions, encryptedDataOf, forceRefreshOf, policyOf, text } from './arguments.js';
import { badAnswer } from './errors.js';
import { createSharedToken } from './store.js';
import { createTokens, lifeOf } from './token.js';
import { createTransport } from './transport.js';

/** 小程序登录凭证校验 */
const LOGIN = '/sns/jscode2session';
/** 获取手机号 */
const PHONE = '/wxa/business/getuserphonenumber';
/** 检验登录态 */
const CHECK_SESSION = '/wxa/checksession';
/** 重置登录态 */
const RESET_SESSION = '/wxa/resetusersessionkey';
/** 检查加密信息 */
const CHECK_DATA = '/wxa/business/checkencryptedmsg';
/** 获取用户encryptKey */
const KEYS = '/wxa/business/getuserencryptkey';

/** WeChat no longer takes the token, or never did: not the latest, not valid, run out. */
const TOKEN_REFUSED = [40001, 40014, 42001];
/** The session is not the present one: gone, or signed with another key. */
const SESSION_REFUSED = [87007, 87009];
/** «data not exit»: WeChat knows no such data. */
const DATA_UNKNOWN = 1;

/** @typedef {import('./transport.js').Answer} Answer */

/** @param {unknown} error */
const errcodeOf = (error) => /** @type {{ errcode?: number } | undefined} */ (error)?.errcode;

/**
 * @param {Answer} answer
 * @param {string} field
 * @returns {string}
 */
function textOf(answer, field) {
  const value = answer[field];
  if (typeof value !== 'string' || value === '') throw badAnswer('WRONG_SHAPE', field);
  return value;
}

/**
 * @param {Answer} answer
 * @param {string} field
 * @returns {number}
 */
function numberOf(answer, field) {
  if (typeof answer[field] !== 'number') throw badAnswer('WRONG_SHAPE', field);
  return answer[field];
}

/** @param {Answer} answer */
function sessionOf(answer) {
  const session = { openid: textOf(answer, 'openid'), sessionKey: textOf(answer, 'session_key') };
  return typeof answer.unionid === 'string' && answer.unionid !== '' ? { ...session, unionid: answer.unionid } : session;
}

/** @param {Answer} info an item of key_info_list */
function channelKeyOf(info) {
  return {
    encryptKey: textOf(info, 'encrypt_key'),
    iv: textOf(info, 'iv'),
    version: numberOf(info, 'version'),
    expireIn: numberOf(info, 'expire_in'),
    createTime: numberOf(info, 'create_time'),
  };
}

/** A policy that the core does not take is said before a code is used up. @param {import('weapp-opendata').WatermarkPolicy} policy */
function checkPolicy(policy) {
  try {
    checkWatermark({}, policy);
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code !== 'WATERMARK_MISSING') throw error;
  }
}

/**
 * @param {(text: string) => string | Promise<string>} sha256 of the text's UTF-8, in lower-case hexadecimal
 */
export function createClientApi(sha256) {
  /** @param {unknown} options */
  return function createClient(options) {
    const { appid, secret, baseUrl, fetch, timeout, store } = clientOptions(options);
    const ask = createTransport({ baseUrl, fetch, timeout });
    // Other WeChat, other token: a store may serve tests as well.
    const key = `weapp-opendata:access_token:${baseUrl.replace(/^https?:\/\//, '')}:${appid}`;
    const tokens = createTokens({ appid, secret, timeout }, ask, store && createSharedToken(store, key, lifeOf));

    /**
     * A call with the access token; and once more with another one where WeChat no longer takes the first.
     * @param {{ path: string, query?: Record<string, string>, json?: object, secrets: string[] }} call
     */
    async function askWithToken({ path, query, json, secrets }) {
      const record = await tokens.take();
      /** @param {string} token */
      const send = (token) => ask({ path, query: { access_token: token, ...query }, json, secrets: [token, secret, ...secrets] });
      try {
        return await send(record.token);
      } catch (error) {
        if (!TOKEN_REFUSED.includes(/** @type {number} */ (errcodeOf(error)))) throw error;
      }
      return send((await tokens.renew(record)).token);
    }

    /**
     * A call that proves the session_key without sending it: `signature = hmac_sha256(session_key, "")`.
     * @param {string} path
     * @param {unknown} openid
     * @param {unknown} sessionKey
     */
    async function askForUser(path, openid, sessionKey) {
      const user = text(openid, 'openid');
      const own = text(sessionKey, 'sessionKey');
      const signature = signWithSessionKey(own);
      return askWithToken({ path, query: { openid: user, signature, sig_method: 'hmac_sha256' }, secrets: [signature, own, user] });
    }

    // The secret is in closures, where nothing that prints an object looks.
    return Object.freeze({
      /** @param {unknown} code */
      async code2Session(code) {
        const loginCode = text(code, 'code');
        const query = { appid, secret, js_code: loginCode, grant_type: 'authorization_code' };
        return sessionOf(await ask({ path: LOGIN, query, secrets: [secret, loginCode] }));
      },

      /** @param {unknown} [options] */
      async getAccessToken(options) {
        const { token } = await (forceRefreshOf(options) ? tokens.force() : tokens.take());
        return token;
      },

      /**
       * @param {unknown} code
       * @param {unknown} [policy]
       */
      async getPhoneNumber(code, policy) {
        const phoneCode = text(code, 'code');
        const checks = policyOf(policy, appid);
        checkPolicy(checks);
        const answer = await askWithToken({ path: PHONE, json: { code: phoneCode }, secrets: [phoneCode] });
        const { phone_info: info } = answer;
        if (typeof info !== 'object' || info === null || Array.isArray(info)) throw badAnswer('WRONG_SHAPE', 'phone_info');
        textOf(info, 'purePhoneNumber');
        if (typeof info.countryCode !== 'number') textOf(info, 'countryCode');
        return readPhoneNumberResponse(answer, checks);
      },

      /**
       * @param {unknown} openid
       * @param {unknown} sessionKey
       */
      async checkSession(openid, sessionKey) {
        try {
          const { errcode } = await askForUser(CHECK_SESSION, openid, sessionKey);
          // It is all that this answer has to say, so it has to say it.
          if (errcode !== 0) throw badAnswer('WRONG_SHAPE', 'errcode');
          return true;
        } catch (error) {
          if (SESSION_REFUSED.includes(/** @type {number} */ (errcodeOf(error)))) return false;
          throw error;
        }
      },

      /**
       * @param {unknown} openid
       * @param {unknown} sessionKey
       */
      async resetSession(openid, sessionKey) {
        return sessionOf(await askForUser(RESET_SESSION, openid, sessionKey));
      },

      /** @param {unknown} payload */
      async checkEncryptedData(payload) {
        const encryptedData = encryptedDataOf(payload);
        const json = { encrypted_msg_hash: await sha256(encryptedData) };
        try {
          const answer = await askWithToken({ path: CHECK_DATA, json, secrets: [] });
          // WeChat's spelling, and the one that it means.
          const valid = answer.vaild === undefined ? answer.valid : answer.vaild;
          if (typeof valid !== 'boolean') throw badAnswer('WRONG_SHAPE', 'vaild');
          return { valid, createTime: valid ? numberOf(answer, 'create_time') : 0 };
        } catch (error) {
          if (errcodeOf(error) === DATA_UNKNOWN) return { valid: false, createTime: 0 };
          throw error;
        }
      },

      /**
       * @param {unknown} openid
       * @param {unknown} sessionKey
       */
      async getUserEncryptKeys(openid, sessionKey) {
        const { key_info_list: list } = await askForUser(KEYS, openid, sessionKey);
        if (!Array.isArray(list)) throw badAnswer('WRONG_SHAPE', 'key_info_list');
        return list.map((info) => channelKeyOf(Object(info))).sort((one, other) => other.version - one.version);
      },
    });
  };
}
