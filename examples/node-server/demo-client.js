// In WeChat's place, to try the server without an AppSecret: one user, whose session_key and appid are those that WeChat published in its
// sample code, and the channel key of the example in WeChat's documentation. The payload of README.md is encrypted under them.
// 没有 AppSecret 时代替微信：只有一个演示用户，密钥与 appid 是微信官方示例代码中公开的值。

import { readPhoneNumberResponse } from 'weapp-opendata';

export const DEMO_APPID = 'wx4f4bc4dec97d474b';

/** WeChat's answer to a code that it does not know, as an error of the package. */
const unknownCode = () => readPhoneNumberResponse({ errcode: 40029, errmsg: 'this stand-in has no connection to WeChat' }, { appid: DEMO_APPID });

/** The part of a client that app.js takes. */
export function createDemoClient() {
  return {
    code2Session: async (code) => (code === 'demo' ? { openid: 'demo-user', sessionKey: 'tiihtNczf5v6AKRyjwEUhQ==' } : unknownCode()),
    getPhoneNumber: async () => unknownCode(),
    getUserEncryptKeys: async () => [{ encryptKey: 'VI6BpyrK9XH4i4AIGe86tg==', version: 10 }],
  };
}
