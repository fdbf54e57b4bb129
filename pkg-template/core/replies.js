// Reads replies, as src/boundary/protocol.rs has them.

import {
  ABSENT,
  AVATAR_IS_DEFAULT,
  AVATAR_NEEDS_UPLOAD,
  AVATAR_PIXELS,
  FRAME_OFFSETS,
  FRAME_PLAINTEXT,
  FRAME_PLAINTEXT_LEN,
  FRAME_REPLY,
  FRAME_REPLY_LEN,
  PHONE_E164,
  PHONE_IS_VALID,
  PHONE_PREFIX,
  PHONE_REGION,
} from './protocol.js';
import { TEMPLATES, VALUES } from './templates.js';

/** @typedef {import('./exchange.js').Exchange} Exchange */
/** @typedef {import('./templates.js').Appid} Appid */

export const readNothing = () => {};

/** @param {Exchange} exchange */
export const readText = (exchange) => exchange.text();

/** @param {Exchange} exchange */
export const readYes = (exchange) => exchange.detail() === 1;

/**
 * A plaintext as JSON.
 * @param {Exchange} exchange
 * @returns {any}
 */
export const readJson = (exchange) =>
  JSON.parse(exchange.codec.read(exchange.word(FRAME_PLAINTEXT), exchange.word(FRAME_PLAINTEXT_LEN)));

/**
 * The object that a plaintext is. Where a template matched, it is built from the offsets.
 * @param {Exchange} exchange
 * @param {Appid} appid
 * @returns {any}
 */
export const readObject = (exchange, appid) =>
  objectAt(
    exchange,
    exchange.word(FRAME_PLAINTEXT),
    exchange.word(FRAME_PLAINTEXT_LEN),
    exchange.word(FRAME_OFFSETS),
    appid,
  );

/**
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} length
 * @param {number} offsets their address, or 0
 * @param {Appid} appid
 */
function objectAt(exchange, address, length, offsets, appid) {
  const { latin1, read } = exchange.codec;
  const template = offsets === 0 || latin1 === undefined ? 0 : exchange.view.getUint32(offsets, true);
  if (template === 0) return JSON.parse(read(address, length));
  return TEMPLATES[template](exchange, address, offsets + 4, appid);
}

/** @param {Exchange} exchange */
export function readDiagnosis(exchange) {
  const [code, reason, repairs, ...notes] = exchange.texts();
  const detail = exchange.detail();
  /** @type {any} */
  const diagnosis = { ok: (detail & 1) === 1 };
  if (code !== null) diagnosis.code = code;
  if (reason !== null) diagnosis.reason = reason;
  if (detail >> 8 > 0) diagnosis.sessionKeyIndex = (detail >> 8) - 1;
  diagnosis.repairs = repairs ? repairs.split(',') : [];
  diagnosis.notes = notes;
  return diagnosis;
}

/** @param {Exchange} exchange */
export function readPhone(exchange) {
  const text = exchange.ascii();
  const detail = exchange.detail();
  const end = (detail >> PHONE_E164) & 0xff;
  const prefix = (detail >> PHONE_PREFIX) & 0xff;
  const region = end + ((detail >> PHONE_REGION) & 0xff);
  return {
    e164: text.slice(0, end),
    countryCode: text.slice(1, prefix),
    nationalNumber: text.slice(prefix, end),
    region: region === end ? null : text.slice(end, region),
    type: text.slice(region),
    isValid: detail >>> PHONE_IS_VALID === 1,
  };
}

/** @param {Exchange} exchange */
export function readAvatar(exchange) {
  const [kind, url, extension, fileName] = exchange.texts();
  const detail = exchange.detail();
  return {
    kind,
    url,
    needsUpload: (detail & AVATAR_NEEDS_UPLOAD) !== 0,
    isDefault: (detail & AVATAR_IS_DEFAULT) !== 0,
    extension,
    fileName,
    size: detail & AVATAR_PIXELS || null,
  };
}

/**
 * What goes back to WeChat, under its own names.
 * @param {Exchange} exchange
 */
export function readPushReply(exchange) {
  const [Encrypt, MsgSignature, timestamp, Nonce] = exchange.texts();
  return { Encrypt, MsgSignature, TimeStamp: Number(timestamp), Nonce };
}

/**
 * The results of a batch: of each record its length, offsets and plaintext, or that it failed; the errors stand elsewhere.
 * @param {Exchange} exchange
 * @param {Appid} appid
 */
export function readBatch(exchange, appid) {
  const results = [];
  let at = exchange.word(FRAME_REPLY);
  const end = at + exchange.word(FRAME_REPLY_LEN);
  let nextError = exchange.detail();
  while (at < end) {
    const length = exchange.view.getUint32(at, true);
    at += 4;
    if (length === ABSENT) {
      const failure = exchange.error(nextError);
      nextError = failure.end;
      results.push(rejected(failure.error));
    } else {
      const offsets = at;
      at += 4 + 8 * VALUES[exchange.view.getUint32(offsets, true)];
      results.push({ status: 'fulfilled', value: objectAt(exchange, at, length, offsets, appid) });
      at += length;
    }
  }
  return results;
}

/** @param {unknown} reason */
export const rejected = (reason) => ({ status: 'rejected', reason });
