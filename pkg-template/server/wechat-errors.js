// Written by `cargo xtask protocol` from src/wechat.rs: the words for what WeChat refuses.

/** The message, in which {found} stands for the errcode. */
export const MESSAGE = 'WeChat answered with errcode {found}';

/** Hints by errcode. @type {Record<number, string>} */
export const HINTS = {
  [-1]:
    'WeChat is busy: try again a little later. / ' +
    '微信系统繁忙：请稍候再试。',
  40001:
    'The access_token is not the latest one, or belongs to another app: use getStableAccessToken in one place and share it. / ' +
    'access_token 不是最新的或属于其他 appid：请统一用 getStableAccessToken 获取并共享。',
  40013:
    'The appid of the access_token is not that of the mini-program that made the code. / ' +
    'access_token 的 appid 与产生 code 的小程序不一致。',
  40029:
    "The code is not valid: usually the code of wx.login was sent instead of the phone button's; a phone code is good once and for 5 minutes. / " +
    'code 无效：通常是误传了 wx.login 的 code；手机号按钮的 code 只能使用一次，有效期 5 分钟。',
  42001:
    'The access_token has run out: fetch a new one, once for all processes. / ' +
    'access_token 已过期：请重新获取，并在各进程间共享。',
  45011:
    'Too many calls within this minute: wait, then try again. / ' +
    '本分钟内调用次数超限：请稍后再试。',
  [-601005]:
    'The CloudID is malformed: pass it on as wx.cloud.CloudID(cloudID). / ' +
    'cloudID 非法：请用 wx.cloud.CloudID(cloudID) 传递。',
  [-601006]:
    'A CloudID lives 5 minutes: fetch a new one. / ' +
    'cloudID 的有效期为 5 分钟：请重新获取。',
  [-601007]:
    'The CloudID belongs to another user than the caller. / ' +
    'cloudID 与当前调用的用户不匹配。',
  [-601009]:
    'The WeChat account has no phone number. / ' +
    '该微信账号没有绑定手机号。',
};
