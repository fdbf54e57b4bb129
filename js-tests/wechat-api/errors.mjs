// WeChat's error codes: their texts, and how the texts look in an answer.

/**
 * errcode → English text, for every code that the documentation of the emulated interfaces lists, and for those of WeChat's global
 * table that an answer of theirs needs. Sources: the tables «错误码» on the pages of code2Session, getAccessToken,
 * getStableAccessToken, getPhoneNumber, checkSessionKey, ResetUserSessionKey, checkEncryptedData and getUserEncryptKey, and
 * developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html. Codes whose row has Chinese text only keep it.
 * Misspellings are WeChat's. Where the page of an interface lost the commas of a text (40001, 45011), the global table's is here.
 */
export const ERRORS = Object.freeze({
  '-1': 'system error',
  1: 'data not exit',
  // The page has the part up to «not latest»; answers go on with where to look (w7corp/easywechat #2963).
  40001:
    'invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40029: 'invalid code',
  40066: 'invalid url',
  40097: 'invalid args',
  40125: 'invalid appsecret',
  // Not in the table of code2Session, but what it answers to a code that was used: binarywang/WxJava #1323, EasyAbp/WeChatManagement #16.
  40163: 'code been used',
  40164: 'invalid ip, not in whitelist',
  40226: 'code blocked',
  40243: 'AppSecret已被冻结，请解冻后再次调用。',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  // Answers to a code2Session without js_code; seen in public code, with this text.
  41008: 'missing code',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  44002: 'empty post data',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  47001: 'data format error',
  50004: '禁止使用 token 接口',
  50007: '账号已冻结',
  87007: 'session_key is not existd or expired',
  87008: 'invalid sig_method',
  87009: 'invalid signature',
  89503: '此次调用需要管理员确认，请耐心等候',
  89506: '该IP调用求请求已被公众号管理员拒绝，请24小时后再试，建议调用前与管理员沟通确认',
  89507: '该IP调用求请求已被公众号管理员拒绝，请1小时后再试，建议调用前与管理员沟通确认',
});

/** A request that WeChat would not serve. */
export class Refusal extends Error {
  /** @param {number} errcode one of ERRORS */
  constructor(errcode) {
    if (!(errcode in ERRORS)) throw new TypeError(`no errcode of the table: ${errcode}`);
    super(ERRORS[errcode]);
    this.errcode = errcode;
  }
}

/**
 * `errmsg` as it arrives. No page describes what follows the text; these are forms of real answers:
 * `/sns/…`: «invalid code, rid: 64b79592-1db719b6-187cfe77»; elsewhere: «access_token missing rid: …» (kuif/xcx #1); with a request
 * body, the code and the data format errors have a hint too: «invalid code hint: [hElexSDNRa-XiBFgA] rid: 632d16be-15ad5486-1e378de4»
 * (binarywang/WxJava #2821). A `rid` begins with the time in hexadecimal.
 */
export function errmsg(text, { errcode, path, rid, hint }) {
  if (path.startsWith('/sns/')) return `${text}, rid: ${rid}`;
  const hinted = errcode === 40029 || errcode === 47001;
  return hinted ? `${text} hint: [${hint}] rid: ${rid}` : `${text} rid: ${rid}`;
}
