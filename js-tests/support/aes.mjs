// The AES-128 key schedule as FIPS 197 gives it, and that of the equivalent inverse cipher: what a scan of memory looks for.

const xtime = (byte) => ((byte << 1) ^ (byte & 0x80 ? 0x1b : 0)) & 0xff;

function multiply(a, b) {
  let product = 0;
  for (; b; b >>= 1, a = xtime(a)) if (b & 1) product ^= a;
  return product;
}

const SBOX = Uint8Array.from({ length: 256 }, (_, byte) => {
  let inverse = 0;
  for (let candidate = 1; byte && candidate < 256; candidate++) if (multiply(byte, candidate) === 1) inverse = candidate;
  const rotate = (bits) => ((inverse << bits) | (inverse >> (8 - bits))) & 0xff;
  return inverse ^ rotate(1) ^ rotate(2) ^ rotate(3) ^ rotate(4) ^ 0x63;
});

/** Eleven round keys. */
export function expandKey(key) {
  const words = [0, 4, 8, 12].map((at) => [...key.subarray(at, at + 4)]);
  let constant = 1;
  for (let i = 4; i < 44; i++) {
    let word = words[i - 1];
    if (i % 4 === 0) {
      word = [word[1], word[2], word[3], word[0]].map((byte) => SBOX[byte]);
      word[0] ^= constant;
      constant = xtime(constant);
    }
    words.push(word.map((byte, j) => byte ^ words[i - 4][j]));
  }
  return Array.from({ length: 11 }, (_, round) => Uint8Array.from(words.slice(4 * round, 4 * round + 4).flat()));
}

/** The round keys of the equivalent inverse cipher: InvMixColumns of all but the first and the last. */
export function expandInverseKey(key) {
  return expandKey(key).map((roundKey, round) => {
    if (round === 0 || round === 10) return roundKey;
    return roundKey.map((_, i) => {
      const column = i & ~3;
      const row = i & 3;
      return [14, 11, 13, 9].reduce((sum, factor, j) => sum ^ multiply(roundKey[column + ((row + j) & 3)], factor), 0);
    });
  });
}
