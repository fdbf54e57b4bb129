// The backend of examples/cloud-function. / 对应 examples/cloud-function

async function call(data) {
  const { result } = await wx.cloud.callFunction({ name: 'opendata', data });
  if (!result.ok) throw new Error(result.error);
  return result;
}

/** WeChat tells the cloud function who calls. / 云函数的调用者身份由微信注入，无需登录 */
async function login() {}

/**
 * WeChat replaces a CloudID with its data if it is a field of `data` itself; deeper down it would arrive as text.
 * CloudID 只有放在 data 的最外层才会被替换为数据。
 */
function sendPhone({ cloudID, encryptedData, iv }) {
  return call(cloudID ? { action: 'phone', phone: wx.cloud.CloudID(cloudID) } : { action: 'phone', encryptedData, iv });
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
