// Cloud function `opendata`: a phone number or step counts, from a CloudID or, for old clients, from
// encryptedData; and the user's name and picture.
// 云函数 opendata：通过 CloudID（推荐）或旧的 encryptedData 获取手机号、微信运动步数；保存昵称与头像。
//
// The event is what the client sent, whole objects included. A phone number in it may be anybody's, so only the identifier is read,
// and the data comes from WeChat.
// event 的内容全部来自客户端，可以任意伪造。因此只取其中的 cloudID 字符串，数据由云函数自己向微信获取。

const { OpenDataError, decryptPhoneNumber, maskPhoneNumber, parseAvatar, parsePhoneNumber, readCloudData } = require('weapp-opendata');
const cloud = require('wx-server-sdk');

const { sessionKeysOf } = require('./session-keys.js');

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });

/** CloudIDs live five minutes, and encryptedData needs no longer either. */
const MAX_AGE = 300;

/** What the client is told. Nothing else of an error leaves the function. / 返回给客户端的只有这个词 */
class Refusal extends Error {}

const actions = {
  /** {cloudID} of getPhoneNumber, as text, or {encryptedData, iv} */
  async phone(event, { openid, policy }) {
    const phone =
      event.cloudID !== undefined
        ? parsePhoneNumber(await openData(event.cloudID, policy))
        : decryptPhoneNumber(event, { ...policy, sessionKey: await sessionKeysOf(openid) }).phone;
    // Here it belongs into your database, as phone.e164. / 在这里把 phone.e164 存入数据库
    return { phone: maskPhoneNumber(phone), region: phone.region };
  },

  /** {cloudID} of wx.getWeRunData, as text */
  async steps(event, { policy }) {
    const { stepInfoList } = await openData(event.cloudID, policy);
    const today = Array.isArray(stepInfoList) ? stepInfoList[stepInfoList.length - 1] : undefined;
    return { steps: today ? Number(today.step) : 0 };
  },

  /** {nickName, avatarUrl}: the picture is in cloud storage by now, or it is nobody's business. */
  async profile(event) {
    const nickName = typeof event.nickName === 'string' ? event.nickName.trim() : '';
    if (nickName === '' || nickName.length > 32) throw new Refusal('NICKNAME_REFUSED');
    const avatar = event.avatarUrl === undefined ? undefined : parseAvatar(event.avatarUrl);
    if (avatar && avatar.kind !== 'cloud') throw new Refusal(avatar.needsUpload ? 'AVATAR_NOT_UPLOADED' : 'AVATAR_REFUSED');
    // Here it belongs into your database, under the user's openid. / 在这里存入数据库
    return { nickName, avatarUrl: avatar && avatar.url };
  },
};

/** The data of a CloudID, from WeChat, which refuses another user's. / 由微信返回数据；他人的 cloudID 会被拒绝 */
async function openData(cloudID, policy) {
  if (typeof cloudID !== 'string') {
    console.error(JSON.stringify({ reason: 'cloudID is not a text: pass it as it is, without wx.cloud.CloudID()' }));
    throw new Refusal('DATA_REFUSED');
  }
  let list;
  try {
    ({ list } = await cloud.getOpenData({ list: [cloudID] }));
  } catch (error) {
    // WeChat is busy or cannot be reached. Its text may hold the CloudID. / 微信繁忙或无法连接；errMsg 可能含 cloudID，不写日志
    console.error(JSON.stringify({ reason: 'getOpenData', errCode: error.errCode }));
    throw new Refusal('WECHAT_FAILED');
  }
  return readCloudData(list[0], policy);
}

exports.main = async (event) => {
  // Who calls, and from which app: WeChat says it beside the event, where no client writes. Other triggers have neither.
  // 调用者身份取自微信注入的上下文，而不是 event；HTTP 等其它触发方式没有这些值。
  const { OPENID, APPID } = cloud.getWXContext();
  if (!OPENID || !APPID) return { ok: false, error: 'CALLER_UNKNOWN' };
  if (!event || !Object.prototype.hasOwnProperty.call(actions, event.action)) return { ok: false, error: 'UNKNOWN_ACTION' };
  try {
    return { ok: true, ...(await actions[event.action](event, { openid: OPENID, policy: { appid: APPID, maxAge: MAX_AGE } })) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.message };
    if (!(error instanceof OpenDataError)) throw error;
    // The log tells what was wrong, without data; the client gets one and the same answer for everything.
    // 日志里有原因但没有数据；返回给客户端的内容一律相同。
    console.error(JSON.stringify({ action: event.action, code: error.code, errcode: error.errcode, reason: error.reason, hint: error.hint }));
    return { ok: false, error: 'DATA_REFUSED' };
  }
};
