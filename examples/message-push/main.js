// Starts the server of app.js with the settings of WeChat's console. / 用后台配置启动 app.js

import { createApp } from './app.js';

const { TOKEN, ENCODING_AES_KEY, APPID, MODE, PORT = '3000', HOST = '127.0.0.1' } = process.env;

const server = createApp({
  token: TOKEN,
  encodingAESKey: ENCODING_AES_KEY,
  appid: APPID,
  mode: MODE,
  /** Customer messages are answered with what came; all else with nothing. / 客服消息原样返回，其余不回复 */
  handle: ({ ToUserName, FromUserName, MsgType, Content }) =>
    MsgType === 'text'
      ? { ToUserName: FromUserName, FromUserName: ToUserName, CreateTime: Math.floor(Date.now() / 1000), MsgType: 'text', Content }
      : null,
});
server.listen(Number(PORT), HOST, () => console.log(`http://${HOST}:${server.address().port}`));
