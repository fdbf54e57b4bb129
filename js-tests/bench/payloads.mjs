// What the benchmark of decrypt opens: synthetic, sealed by node:crypto, the same in every run.

import { APPID, TIMESTAMP, seal } from '../fixtures.mjs';
import { seeded } from '../support/prng.mjs';

export { APPID };

/** So many payloads, each under its own key, are opened in turn: nothing is measured on one text alone. */
const DIFFERENT = 64;

const WATERMARK = { timestamp: TIMESTAMP, appid: APPID };
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

const random = seeded(20261121);
const letters = (count) => Array.from({ length: count }, () => LETTERS[random.below(LETTERS.length)]).join('');
const digits = (count) => Array.from({ length: count }, () => random.below(10)).join('');

function sealed(data) {
  const text = JSON.stringify(data);
  const { encryptedData, iv, sessionKey } = seal(text, random.bytes(16), random.bytes(16));
  return { payload: { encryptedData, iv }, sessionKey, bytes: Buffer.byteLength(text) };
}

function phone() {
  const number = `138${digits(8)}`;
  return sealed({ phoneNumber: number, purePhoneNumber: number, countryCode: '86', watermark: WATERMARK });
}

/** The fields and lengths of WeChat's published sample. */
const profile = (nickName = letters(4)) => ({
  openId: letters(28), nickName, gender: 1, language: 'zh_CN', city: 'Guangzhou', province: 'Guangdong', country: 'CN',
  avatarUrl: `http://wx.qlogo.cn/mmopen/vi_32/${letters(91)}/0`, unionId: letters(28), watermark: WATERMARK,
});

const userInfo = (nickName) => sealed(profile(nickName));

/** A profile as WeChat does not send it: the package has no shorter way for it. */
function otherwise() {
  const { openId, ...rest } = profile();
  return sealed({ ...rest, openId });
}

const chinese = () => userInfo(Array.from({ length: 4 }, () => String.fromCharCode(0x4e00 + random.below(0x5000))).join(''));

/** Nothing but the watermark, so that what a call costs by itself is seen. */
const short = () => sealed({ watermark: WATERMARK });

/** Steps of 31 days, as many as WeChat sends. */
const weRun = () =>
  sealed({
    stepInfoList: Array.from({ length: 31 }, (_, day) => ({ timestamp: TIMESTAMP - 86400 * day, step: 1000 + random.below(20000) })),
    watermark: WATERMARK,
  });

const many = (make, count = DIFFERENT) => Array.from({ length: count }, make);

/** The works of one call each. */
export const works = {
  phone: many(phone),
  userInfo: many(() => userInfo()),
  chinese: many(chinese),
  otherwise: many(otherwise),
  short: many(short),
  weRun: many(weRun),
};

/** The records of one batch. */
export const batch = many(() => userInfo(), 1000);

/**
 * Payloads whose encryptedData has exactly so many characters. The JSON is one long text and the watermark, so that reading the
 * JSON, which is the host's own work, hides little of the rest.
 */
export function ofLength(characters) {
  const ciphertext = (characters / 4) * 3;
  const frame = JSON.stringify({ text: '', watermark: WATERMARK }).length;
  // Up to a mebibyte in all: large payloads are slow enough without many of them.
  const count = Math.max(1, Math.min(DIFFERENT, 1048576 / characters));
  return many(() => sealed({ text: letters(ciphertext - 1 - frame), watermark: WATERMARK }), count);
}
