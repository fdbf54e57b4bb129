// Text between this client and the server that nobody else can read or alter, under the keys that WeChat gives to both.
// 前端与服务端之间的加密文本：密钥由微信分别提供给两端，他人无法读取或改动。

const { openChannel, sealChannel } = require('weapp-opendata');

/** WeChat keeps the key and changes it every hour: ask each time. / 密钥由微信缓存并每小时更换，每次都重新获取 */
function latestKey() {
  return new Promise((success, reject) => {
    wx.getUserCryptoManager().getLatestUserKey({ success, fail: ({ errMsg }) => reject(new Error(errMsg)) });
  });
}

/** The mini-program's only generator for cryptography. Never use what it gave twice. / 随机数每次重新获取，绝不重复使用 */
function randomBytes(length) {
  return new Promise((resolve, reject) => {
    wx.getRandomValues({
      length,
      success: ({ randomValues }) => resolve(new Uint8Array(randomValues)),
      fail: ({ errMsg }) => reject(new Error(errMsg)),
    });
  });
}

/**
 * Sends an object sealed and opens the answer. Both contexts name direction, path and user: one key serves all of them, and an answer
 * must not pass for a request. The user goes by the token here, since the client knows no openid.
 * 两个 context 都写明方向、路径和用户：密钥是同一把，否则回复可能被当成请求送回。前端不知道 openid，这里用登录 token 代表用户。
 *
 * @param {(path: string, body: object) => Promise<{sealed: string}>} post
 * @param {string} path
 * @param {string} token
 * @param {object} message
 */
async function exchange(post, path, token, message) {
  const [key, random, id] = await Promise.all([latestKey(), randomBytes(12), randomBytes(16)]);
  // With id and time the server can tell a message that is sent again. / 服务端凭 id 与 time 识别重放
  const text = JSON.stringify(Object.assign({ id: Array.from(id).join('.'), time: Date.now() }, message));
  const { sealed } = await post(path, { sealed: sealChannel(text, { key, context: `POST ${path} ${token}`, random }) });
  // The server may have a newer key by now. / 服务端此时可能已有更新的密钥
  const answer = openChannel(sealed, { key: [key, await latestKey()], context: `answer POST ${path} ${token}` });
  return JSON.parse(answer);
}

module.exports = { exchange };
