// The words of the tables, in the languages of the READMEs.

import { AND_PHONE_LIBRARY, CONVENTIONAL, NODE, OURS, PHONE_LIBRARY } from './names.mjs';

const grouped = (number) => number.toLocaleString('en-US');
const kilobytes = (number) => `${Math.round(number / 1000)} KB`;

export const en = {
  works: {
    decryptPhoneNumber: '`decryptPhoneNumber`',
    decryptUserInfo: '`decryptUserInfo`, getUserProfile since 2022',
    decryptUserInfo2019: '`decryptUserInfo`, getUserInfo of 2019',
    phone: 'phone number',
    userInfo2019: 'getUserInfo of 2019',
    userInfo2019Chinese: 'getUserInfo of 2019, Chinese name',
    userInfo2024: 'getUserInfo as it comes in 2024',
    userProfile2021: 'getUserProfile of 2021',
    userProfile2022: 'getUserProfile since 2022',
    weRun: 'WeRun steps of 31 days',
    share: 'share',
    group: 'group',
    unknown: 'unknown order, one field more',
    decryptMany: '`decryptMany`, 1,000 of getUserInfo of 2019',
    'isValid.mainland': '`parsePhoneNumber(text).isValid`',
  },
  numbers: { mainland: 'mainland mobile as WeChat gives it', e164: 'E.164, every region and type', typed: 'as people type it' },
  contenders: {
    [AND_PHONE_LIBRARY]: `${NODE} and ${PHONE_LIBRARY} max, same result`,
    [PHONE_LIBRARY]: `${PHONE_LIBRARY} max, \`isValid()\` alone`,
  },
  sized: (work, bytes) => `${work}, ${grouped(bytes)} B`,
  call: 'call',
  beside: 'beside',
  payload: 'payload, by `decrypt`',
  decrypt: (work) => `\`decrypt\`, ${work}`,
  range: (from, to) => (from === to ? `${from} ×` : `${from} to ${to} ×`),
  slower: (ratio) => `${ratio}, **slower**`,
  sometimesSlower: (ratio) => `${ratio}, **slower on some**`,
  sameResult: (version) => `${PHONE_LIBRARY} ${version} max, same result`,
  isValidAlone: `${PHONE_LIBRARY} max, \`isValid()\` alone`,
  ratio: 'ratio',
  rounds: ({ rounds, compared, machine, load, runtime }) =>
    `${runtime}: medians of ${rounds} rounds after ${grouped(compared)} results were compared. ${machine}, load ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after.`,
  firstCall: (milliseconds) => `First call of parsePhoneNumber ${milliseconds.toFixed(2)} ms.`,
  conventional: (theirs, ours) =>
    `The conventional build is [benches/conventional](benches/conventional): ${kilobytes(theirs)} gzipped, where the package's module has ${kilobytes(ours)} with all its functions.`,
  memory: ({ bytesAfterFirst, first, bytesAtEnd, calls }) =>
    `WebAssembly memory: ${grouped(bytesAfterFirst)} bytes after ${grouped(first)} calls, ${grouped(bytesAtEnd)} bytes after ${grouped(calls)}.`,
  characters: '`encryptedData`, characters',
  nanoseconds: (name) => `${name}, ns a byte`,
  furtherByte: 'a further byte',
  overtaken: (characters) =>
    characters ? `Of these lengths, ${NODE} is the faster one from ${grouped(characters)} on.` : `${NODE} is not the faster one at the longest of these.`,
  coldStart: ({ runtime, rounds, limit, added, programs }) =>
    `Cold start, ${runtime}, ${rounds} processes each: ${programs[NODE].text}, ${OURS} ${programs[OURS].text}: **${added} ms more**, ${limit} allowed.`,
  quartiles: ({ median, quarter, threeQuarters }) => `${median} ms (${quarter} to ${threeQuarters})`,
  phoneTable: ({ saved, raw, gzipped, of, least, pays }) =>
    `The phone table's share: ${en.quartiles(saved)}, ${kilobytes(raw)} of the module's ${kilobytes(of.raw)} (${kilobytes(gzipped)} of ${kilobytes(of.gzipped)} gzipped). ` +
    `A module without it ${pays ? 'would pay' : 'does not pay'}: it would have to save ${least} ms.`,
};

