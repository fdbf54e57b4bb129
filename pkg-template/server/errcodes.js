// What WeChat's error numbers usually mean, beyond those that src/wechat.rs explains wherever they are met.
//
// Source: WeChat documentation, the tables 错误码 of 小程序登录凭证校验, 获取接口调用凭据, 获取稳定版接口调用凭据, 获取手机号, 检验登录态, 重置登录态,
// 检查加密信息, 获取用户encryptKey, and the global table of return codes (全局返回码).

/** By errcode: a hint, or hints by path with '*' for all others. @type {Record<number, string | Record<string, string>>} */
const HINTS = {
  1: 'WeChat knows no such data: it is not phone data of this app, or older than three days. / 微信没有该数据的记录：不是本小程序的手机号数据，或已超过三天。',
  40001: {
    '/cgi-bin/stable_token': 'The AppSecret is wrong, or was reset: compare secret with the console. / AppSecret 错误或已被重置：请与后台核对 secret。',
    '/sns/jscode2session': 'The AppSecret is wrong, or was reset: compare secret with the console. / AppSecret 错误或已被重置：请与后台核对 secret。',
    '*':
      'WeChat takes neither the access_token that was kept nor the one that replaced it: another program may renew it by force, or appid and store belong to different environments. / ' +
      '微信既不接受缓存的 access_token，也不接受刚获取的：可能有其他程序在强制刷新，或 appid 与 store 属于不同环境。',
  },
  40002: 'grant_type is not the one of this interface: something on the way changes requests. / grant_type 与接口不符：请求在途中被改动。',
  40003: 'The openid is not one of this app, or not the one that the code belongs to. / openid 不属于该小程序，或与 code 不匹配。',
  40013: {
    '/cgi-bin/stable_token': 'The appid is not valid: compare it with the console, no space around it. / appid 无效：请与后台核对，前后不要有空格。',
    '/sns/jscode2session': 'The appid is not valid: compare it with the console, no space around it. / appid 无效：请与后台核对，前后不要有空格。',
  },
  40014: 'The access_token is not valid, nor is the one that replaced it: compare the appid and the environment of the store. / access_token 无效，重新获取后仍无效：请核对 appid 与 store 所属环境。',
  40029: {
    '/sns/jscode2session':
      'The code is not valid: it has to be the one of wx.login of this very app, is good once and for 5 minutes; the code of the phone button is another one. / ' +
      'code 无效：应为本小程序 wx.login 的 code，只能使用一次，有效期 5 分钟；手机号按钮的 code 不能用于登录。',
  },
  40066: 'There is no such interface: check baseUrl. / 接口地址不存在：请检查 baseUrl。',
  40097: 'WeChat does not accept an argument, or not from this scene. / 参数错误或场景错误。',
  40125: 'The AppSecret is wrong, or was reset: compare secret with the console. / AppSecret 错误或已被重置：请与后台核对 secret。',
  40163: 'The code was used before: each login takes a new one from wx.login, and a request may not be sent twice. / code 已被使用：每次登录都要用 wx.login 获取新的 code，请求不要重复发送。',
  40164: "This server's IP address is not in the console's IP whitelist (IP 白名单). / 服务器 IP 不在后台的 IP 白名单中。",
  40226: 'WeChat blocks this user as a high risk: do not let them log in. / 高风险用户，小程序登录被拦截。',
  40243: 'The AppSecret is frozen: unfreeze it in the console. / AppSecret 已被冻结：请在后台解冻。',
  41001: 'The access_token did not arrive: something on the way cuts the query off. / 缺少 access_token：query 在途中丢失。',
  41002: 'The appid did not arrive: something on the way changes requests. / 缺少 appid：请求在途中被改动。',
  41004: 'The secret did not arrive: something on the way changes requests. / 缺少 secret：请求在途中被改动。',
  41008: 'The code did not arrive: something on the way changes requests. / 缺少 code：请求在途中被改动。',
  42001: {
    '*':
      "WeChat says that a new access_token has run out as well: check the server's clock and the store. / " +
      '重新获取的 access_token 仍被判为过期：请检查服务器时间与 store。',
  },
  43001: 'WeChat wants GET here: something on the way changes requests. / 该接口需要 GET：请求在途中被改动。',
  43002: 'WeChat wants POST here: something on the way changes requests, a redirection for instance. / 该接口需要 POST：请求在途中被改动，例如被重定向。',
  44002: 'The body did not arrive: something on the way changes requests. / 请求体为空：请求在途中被改动。',
  45009: {
    '/cgi-bin/stable_token': "Today's calls are used up; forceRefresh is for 20 calls a day. / 今日调用次数已用完；forceRefresh 每天限 20 次。",
    '*': "This interface's calls of today are used up. / 该接口今日的调用次数已用完。",
  },
  45011: {
    '/cgi-bin/stable_token': 'Too many calls within this minute; forceRefresh wants 30 seconds between two. / 本分钟内调用次数超限；两次 forceRefresh 须间隔 30 秒。',
  },
  47001: 'The body did not arrive as it was sent, or lacks something. / 请求体格式错误或缺少参数：请求在途中被改动。',
  50004: 'The app may not use this interface. / 该账号被禁止使用此接口。',
  50007: 'The account is frozen: see the console. / 账号已冻结：请查看后台通知。',
  65206: 'The user is no longer in that group. / 用户已不在该群内。',
  87007: 'The session_key is not there any more: the user has to log in again. / session_key 不存在或已过期：请让用户重新登录。',
  87008: 'sig_method did not arrive as it was sent. / sig_method 无效：请求在途中被改动。',
  87009: 'The signature is not that of the present session_key: wx.login has replaced it, or it is of another user. / 签名与当前的 session_key 不符：wx.login 已刷新，或属于其他用户。',
  89503: 'An administrator of the account has to confirm this call first. / 此次调用需要管理员确认。',
  89506: 'An administrator has refused this IP address; it may ask again after 24 hours. / 该 IP 已被管理员拒绝，24 小时后可再试。',
  89507: 'An administrator has refused this IP address; it may ask again after 1 hour. / 该 IP 已被管理员拒绝，1 小时后可再试。',
  1400001: "The quota of the phone button is used up: buy more in the console. / 手机号快速验证的额度已用完：请在后台购买。",
  [-604001]: "A cloud function's answer is over 1 MB. / 云函数返回值超过 1 MB。",
};

/** API 安全, 40230 to 40240. */
const SECURED =
  "The app's API security (API安全) asks for encrypted and signed calls: see weapp-opendata/api-security. / 小程序开启了 API 安全，须加密并签名调用：请使用 weapp-opendata/api-security。";

/**
 * @param {number} errcode
 * @param {string} path
 * @returns {string | undefined} undefined where the core's hint holds
 */
export function hintOf(errcode, path) {
  if (errcode >= 40230 && errcode <= 40240) return SECURED;
  const hint = Object.hasOwn(HINTS, errcode) ? HINTS[errcode] : undefined;
  return typeof hint === 'object' ? hint[path] || hint['*'] : hint;
}
