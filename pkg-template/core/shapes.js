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
 * @param {Exchange} exchange
 * @param {number} address of the text in memory
 * @param {string} text a character for each of its bytes
 * @param {number} at where the value's place and length are written
 */
function textAt({ codec, view }, address, text, at) {
  const start = view.getUint32(at, true);
  const length = view.getUint32(at + 4, true);
  if (length <= COPIED) return text.slice(start, start + length);
  if (length < NOT_ASCII) return /** @type {Read} */ (codec.latin1)(address + start, length);
  return codec.read(address + start, length - NOT_ASCII);
}

/** @param {Exchange} exchange @param {number} at */
const isAscii = ({ view }, at) => view.getUint32(at + 4, true) < NOT_ASCII;

/** @typedef {string | undefined} Appid the one that the policy names, if it names one: then it is the data's, too */

/** @param {Exchange} exchange @param {number} address @param {string} text @param {number} at @param {Appid} appid */
const watermarkAt = (exchange, address, text, at, appid) => ({
  timestamp: exchange.view.getUint32(at, true),
  appid: appid === undefined || !isAscii(exchange, at + VALUE) ? textAt(exchange, address, text, at + VALUE) : appid,
});

/** @type {((exchange: Exchange, address: number, text: string, at: number, appid: Appid) => any)[]} */
const SHAPES = [
  () => undefined,
  (exchange, address, text, at, appid) => ({
    phoneNumber: textAt(exchange, address, text, at),
    purePhoneNumber: textAt(exchange, address, text, at + VALUE),
    countryCode: textAt(exchange, address, text, at + 2 * VALUE),
    watermark: watermarkAt(exchange, address, text, at + 3 * VALUE, appid),
  }),
  (exchange, address, text, at, appid) => ({
    openId: textAt(exchange, address, text, at),
    nickName: textAt(exchange, address, text, at + VALUE),
    gender: exchange.view.getUint32(at + 2 * VALUE, true),
    language: textAt(exchange, address, text, at + 3 * VALUE),
    city: textAt(exchange, address, text, at + 4 * VALUE),
    province: textAt(exchange, address, text, at + 5 * VALUE),
    country: textAt(exchange, address, text, at + 6 * VALUE),
    avatarUrl: textAt(exchange, address, text, at + 7 * VALUE),
    watermark: watermarkAt(exchange, address, text, at + 8 * VALUE, appid),
  }),
  (exchange, address, text, at, appid) => ({
    openId: textAt(exchange, address, text, at),
    nickName: textAt(exchange, address, text, at + VALUE),
    gender: exchange.view.getUint32(at + 2 * VALUE, true),
    language: textAt(exchange, address, text, at + 3 * VALUE),
    city: textAt(exchange, address, text, at + 4 * VALUE),
    province: textAt(exchange, address, text, at + 5 * VALUE),
    country: textAt(exchange, address, text, at + 6 * VALUE),
    avatarUrl: textAt(exchange, address, text, at + 7 * VALUE),
    unionId: textAt(exchange, address, text, at + 8 * VALUE),
    watermark: watermarkAt(exchange, address, text, at + 9 * VALUE, appid),
  }),
];

/** Values of each shape. */
export const VALUES = [0, 5, 10, 11];

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
  const text = /** @type {Read} */ (latin1)(address, length);
  return SHAPES[shape](exchange, address, text, layout + 4, typeof appid === 'string' ? appid : undefined);
}
