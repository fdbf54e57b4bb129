// Starts the server of app.js. With APPID and SECRET it speaks to WeChat; without them a stand-in takes WeChat's part.
// 启动 app.js 中的服务。设置 APPID 与 SECRET 后会真正请求微信；否则由演示用的替身代替微信。

import { fileURLToPath } from 'node:url';

import { init } from 'weapp-opendata';
import { createClient } from 'weapp-opendata/server';

import { createApp } from './app.js';
import { DEMO_APPID, createDemoClient } from './demo-client.js';

const { APPID, SECRET, WECHAT_URL, AVATARS, PORT = '3000', HOST = '127.0.0.1' } = process.env;
if (Boolean(APPID) !== Boolean(SECRET)) throw new Error('set both APPID and SECRET, or neither');

/**
 * The access token is kept in this process. Several processes share one through a store, say Keyv over Redis:
 * access_token 保存在本进程内；多进程部署时用 store 共享，例如 Keyv + Redis：
 *   createClient({ appid, secret, store: new Keyv(new KeyvRedis('redis://…')) })
 */
const wechat = APPID ? createClient({ appid: APPID, secret: SECRET, baseUrl: WECHAT_URL }) : createDemoClient();

// The module loads now instead of in the first user's request.
await init();

const server = createApp({
  appid: APPID || DEMO_APPID,
  wechat,
  avatarFolder: AVATARS || fileURLToPath(new URL('avatars', import.meta.url)),
  // The demo payload is of 2016. Leave this out in production. / 演示数据是 2016 年的，生产环境请去掉这一行。
  maxAge: APPID ? undefined : Number.MAX_SAFE_INTEGER,
});
server.listen(Number(PORT), HOST, () => console.log(`http://${HOST}:${server.address().port}`));
