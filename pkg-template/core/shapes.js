// Objects of the shapes that WeChat really sends, made from where their values lie: src/shape.rs.

/** @typedef {import('./exchange.js').Exchange} Exchange */

/** @typedef {(at: number, length: number) => string} Read */

/** The highest bit of a length: the text is not all ASCII. */
const NOT_ASCII = 0x80000000;

/** V8 keeps a longer part of a text as a window on the whole of it, which it would keep alive. */
const COPIED = 12;

/** Bytes that a value takes in the layout. */
const VALUE = 8;

/**
 * Texts that stand near one another, read at once, a character for each byte: a host needs longest for going into its own code.
 * @param {Exchange} exchange
 * @param {number} address of the text in memory
 * @param {number} first where the first one's place and length are written
 * @param {number} last
 */
function textsBetween({ codec, view }, address, first, last) {
  const start = view.getUint32(first, true);
  const end = view.getUint32(last, true) + (view.getUint32(last + 4, true) & ~NOT_ASCII);
  return /** @type {Read} */ (codec.latin1)(address + start, end - start);
}

/**
 * One of them, if it is short, or else by itself.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {string} texts
 * @param {number} first
 * @param {number} at where its own place and length are written
 */
function textAmong(exchange, address, texts, first, at) {
  const { view } = exchange;
  const length = view.getUint32(at + 4, true);
  if (length > COPIED) return textAt(exchange, address, at);
  const start = view.getUint32(at, true) - view.getUint32(first, true);
  return texts.slice(start, start + length);
}

/** @param {Exchange} exchange @param {number} address @param {number} at */
function textAt({ codec, view }, address, at) {
  const start = view.getUint32(at, true);
  const length = view.getUint32(at + 4, true);
  if (length < NOT_ASCII) return /** @type {Read} */ (codec.latin1)(address + start, length);
  return codec.read(address + start, length - NOT_ASCII);
}

/** @param {Exchange} exchange @param {number} at */
const isAscii = ({ view }, at) => view.getUint32(at + 4, true) < NOT_ASCII;

/** @typedef {string | undefined} Appid the one that the policy names, if it names one: then it is the data's, too */

/** @param {Exchange} exchange @param {number} address @param {number} at @param {Appid} appid */
const watermarkAt = (exchange, address, at, appid) => ({
  timestamp: exchange.view.getUint32(at, true),
  appid: appid === undefined || !isAscii(exchange, at + VALUE) ? textAt(exchange, address, at + VALUE) : appid,
});

/** What stands before a step's time, before its number, and after it to the next. */
const BEFORE_TIME = '{"timestamp":'.length;
const BEFORE_STEP = ',"step":'.length;
const AFTER_STEP = '},'.length;
const ZERO = 48;

/**
 * @param {string} text the entries of the list, which src/shape.rs has looked at byte by byte
 */
function stepsOf(text) {
  let at = 0;
  /** @param {number} before */
  const number = (before) => {
    let value = 0;
    at += before;
    for (let digit; (digit = text.charCodeAt(at) - ZERO) >= 0 && digit < 10; at++) value = 10 * value + digit;
    return value;
  };
  const steps = [];
  for (; at < text.length; at += AFTER_STEP) steps.push({ timestamp: number(BEFORE_TIME), step: number(BEFORE_STEP) });
  return steps;
}

/** @type {((exchange: Exchange, address: number, at: number, appid: Appid) => any)[]} */
const SHAPES = [
  () => undefined,
  (exchange, address, at, appid) => {
    const texts = textsBetween(exchange, address, at, at + 2 * VALUE);
    return {
      phoneNumber: textAmong(exchange, address, texts, at, at),
      purePhoneNumber: textAmong(exchange, address, texts, at, at + VALUE),
      countryCode: textAmong(exchange, address, texts, at, at + 2 * VALUE),
      watermark: watermarkAt(exchange, address, at + 3 * VALUE, appid),
    };
  },
  (exchange, address, at, appid) => {
    const first = at + VALUE;
    const texts = textsBetween(exchange, address, first, at + 6 * VALUE);
    return {
      openId: textAt(exchange, address, at),
      nickName: textAmong(exchange, address, texts, first, first),
      gender: exchange.view.getUint32(at + 2 * VALUE, true),
      language: textAmong(exchange, address, texts, first, at + 3 * VALUE),
      city: textAmong(exchange, address, texts, first, at + 4 * VALUE),
      province: textAmong(exchange, address, texts, first, at + 5 * VALUE),
      country: textAmong(exchange, address, texts, first, at + 6 * VALUE),
      avatarUrl: textAt(exchange, address, at + 7 * VALUE),
      watermark: watermarkAt(exchange, address, at + 8 * VALUE, appid),
    };
  },
  (exchange, address, at, appid) => {
    const first = at + VALUE;
    const texts = textsBetween(exchange, address, first, at + 6 * VALUE);
    return {
      openId: textAt(exchange, address, at),
      nickName: textAmong(exchange, address, texts, first, first),
      gender: exchange.view.getUint32(at + 2 * VALUE, true),
      language: textAmong(exchange, address, texts, first, at + 3 * VALUE),
      city: textAmong(exchange, address, texts, first, at + 4 * VALUE),
      province: textAmong(exchange, address, texts, first, at + 5 * VALUE),
      country: textAmong(exchange, address, texts, first, at + 6 * VALUE),
      avatarUrl: textAt(exchange, address, at + 7 * VALUE),
      unionId: textAt(exchange, address, at + 8 * VALUE),
      watermark: watermarkAt(exchange, address, at + 9 * VALUE, appid),
    };
  },
  (exchange, address, at, appid) => ({
    stepInfoList: stepsOf(textAt(exchange, address, at)),
    watermark: watermarkAt(exchange, address, at + VALUE, appid),
  }),
];

/** Values of each shape. */
export const VALUES = [0, 5, 10, 11, 3];

/**
 * What was decrypted.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} length
 * @param {number} layout its address, or 0
 * @param {unknown} appid the policy's
 */
export function readOpenData(exchange, address, length, layout, appid) {
  const { latin1, read } = exchange.codec;
  const shape = layout === 0 || latin1 === undefined ? 0 : exchange.view.getUint32(layout, true);
  if (shape === 0) return JSON.parse(read(address, length));
  return SHAPES[shape](exchange, address, layout + 4, typeof appid === 'string' ? appid : undefined);
}
