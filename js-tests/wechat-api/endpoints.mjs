// The interfaces: what each asks for and answers, after the pages of WeChat's documentation named with them (as read in the mirror
// Marco9442/wx-miniprogram-doc, folder 开发/服务端). In which order WeChat checks is documented nowhere.

import { Refusal } from './errors.mjs';
import { sessionSignature } from './platform.mjs';

const OK = { errcode: 0, errmsg: 'ok' };

const byToken = (platform, query) => platform.appByToken(query.access_token);

/** 44002 «POST 的数据包为空», 47001 «解析 JSON/XML 内容错误». */
function parse(text) {
  if (text === '') throw new Refusal(44002);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(47001);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(47001);
  return value;
}

/** «post 数据中参数缺失» is 47001 too. */
function text(body, name) {
  if (typeof body[name] !== 'string') throw new Refusal(47001);
  return body[name];
}

/** 小程序登录/小程序登录凭证校验. */
const code2Session = {
  methods: ['GET'],
  identify(platform, { appid, secret, js_code: code, grant_type: grant }) {
    const app = platform.appBySecret(appid, secret);
    if (!code) throw new Refusal(41008);
    if (grant !== 'authorization_code') throw new Refusal(40002);
    return app;
  },
  serve(platform, app, { js_code: code }, body, { errcodeOnSuccess }) {
    const user = platform.redeemLogin(app, code);
    // A session that was lost since wx.login: nothing is documented; the user is logged in by this, so there is one again.
    const { key } = platform.session(user) ?? platform.newSession(user);
    // unionid «若当前小程序已绑定到微信开放平台帐号下会返回».
    const union = user.unionid === undefined ? {} : { unionid: user.unionid };
    return { session_key: key, openid: user.openid, ...union, ...(errcodeOnSuccess ? OK : {}) };
  },
};

/** 接口调用凭证/获取接口调用凭据. */
const getAccessToken = {
  methods: ['GET'],
  identify(platform, { appid, secret, grant_type: grant }) {
    if (grant !== 'client_credential') throw new Refusal(40002);
    return platform.appBySecret(appid, secret);
  },
  serve: (platform, app) => platform.plainToken(app),
};

/** 接口调用凭证/获取稳定版接口调用凭据: «仅支持 POST». */
const getStableAccessToken = {
  methods: ['POST'],
  json: true,
  identify(platform, query, readBody) {
    const { grant_type: grant, appid, secret } = readBody();
    if (grant !== 'client_credential') throw new Refusal(40002);
    return platform.appBySecret(appid, secret);
  },
  serve(platform, app, query, { force_refresh: force = false }) {
    if (typeof force !== 'boolean') throw new Refusal(47001);
    return platform.stableToken(app, force);
  },
};

/** 用户信息/手机号/获取手机号. */
const getPhoneNumber = {
  methods: ['POST'],
  json: true,
  identify: byToken,
  serve(platform, app, query, body) {
    const openid = body.openid === undefined ? undefined : text(body, 'openid');
    return { ...OK, phone_info: platform.redeemPhone(app, text(body, 'code'), openid) };
  },
};

/** 小程序登录/检验登录态. Its table has 87009 and nothing else for a request that has a token, so that is every answer but ok. */
const checkSessionKey = {
  methods: ['GET'],
  identify: byToken,
  serve(platform, app, { openid, signature, sig_method: method }) {
    const session = platform.session(platform.userOf(app, openid));
    const valid = session !== undefined && method === 'hmac_sha256' && signature === sessionSignature(session.key);
    if (!valid) throw new Refusal(87009);
    return OK;
  },
};

/** A user's session by signature, with the codes of the pages that tell its failures apart. */
function signedSession(platform, app, { openid, signature, sig_method: method }) {
  if (method !== 'hmac_sha256') throw new Refusal(87008);
  const user = platform.userOf(app, openid);
  const session = platform.session(user);
  if (session === undefined) throw new Refusal(87007);
  if (signature !== sessionSignature(session.key)) throw new Refusal(87009);
  return user;
}

/** 小程序登录/重置登录态. 40097 «参数错误» is taken for one that is missing. */
const resetUserSessionKey = {
  methods: ['GET'],
  identify: byToken,
  serve(platform, app, query) {
    if (!query.openid || !query.signature || !query.sig_method) throw new Refusal(40097);
    const user = signedSession(platform, app, query);
    return { ...OK, openid: user.openid, session_key: platform.resetSession(user).key };
  },
};

/** 用户信息/用户信息/检查加密信息. `vaild` is WeChat's spelling, `data not exit` too. */
const checkEncryptedData = {
  methods: ['POST'],
  json: true,
  identify: byToken,
  serve(platform, app, query, body) {
    const hash = text(body, 'encrypted_msg_hash');
    if (!/^[0-9a-f]{64}$/i.test(hash)) throw new Refusal(40097);
    return { ...OK, vaild: true, create_time: platform.sealedAt(app, hash.toLowerCase()) };
  },
};

/** 用户信息/网络/获取用户encryptKey, by GET on that page, by POST with the same query on the page of the encrypted network channel. */
const getUserEncryptKey = {
  methods: ['GET', 'POST'],
  identify: byToken,
  serve: (platform, app, query) => ({ ...OK, key_info_list: platform.userKeys(signedSession(platform, app, query)) }),
};

const ENDPOINTS = new Map(
  Object.entries({
    '/sns/jscode2session': code2Session,
    '/cgi-bin/token': getAccessToken,
    '/cgi-bin/stable_token': getStableAccessToken,
    '/wxa/business/getuserphonenumber': getPhoneNumber,
    '/wxa/checksession': checkSessionKey,
    '/wxa/resetusersessionkey': resetUserSessionKey,
    '/wxa/business/checkencryptedmsg': checkEncryptedData,
    '/wxa/business/getuserencryptkey': getUserEncryptKey,
  }),
);

export const PATHS = Object.freeze([...ENDPOINTS.keys()]);

/**
 * Serves one request, or throws a Refusal.
 *
 * @param {import('./platform.mjs').Platform} platform
 * @param {{ method: string, path: string, query: Record<string, string>, body: string }} request
 */
export function serve(platform, { method, path, query, body }, settings) {
  const endpoint = ENDPOINTS.get(path);
  // «请检查API的URL是否与文档一致»
  if (endpoint === undefined) throw new Refusal(40066);
  if (!endpoint.methods.includes(method)) throw new Refusal(endpoint.methods[0] === 'POST' ? 43002 : 43001);
  // Who asks comes before what is asked, where the body does not say both.
  let parsed;
  const readBody = () => (parsed ??= parse(body));
  const app = endpoint.identify(platform, query, readBody);
  platform.countRequest(app, path);
  return endpoint.serve(platform, app, query, endpoint.json ? readBody() : undefined, settings);
}
