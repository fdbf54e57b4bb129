// The backend of examples/cloud-function. / 对应 examples/cloud-function

async function call(data) {
  const { result } = await wx.cloud.callFunction({ name: 'opendata', data });
  if (!result.ok) throw new Error(result.error);
  return result;
}

/** WeChat tells the cloud function who calls. / 云函数的调用者身份由微信注入，无需登录 */
async function login() {}

/**
 * The CloudID goes as text. The function fetches its data from WeChat, so what comes through this client is not the data.
 * cloudID 以字符串传递，数据由云函数自己向微信获取，不经过客户端。
 */
function sendPhone({ cloudID, encryptedData, iv }) {
  return call(cloudID ? { action: 'phone', cloudID } : { action: 'phone', encryptedData, iv });
}

/** No name of the user's in the path: it can be read in the address. / 路径会出现在地址中，不要包含用户信息 */
async function uploadAvatar(avatar) {
  const name = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const cloudPath = `avatars/${name}.${avatar.extension || 'jpg'}`;
  const { fileID } = await wx.cloud.uploadFile({ cloudPath, filePath: avatar.url });
  return fileID;
}

function saveProfile({ nickName, avatarUrl }) {
  return call({ action: 'profile', nickName, avatarUrl });
}

module.exports = { login, saveProfile, sendPhone, uploadAvatar };
