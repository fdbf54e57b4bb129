// Random bytes, from the host's generator for cryptography and from nowhere else.

/** @type {(bytes: Uint8Array<ArrayBuffer>) => unknown} */
let fill = (bytes) => crypto.getRandomValues(bytes);

/**
 * For loaders whose host has another generator than the one of the Web Cryptography API, which is taken otherwise.
 * @param {(bytes: Uint8Array<ArrayBuffer>) => unknown} fillBytes
 */
export function provideRandom(fillBytes) {
  fill = fillBytes;
}

/**
 * So many random bytes, or undefined where the host has no generator: then the caller is asked for them.
 * @param {number} length at most 65,536, which is as many as `getRandomValues` gives
 */
export function random(length) {
  const bytes = new Uint8Array(length);
  try {
    fill(bytes);
  } catch (_) {
    return undefined;
  }
  return bytes;
}
