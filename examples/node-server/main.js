// Starts the server of app.js. What it lacks is WeChat: `exchangeCode` below makes sessions up.
// 启动 app.js 中的服务。这里没有真正请求微信：下面的 exchangeCode 返回的是假会话。

import { init } from 'weapp-opendata';

import { createApp } from './app.js';

const PORT = Number(process.env.PORT || 3000);
const HOST = process.env.HOST || '127.0.0.1';

/**
 * In production: GET https://api.weixin.qq.com/sns/jscode2session with appid, AppSecret and the code, once for each code.
 * weapp-opendata has no client for WeChat's HTTP API yet, so this one knows a single user: the session_key and appid are those
 * that WeChat published in its sample code, which the payloads of README.md are encrypted under.
 * 生产环境请调用 jscode2session；本包目前还没有微信 HTTP API 的客户端，所以这里只有一个演示用户（密钥为微信官方示例代码中公开的值）。
 */
async function exchangeCode(code) {
  return code === 'demo' ? { openid: 'demo-user', session_key: 'tiihtNczf5v6AKRyjwEUhQ==' } : { errcode: 40029 };
}

/** In production: POST /wxa/business/getuserphonenumber with an access_token. / 生产环境请调用 getuserphonenumber。 */
async function exchangePhoneCode() {
  return { errcode: 40029, errmsg: 'this example has no connection to WeChat' };
}

/**
 * In production: /wxa/business/getuserencryptkey, whose key_info_list has encrypt_key and version. This is the key of the example in
 * WeChat's documentation. / 生产环境请调用 getuserencryptkey；这里是微信文档示例中的密钥。
 */
async function fetchChannelKeys() {
  return [{ encryptKey: 'VI6BpyrK9XH4i4AIGe86tg==', version: 10 }];
}

// The module loads now instead of in the first user's request.
await init();

const server = createApp({
  appid: process.env.APPID || 'wx4f4bc4dec97d474b',
  exchangeCode,
  exchangePhoneCode,
  fetchChannelKeys,
  // The demo payload is of 2016. Leave this out in production. / 演示数据是 2016 年的，生产环境请去掉这一行。
  maxAge: process.env.APPID ? undefined : Number.MAX_SAFE_INTEGER,
});
server.listen(PORT, HOST, () => console.log(`http://${HOST}:${server.address().port}`));
