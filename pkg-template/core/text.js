// Text in and out of memory, by the means that a host has.

/** @typedef {import('./exchange.js').TextCodec} TextCodec */

/** Characters up to which going into the host's own code takes longer than going through them. */
const SHORT = 32;

/**
 * Node's Buffer: nothing is copied twice.
 * @param {ArrayBufferLike} memory
 * @returns {TextCodec}
 */
export function bufferCodec(memory) {
  /** @type {any} */
  const buffer = Buffer.from(memory);
  // What `write` and `toString` come to, without their look at the encoding's name; not documented, so not taken for granted.
  const direct = typeof buffer.utf8Write === 'function' && typeof buffer.utf8Slice === 'function';
  // With its length: what is left of a memory of over 2 GB is more than Node counts.
  /** @type {(text: string, at: number) => number} */
  const writeAny = direct
    ? (text, at) => buffer.utf8Write(text, at, 3 * text.length)
    : (text, at) => buffer.write(text, at, 3 * text.length, 'utf8');
  return {
    write(text, at) {
      if (text.length > SHORT) return writeAny(text, at);
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) return writeAny(text, at);
        buffer[at + i] = code;
      }
      return text.length;
    },
    read: direct
      ? (at, length) => buffer.utf8Slice(at, at + length)
      : (at, length) => buffer.toString('utf8', at, at + length),
    latin1:
      direct && typeof buffer.latin1Slice === 'function' ? (at, length) => buffer.latin1Slice(at, at + length) : undefined,
    attached: () => buffer.length !== 0,
  };
}

/**
 * TextEncoder and TextDecoder, as browsers, Deno and workers have them.
 * @param {ArrayBufferLike} memory
 * @returns {TextCodec}
 */
export function encoderCodec(memory) {
  const bytes = new Uint8Array(memory);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    write: (text, at) => encoder.encodeInto(text, bytes.subarray(at)).written,
    read: (at, length) => decoder.decode(bytes.subarray(at, at + length)),
    attached: () => bytes.length !== 0,
  };
}

/** The better of the two that a host has. */
export const hostCodec = typeof Buffer === 'function' ? bufferCodec : encoderCodec;

/** @param {string} base64 */
export function bytesOfBase64(base64) {
  if (typeof Buffer === 'function') return Buffer.from(base64, 'base64');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** String.fromCharCode takes its characters as arguments, of which there may not be too many. */
const PIECE = 4096;

/**
 * UTF-8 by hand, for the mini-program, which has neither. What the module hands out is valid UTF-8.
 * @param {ArrayBufferLike} memory
 * @returns {TextCodec}
 */
export function plainCodec(memory) {
  const bytes = new Uint8Array(memory);
  return {
    write(text, at) {
      let end = at;
      for (let i = 0; i < text.length; i++) {
        let code = text.charCodeAt(i);
        if (code < 0x80) {
          bytes[end++] = code;
          continue;
        }
        if (code >= 0xd800 && code < 0xe000) {
          // Half of a pair by itself becomes U+FFFD, as everywhere.
          const low = code < 0xdc00 ? text.charCodeAt(i + 1) : 0;
          if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            i++;
          } else {
            code = 0xfffd;
          }
        }
        if (code < 0x800) {
          bytes[end++] = 0xc0 | (code >> 6);
        } else {
          if (code < 0x10000) {
            bytes[end++] = 0xe0 | (code >> 12);
          } else {
            bytes[end++] = 0xf0 | (code >> 18);
            bytes[end++] = 0x80 | ((code >> 12) & 0x3f);
          }
          bytes[end++] = 0x80 | ((code >> 6) & 0x3f);
        }
        bytes[end++] = 0x80 | (code & 0x3f);
      }
      return end - at;
    },
    read(at, length) {
      const end = at + length;
      let text = '';
      let units = [];
      for (let i = at; i < end; ) {
        const lead = bytes[i++];
        if (lead < 0x80) {
          units.push(lead);
        } else if (lead < 0xe0) {
          units.push(((lead & 0x1f) << 6) | (bytes[i++] & 0x3f));
        } else if (lead < 0xf0) {
          units.push(((lead & 0x0f) << 12) | ((bytes[i++] & 0x3f) << 6) | (bytes[i++] & 0x3f));
        } else {
          const code =
            (((lead & 0x07) << 18) | ((bytes[i++] & 0x3f) << 12) | ((bytes[i++] & 0x3f) << 6) | (bytes[i++] & 0x3f)) - 0x10000;
          units.push(0xd800 | (code >> 10), 0xdc00 | (code & 0x3ff));
        }
        if (units.length >= PIECE) {
          text += String.fromCharCode.apply(null, units);
          units = [];
        }
      }
      return text + String.fromCharCode.apply(null, units);
    },
    // The memory of wasm2js leaves its old buffer as it was.
    attached: () => false,
  };
}
