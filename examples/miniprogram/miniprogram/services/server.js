// The backend of examples/node-server. / 对应 examples/node-server

const config = require('../config.js');
const channel = require('./channel.js');

let token = '';

/** wx.request as a promise that fails for every status but 200. */
function post(path, data, contentType) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: config.server + path,
      method: 'POST',
      data,
      header: { 'content-type': contentType || 'application/json', authorization: `Bearer ${token}` },
      success: ({ statusCode, data: answer }) => {
        if (statusCode === 200) resolve(answer);
        else reject(new Error((answer && answer.error) || `HTTP ${statusCode}`));
      },
      fail: ({ errMsg }) => reject(new Error(errMsg)),
    });
  });
}

/**
 * wx.login may replace the session_key. So it is called when the page opens, never in the callback of a button: data that was fetched
 * before it would no longer open.
 * wx.login 可能刷新 session_key，因此在页面打开时调用，绝不在按钮回调里调用，否则先前获取的数据将无法解密。
 */
async function login() {
  const { code } = await new Promise((success, fail) => wx.login({ success, fail }));
  const answer = await post('/login', { code });
  token = answer.token;
}

/** Current clients give a code, which the server exchanges; older ones encrypted data. Sent in a JSON body, `+` and `=` arrive. */
function sendPhone({ code, encryptedData, iv }) {
  return post('/phone', code ? { code } : { encryptedData, iv });
}

async function uploadAvatar(avatar) {
  const { data } = await new Promise((success, fail) => wx.getFileSystemManager().readFile({ filePath: avatar.url, success, fail }));
  const { avatarUrl } = await post('/avatar', data, 'application/octet-stream');
  return avatarUrl;
}

function saveProfile({ nickName, avatarUrl }) {
  return post('/profile', { nickName, avatarUrl });
}

/** Sealed both ways: nothing between here and the server reads it, alters it or sends it again. / 双向加密，并防止重放 */
function order(item) {
  return channel.exchange(post, '/order', token, { item });
}

module.exports = { login, order, saveProfile, sendPhone, uploadAvatar };
