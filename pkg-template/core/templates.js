// Written by `cargo xtask protocol` from src/templates.rs: the objects of plaintexts that a template matched.

import { numberAt, stepsAt, textAmong, textAt, textsBetween, watermarkAt } from './offsets.js';

/** @typedef {import('./exchange.js').Exchange} Exchange */
/** @typedef {import('./offsets.js').Appid} Appid */

/** How many values each template has, its watermark's two included. */
export const VALUES = [0, 5, 10, 11, 9, 9, 3, 3, 3, 6];

/** @type {((exchange: Exchange, address: number, at: number, appid: Appid) => any)[]} */
export const TEMPLATES = [
  () => undefined,
  // Phone
  (exchange, address, at, appid) => {
    const texts = textsBetween(exchange, address, at, at + 16);
    return {
      phoneNumber: textAmong(exchange, address, texts, at, at),
      purePhoneNumber: textAmong(exchange, address, texts, at, at + 8),
      countryCode: textAmong(exchange, address, texts, at, at + 16),
      watermark: watermarkAt(exchange, address, at + 24, appid),
    };
  },
  // UserInfo
  (exchange, address, at, appid) => {
    const texts = textsBetween(exchange, address, at + 8, at + 48);
    return {
      openId: textAt(exchange, address, at),
      nickName: textAmong(exchange, address, texts, at + 8, at + 8),
      gender: numberAt(exchange, at + 16),
      language: textAmong(exchange, address, texts, at + 8, at + 24),
      city: textAmong(exchange, address, texts, at + 8, at + 32),
      province: textAmong(exchange, address, texts, at + 8, at + 40),
      country: textAmong(exchange, address, texts, at + 8, at + 48),
      avatarUrl: textAt(exchange, address, at + 56),
      watermark: watermarkAt(exchange, address, at + 64, appid),
    };
  },
  // UserInfoWithUnionId
  (exchange, address, at, appid) => {
    const texts = textsBetween(exchange, address, at + 8, at + 48);
    return {
      openId: textAt(exchange, address, at),
      nickName: textAmong(exchange, address, texts, at + 8, at + 8),
      gender: numberAt(exchange, at + 16),
      language: textAmong(exchange, address, texts, at + 8, at + 24),
      city: textAmong(exchange, address, texts, at + 8, at + 32),
      province: textAmong(exchange, address, texts, at + 8, at + 40),
      country: textAmong(exchange, address, texts, at + 8, at + 48),
      avatarUrl: textAt(exchange, address, at + 56),
      unionId: textAt(exchange, address, at + 64),
      watermark: watermarkAt(exchange, address, at + 72, appid),
    };
  },
  // UserProfile
  (exchange, address, at, appid) => {
    const texts = textsBetween(exchange, address, at, at + 40);
    return {
      nickName: textAmong(exchange, address, texts, at, at),
      gender: numberAt(exchange, at + 8),
      language: textAmong(exchange, address, texts, at, at + 16),
      city: textAmong(exchange, address, texts, at, at + 24),
      province: textAmong(exchange, address, texts, at, at + 32),
      country: textAmong(exchange, address, texts, at, at + 40),
      avatarUrl: textAt(exchange, address, at + 48),
      watermark: watermarkAt(exchange, address, at + 56, appid),
    };
  },
  // UserProfileDemoted
  (exchange, address, at, appid) => {
    const texts = textsBetween(exchange, address, at, at + 40);
    return {
      nickName: textAmong(exchange, address, texts, at, at),
      gender: numberAt(exchange, at + 8),
      language: textAmong(exchange, address, texts, at, at + 16),
      city: textAmong(exchange, address, texts, at, at + 24),
      province: textAmong(exchange, address, texts, at, at + 32),
      country: textAmong(exchange, address, texts, at, at + 40),
      avatarUrl: textAt(exchange, address, at + 48),
      watermark: watermarkAt(exchange, address, at + 56, appid),
      is_demote: true,
    };
  },
  // WeRun
  (exchange, address, at, appid) => {
    return {
      stepInfoList: stepsAt(exchange, address, at),
      watermark: watermarkAt(exchange, address, at + 8, appid),
    };
  },
  // Share
  (exchange, address, at, appid) => {
    return {
      openGId: textAt(exchange, address, at),
      watermark: watermarkAt(exchange, address, at + 8, appid),
    };
  },
  // Group
  (exchange, address, at, appid) => {
    return {
      opengid: textAt(exchange, address, at),
      watermark: watermarkAt(exchange, address, at + 8, appid),
    };
  },
  // ChatTool
  (exchange, address, at, appid) => {
    return {
      opengid: textAt(exchange, address, at),
      open_single_roomid: textAt(exchange, address, at + 8),
      group_openid: textAt(exchange, address, at + 16),
      chat_type: numberAt(exchange, at + 24),
      watermark: watermarkAt(exchange, address, at + 32, appid),
    };
  },
];
