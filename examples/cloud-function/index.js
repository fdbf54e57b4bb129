// Cloud function `opendata`: a phone number or step counts, from a CloudID or, for old clients, from
// encryptedData; and the user's name and picture.
// 云函数 opendata：通过 CloudID（推荐）或旧的 encryptedData 获取手机号、微信运动步数；保存昵称与头像。
//
// Call it from the mini-program only. WeChat then puts `userInfo` into the event, and data in place of each top-level CloudID. With an
// HTTP trigger both would be whatever the caller says.
// 只通过 wx.cloud.callFunction 调用：event.userInfo 与 CloudID 的数据都由微信注入。若开启 HTTP 触发，两者就由调用者随意填写了。

const { OpenDataError, decryptPhoneNumber, maskPhoneNumber, parseAvatar, parsePhoneNumber, readCloudData } = require('weapp-opendata');

const { sessionKeysOf } = require('./session-keys.js');

/** Your mini-program: an environment variable of the function. / 在云函数的环境变量中配置 */
const APPID = process.env.APPID;

/** CloudIDs live five minutes, and encryptedData needs no longer either. */
const MAX_AGE = 300;

const actions = {
  /** {phone: wx.cloud.CloudID(detail.cloudID)} or {encryptedData, iv} */
  async phone(event, user) {
    const policy = { appid: APPID, maxAge: MAX_AGE };
    const phone =
      event.phone !== undefined
        ? parsePhoneNumber(readCloudData(event.phone, policy))
        : decryptPhoneNumber(event, { ...policy, sessionKey: await sessionKeysOf(user.openId) }).phone;
    // Here it belongs into your database, as phone.e164. / 在这里把 phone.e164 存入数据库
    return { phone: maskPhoneNumber(phone), region: phone.region };
  },

  /** {weRun: wx.cloud.CloudID(cloudID)} of wx.getWeRunData */
  async steps(event) {
    const { stepInfoList } = readCloudData(event.weRun, { appid: APPID, maxAge: MAX_AGE });
    const today = Array.isArray(stepInfoList) ? stepInfoList[stepInfoList.length - 1] : undefined;
    return { steps: today ? Number(today.step) : 0 };
  },

  /** {nickName, avatarUrl}: the picture is in cloud storage by now, or it is nobody's business. */
  async profile(event) {
    const nickName = typeof event.nickName === 'string' ? event.nickName.trim() : '';
    if (nickName === '' || nickName.length > 32) return { ok: false, error: 'NICKNAME_REFUSED' };
    const avatar = event.avatarUrl === undefined ? undefined : parseAvatar(event.avatarUrl);
    if (avatar && avatar.kind !== 'cloud') return { ok: false, error: avatar.needsUpload ? 'AVATAR_NOT_UPLOADED' : 'AVATAR_REFUSED' };
    // Here it belongs into your database, under user.openId. / 在这里存入数据库
    return { nickName, avatarUrl: avatar && avatar.url };
  },
};

exports.main = async (event) => {
  // Without it every call would be refused, and nobody would know why. / 未配置时尽早报错
  if (!APPID) throw new Error('set the environment variable APPID / 请配置环境变量 APPID');
  if (!event || !Object.prototype.hasOwnProperty.call(actions, event.action)) return { ok: false, error: 'UNKNOWN_ACTION' };
  try {
    return { ok: true, ...(await actions[event.action](event, event.userInfo || {})) };
  } catch (error) {
    if (!(error instanceof OpenDataError)) throw error;
    // The log tells what was wrong, without data; the client gets one and the same answer for everything.
    // 日志里有原因但没有数据；返回给客户端的内容一律相同。
    console.error(JSON.stringify({ action: event.action, code: error.code, errcode: error.errcode, reason: error.reason, hint: error.hint }));
    return { ok: false, error: 'DATA_REFUSED' };
  }
};
