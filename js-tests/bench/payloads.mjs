// What is opened: synthetic values in the exact bytes that WeChat puts around them, sealed by node:crypto, the same in every run.

import { APPID, GREY_AVATAR, TIMESTAMP, seal } from '../fixtures.mjs';
import { seeded } from '../support/prng.mjs';

export { APPID };

/** So many payloads, each under its own key, are opened in turn: nothing is measured on one text alone. */
const DIFFERENT = 64;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

const random = seeded(20261121);
const letters = (count) => Array.from({ length: count }, () => LETTERS[random.below(LETTERS.length)]).join('');
const digits = (count) => Array.from({ length: count }, () => random.below(10)).join('');
const chinese = (count) => Array.from({ length: count }, () => String.fromCharCode(0x4e00 + random.below(0x5000))).join('');
const watermark = () => ({ timestamp: TIMESTAMP + random.below(86400), appid: APPID });

function sealed(data) {
  const text = JSON.stringify(data);
  const { encryptedData, iv, sessionKey } = seal(text, random.bytes(16), random.bytes(16));
  return { payload: { encryptedData, iv }, sessionKey, bytes: Buffer.byteLength(text) };
}

/** The fields and lengths of WeChat's published sample. */
const userInfo2019 = (nickName) => ({
  openId: letters(28), nickName, gender: 1, language: 'zh_CN', city: 'Guangzhou', province: 'Guangdong', country: 'CN',
  avatarUrl: `http://wx.qlogo.cn/mmopen/vi_32/${letters(91)}/0`, unionId: letters(28), watermark: watermark(),
});

/** What users are called and look like since 2021, unless they are asked. */
const ANONYMOUS = { nickName: '微信用户', gender: 0, language: '', city: '', province: '', country: '', avatarUrl: GREY_AVATAR };

/** By kind: the data of one payload. Their order of fields is WeChat's. */
const KINDS = {
  phone() {
    const number = `138${digits(8)}`;
    return { phoneNumber: number, purePhoneNumber: number, countryCode: '86', watermark: watermark() };
  },
  userInfo2019: () => userInfo2019(letters(4)),
  userInfo2019Chinese: () => userInfo2019(chinese(4)),
  userInfo2024: () => ({ openId: letters(28), ...ANONYMOUS, watermark: watermark() }),
  userProfile2021: () => ({
    ...ANONYMOUS, nickName: chinese(4), language: 'zh_CN', avatarUrl: `https://thirdwx.qlogo.cn/mmopen/vi_32/${letters(91)}/132`,
    watermark: watermark(),
  }),
  userProfile2022: () => ({ ...ANONYMOUS, watermark: watermark(), is_demote: true }),
  // As many days as WeChat sends.
  weRun: () => ({
    stepInfoList: Array.from({ length: 31 }, (_, day) => ({ timestamp: TIMESTAMP - 86400 * day, step: 1000 + random.below(20000) })),
    watermark: watermark(),
  }),
  share: () => ({ openGId: letters(28), watermark: watermark() }),
  group: () => ({ opengid: letters(28), open_single_roomid: '', group_openid: letters(28), chat_type: 3, watermark: watermark() }),
  // WeChat does not send it, or not yet: the package cannot know it.
  unknown() {
    const { openId, unionId, ...rest } = userInfo2019(letters(4));
    return { unionId, ...rest, level: random.below(100), openId };
  },
};

const many = (make, count = DIFFERENT) => Array.from({ length: count }, () => sealed(make()));

/** By kind: payloads, their keys, and how many bytes their text has. */
export const payloads = Object.fromEntries(Object.entries(KINDS).map(([kind, make]) => [kind, many(make)]));

/** The records of one batch. */
export const batch = many(KINDS.userInfo2019, 1000);

/**
 * Payloads whose encryptedData has exactly so many characters. The JSON is one long text and the watermark, so that reading the
 * JSON, which is the host's own work, hides little of the rest.
 */
export function ofLength(characters) {
  const ciphertext = (characters / 4) * 3;
  const stamp = watermark();
  const frame = JSON.stringify({ text: '', watermark: stamp }).length;
  // Up to a mebibyte in all: large payloads are slow enough without many of them.
  const count = Math.max(1, Math.min(DIFFERENT, 1048576 / characters));
  return many(() => ({ text: letters(ciphertext - 1 - frame), watermark: stamp }), count);
}
