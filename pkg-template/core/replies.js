// Reading replies, as src/boundary/ writes them.

import { NONE } from './exchange.js';
import { VALUES, readOpenData } from './shapes.js';

/** @typedef {import('./exchange.js').Exchange} Exchange */

export const readNothing = () => {};

/** @param {Exchange} exchange @param {number} address @param {number} length */
export const readText = (exchange, address, length) => exchange.codec.read(address, length);

/** @param {Exchange} _ @param {number} __ @param {number} ___ @param {number} facts */
export const readYes = (_, __, ___, facts) => facts === 1;

/** @param {Exchange} exchange @param {number} address @param {number} length */
export const readJson = (exchange, address, length) => JSON.parse(exchange.codec.read(address, length));

/**
 * A payload, of which there is its layout and the policy's appid: server.js has it at this place.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} length
 * @param {number} layout
 * @param {import('./values.js').Settled[]} values
 */
export const readPayload = (exchange, address, length, layout, values) =>
  readOpenData(exchange, address, length, layout, values[6]);

/**
 * A diagnosis: src/boundary/calls.rs.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} _
 * @param {number} facts
 */
export function readDiagnosis(exchange, address, _, facts) {
  const [code, reason, repairs, ...notes] = exchange.parts(address).texts;
  /** @type {any} */
  const diagnosis = { ok: (facts & 1) === 1 };
  if (code !== null) diagnosis.code = code;
  if (reason !== null) diagnosis.reason = reason;
  if (facts >> 8 > 0) diagnosis.sessionKeyIndex = (facts >> 8) - 1;
  diagnosis.repairs = repairs ? repairs.split(',') : [];
  diagnosis.notes = notes;
  return diagnosis;
}

/**
 * A phone number: src/boundary/phone.rs.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} length
 * @param {number} facts
 */
export function readPhone(exchange, address, length, facts) {
  const text = exchange.codec.read(address, length);
  const end = facts & 0xff;
  const prefix = (facts >> 8) & 0xff;
  const region = end + ((facts >> 16) & 0xff);
  return {
    e164: text.slice(0, end),
    countryCode: text.slice(1, prefix),
    nationalNumber: text.slice(prefix, end),
    region: region === end ? null : text.slice(end, region),
    type: text.slice(region),
    isValid: facts >>> 24 === 1,
  };
}

/**
 * An avatar: src/boundary/avatar.rs.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} _
 * @param {number} facts
 */
export function readAvatar(exchange, address, _, facts) {
  const [kind, url, extension, fileName] = exchange.parts(address).texts;
  return {
    kind,
    url,
    needsUpload: (facts & 0x10000) !== 0,
    isDefault: (facts & 0x20000) !== 0,
    extension,
    fileName,
    size: facts & 0xffff || null,
  };
}

/**
 * What a profile has beside WeChat's fields: src/boundary/avatar.rs.
 * @param {Exchange} exchange
 * @param {number} address
 * @param {number} length
 * @param {number} facts
 */
export function readProfile(exchange, address, length, facts) {
  return { avatar: readAvatar(exchange, address, length, facts), isAnonymous: (facts & 0x40000) !== 0 };
}

/**
 * What goes back to WeChat, under its own names: src/boundary/push.rs.
 * @param {Exchange} exchange
 * @param {number} address
 */
export function readPushReply(exchange, address) {
  const [Encrypt, MsgSignature, timestamp, Nonce] = exchange.parts(address).texts;
  return { Encrypt, MsgSignature, TimeStamp: Number(timestamp), Nonce };
}

/**
 * The results of a batch: a sequence of lengths, layouts and texts, and elsewhere the errors of those that have none.
 * @param {any[]} results to which they are added
 * @param {unknown} appid the policy's
 * @returns {(exchange: Exchange, address: number, length: number, errors: number) => void}
 */
export const readBatchTo = (results, appid) => (exchange, address, length, errors) => {
  const end = address + length;
  let nextError = errors;
  for (let at = address; at < end; ) {
    const size = exchange.view.getUint32(at, true);
    at += 4;
    if (size === NONE) {
      const failure = exchange.error(nextError);
      nextError = failure.end;
      results.push({ status: 'rejected', reason: failure.error });
    } else {
      const layout = at;
      at += 4 + 8 * VALUES[exchange.view.getUint32(layout, true)];
      results.push({ status: 'fulfilled', value: readOpenData(exchange, at, size, layout, appid) });
      at += size;
    }
  }
};