export const zh = {
  works: {
    decryptPhoneNumber: '`decryptPhoneNumber`',
    decryptUserInfo: '`decryptUserInfo`，2022 年以来的 getUserProfile',
    decryptUserInfo2019: '`decryptUserInfo`，2019 年的 getUserInfo',
    phone: '手机号',
    userInfo2019: '2019 年的 getUserInfo',
    userInfo2019Chinese: '2019 年的 getUserInfo，中文昵称',
    userInfo2024: '2024 年的 getUserInfo',
    userProfile2021: '2021 年的 getUserProfile',
    userProfile2022: '2022 年以来的 getUserProfile',
    weRun: '31 天的微信运动步数',
    share: '转发',
    group: '群',
    unknown: '未知的字段顺序，并多一个字段',
    decryptMany: '`decryptMany`，1,000 份 2019 年的 getUserInfo',
    'isValid.mainland': '`parsePhoneNumber(text).isValid`',
  },
  numbers: { mainland: '微信给出的大陆手机号', e164: 'E.164，各地区各类型', typed: '用户手写的号码' },
  contenders: {
    [AND_PHONE_LIBRARY]: `${NODE} 加 ${PHONE_LIBRARY} max，结果相同`,
    [PHONE_LIBRARY]: `${PHONE_LIBRARY} max，只调用 \`isValid()\``,
    [CONVENTIONAL]: '常规构建',
  },
  sized: (work, bytes) => `${work}，${grouped(bytes)} B`,
  call: '调用',
  beside: '对比',
  payload: '数据，用 `decrypt` 解开',
  decrypt: (work) => `\`decrypt\`，${work}`,
  range: (from, to) => (from === to ? `${from} ×` : `${from} 至 ${to} ×`),
  slower: (ratio) => `${ratio}，**更慢**`,
  sometimesSlower: (ratio) => `${ratio}，**部分更慢**`,
  sameResult: (version) => `${PHONE_LIBRARY} ${version} max，结果相同`,
  isValidAlone: `${PHONE_LIBRARY} max，只调用 \`isValid()\``,
  ratio: '倍数',
  rounds: ({ rounds, compared, machine, load, runtime }) =>
    `${runtime}：先比对 ${grouped(compared)} 个结果，再计时 ${rounds} 轮，取中位数。${machine}，负载：开始 ${load.before.toFixed(1)}，结束 ${load.after.toFixed(1)}。`,
  firstCall: (milliseconds) => `parsePhoneNumber 首次调用 ${milliseconds.toFixed(2)} ms。`,
  conventional: (theirs, ours) =>
    `常规构建见 [benches/conventional](benches/conventional)：gzip 后 ${kilobytes(theirs)}；本包的模块含全部功能，gzip 后 ${kilobytes(ours)}。`,
  memory: ({ bytesAfterFirst, first, bytesAtEnd, calls }) =>
    `WebAssembly 内存：${grouped(first)} 次调用后 ${grouped(bytesAfterFirst)} 字节，${grouped(calls)} 次后 ${grouped(bytesAtEnd)} 字节。`,
  characters: '`encryptedData` 字符数',
  nanoseconds: (name) => `${name}，每字节纳秒`,
  furtherByte: '每多一字节',
  overtaken: (characters) => (characters ? `在这些长度中，从 ${grouped(characters)} 起 ${NODE} 更快。` : `在其中最长处，${NODE} 也不更快。`),
  coldStart: ({ runtime, rounds, limit, added, programs }) =>
    `冷启动，${runtime}，各 ${rounds} 个进程：${programs[NODE].text}，${OURS} ${programs[OURS].text}：**多 ${added} ms**，上限 ${limit} ms。`,
  quartiles: ({ median, quarter, threeQuarters }) => `${median} ms（${quarter} 至 ${threeQuarters}）`,
  phoneTable: ({ saved, raw, gzipped, of, least, pays }) =>
    `其中手机号段表占 ${zh.quartiles(saved)}；模块 ${kilobytes(of.raw)}，它占 ${kilobytes(raw)}（gzip 后为 ${kilobytes(of.gzipped)} 与 ${kilobytes(gzipped)}）。` +
    `另做一个不含它的模块${pays ? '值得' : '不值得'}：至少要省 ${least} ms。`,
};
