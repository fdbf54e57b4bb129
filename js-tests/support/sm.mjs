// SM3, SM4, SM2 and GCM once more, plainly and slowly, after the standards: the oracle for what not every OpenSSL has.

const rotate = (x, n) => ((x << n) | (x >>> (32 - n))) >>> 0;
const words = (bytes) => Array.from({ length: bytes.length / 4 }, (_, i) => Buffer.from(bytes).readUInt32BE(4 * i));
const bytesOf = (numbers) => {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, i) => bytes.writeUInt32BE(number >>> 0, 4 * i));
  return bytes;
};

/** GB/T 32905 */
export function sm3(message) {
  const p0 = (x) => (x ^ rotate(x, 9) ^ rotate(x, 17)) >>> 0;
  const p1 = (x) => (x ^ rotate(x, 15) ^ rotate(x, 23)) >>> 0;
  const length = message.length;
  const padded = Buffer.alloc(Math.ceil((length + 9) / 64) * 64);
  padded.set(message);
  padded[length] = 0x80;
  padded.writeBigUInt64BE(BigInt(length) * 8n, padded.length - 8);
  let v = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
  for (let at = 0; at < padded.length; at += 64) {
    const w = words(padded.subarray(at, at + 64));
    for (let j = 16; j < 68; j++) w[j] = (p1(w[j - 16] ^ w[j - 9] ^ rotate(w[j - 3], 15)) ^ rotate(w[j - 13], 7) ^ w[j - 6]) >>> 0;
    let [a, b, c, d, e, f, g, h] = v;
    for (let j = 0; j < 64; j++) {
      const ss1 = rotate((rotate(a, 12) + e + rotate(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32)) >>> 0, 7);
      const ss2 = (ss1 ^ rotate(a, 12)) >>> 0;
      const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) >>> 0;
      const tt2 = (gg + h + ss1 + w[j]) >>> 0;
      [a, b, c, d, e, f, g, h] = [tt1, a, rotate(b, 9), c, p0(tt2), e, rotate(f, 19), g];
    }
    v = [a, b, c, d, e, f, g, h].map((x, i) => (x ^ v[i]) >>> 0);
  }
  return bytesOf(v);
}

/** GB/T 32907: the S-box is an affine map, inversion in GF(2^8) and the same map again. */
const SBOX = (() => {
  const multiply = (a, b) => {
    let product = 0;
    for (; b > 0; b >>= 1) {
      if (b & 1) product ^= a;
      a = (a << 1) ^ (a & 0x80 ? 0x1f5 : 0);
    }
    return product;
  };
  const inverse = [0];
  for (let a = 1; a < 256; a++) for (let b = 1; b < 256; b++) if (multiply(a, b) === 1) inverse[a] = b;
  // Each row of the matrix is the one above, turned by a bit; the first is 0xa7 read from the least bit on.
  const affine = (x) => {
    let y = 0;
    for (let bit = 0; bit < 8; bit++) {
      const row = ((0xa7 << bit) | (0xa7 >> (8 - bit))) & 0xff;
      let parity = row & x;
      for (const shift of [4, 2, 1]) parity ^= parity >> shift;
      y |= (parity & 1) << bit;
    }
    return y ^ 0xd3;
  };
  return Array.from({ length: 256 }, (_, x) => affine(inverse[affine(x)]));
})();

/** @returns {(block: Uint8Array) => Buffer} */
export function sm4(key) {
  const tau = (x) => bytesOf([x]).map((byte) => SBOX[byte]).readUInt32BE(0);
  const k = words(key).map((word, i) => (word ^ [0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc][i]) >>> 0);
  for (let i = 0; i < 32; i++) {
    const ck = bytesOf([0]).map((_, j) => (7 * (4 * i + j)) & 0xff).readUInt32BE(0);
    const b = tau((k[i + 1] ^ k[i + 2] ^ k[i + 3] ^ ck) >>> 0);
    k.push((k[i] ^ b ^ rotate(b, 13) ^ rotate(b, 23)) >>> 0);
  }
  return (block) => {
    const x = words(block);
    for (let i = 0; i < 32; i++) {
      const b = tau((x[i + 1] ^ x[i + 2] ^ x[i + 3] ^ k[i + 4]) >>> 0);
      x.push((x[i] ^ b ^ rotate(b, 2) ^ rotate(b, 10) ^ rotate(b, 18) ^ rotate(b, 24)) >>> 0);
    }
    return bytesOf(x.slice(-4).reverse());
  };
}

/** NIST SP 800-38D with 12 bytes of iv. Returns what is encrypted (or decrypted: the same) and the tag over the ciphertext. */
export function gcm(encryptBlock, iv, associated, input, decrypts = false) {
  const big = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const h = big(encryptBlock(Buffer.alloc(16)));
  const multiply = (x) => {
    let z = 0n;
    let v = h;
    for (let bit = 127n; bit >= 0n; bit--) {
      if ((x >> bit) & 1n) z ^= v;
      v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
    }
    return z;
  };
  const pad = (bytes) => Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]);
  const counter = (number) => Buffer.concat([iv, bytesOf([number])]);
  const output = Buffer.from(input);
  for (let i = 0; 16 * i < output.length; i++) {
    const stream = encryptBlock(counter(i + 2));
    for (let j = 0; j < 16 && 16 * i + j < output.length; j++) output[16 * i + j] ^= stream[j];
  }
  const lengths = Buffer.alloc(16);
  lengths.writeBigUInt64BE(BigInt(associated.length) * 8n, 0);
  lengths.writeBigUInt64BE(BigInt(output.length) * 8n, 8);
  const hashed = Buffer.concat([pad(Buffer.from(associated)), pad(decrypts ? Buffer.from(input) : output), lengths]);
  let y = 0n;
  for (let at = 0; at < hashed.length; at += 16) y = multiply(y ^ big(hashed.subarray(at, at + 16)));
  const tag = y ^ big(encryptBlock(counter(1)));
  return { output, tag: Buffer.from(tag.toString(16).padStart(32, '0'), 'hex') };
}

/** GB/T 32918.5: the curve. */
const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const G = [
  0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
];

const mod = (x, m) => ((x % m) + m) % m;
function invert(x, m) {
  let [a, b, u, v] = [mod(x, m), m, 1n, 0n];
  while (a > 0n) [a, b, u, v] = [b % a, a, v - (b / a) * u, u];
  return mod(v, m);
}
/** Points are [x, y], or null at infinity; in between, [x, y, z] stands for [x/z², y/z³] (GB/T 32918.1, appendix A.1.2.3.3). */
function double([x, y, z]) {
  const yy = mod(y * y, P);
  const s = mod(4n * x * yy, P);
  const zz = mod(z * z, P);
  const m = mod(3n * (x - zz) * (x + zz), P);
  const x3 = mod(m * m - 2n * s, P);
  return [x3, mod(m * (s - x3) - 8n * yy * yy, P), mod(2n * y * z, P)];
}
function addAffine(p, q) {
  if (p === null) return [...q, 1n];
  const [x, y, z] = p;
  const zz = mod(z * z, P);
  const h = mod(q[0] * zz - x, P);
  const r = mod(q[1] * zz * z - y, P);
  if (h === 0n) return r === 0n ? double(p) : null;
  const hh = mod(h * h, P);
  const v = mod(x * hh, P);
  const x3 = mod(r * r - h * hh - 2n * v, P);
  return [x3, mod(r * (v - x3) - y * h * hh, P), mod(z * h, P)];
}
function affine(p) {
  if (p === null) return null;
  const inverse = invert(p[2], P);
  return [mod(p[0] * inverse * inverse, P), mod(p[1] * inverse * inverse * inverse, P)];
}
const add = (p, q) => (p === null ? q : q === null ? p : affine(addAffine([...p, 1n], q)));
function times(k, p) {
  let sum = null;
  for (const bit of k.toString(2)) {
    if (sum !== null) sum = double(sum);
    if (bit === '1') sum = addAffine(sum, p);
  }
  return affine(sum);
}

const bytes32 = (x) => Buffer.from(x.toString(16).padStart(64, '0'), 'hex');
const number = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** GB/T 32918.2, 5.5 and 6.1: e = SM3(Z || M) */
function digest(identifier, publicKey, message) {
  const id = Buffer.from(identifier);
  const z = sm3(Buffer.concat([Buffer.from([(id.length * 8) >> 8, (id.length * 8) & 0xff]), id, ...[A, B, ...G, ...publicKey].map(bytes32)]));
  return number(sm3(Buffer.concat([z, Buffer.from(message)])));
}

const der = (x) => {
  let bytes = bytes32(x);
  while (bytes.length > 1 && bytes[0] === 0 && bytes[1] < 0x80) bytes = bytes.subarray(1);
  if (bytes[0] >= 0x80) bytes = Buffer.concat([Buffer.from([0]), bytes]);
  return Buffer.concat([Buffer.from([2, bytes.length]), bytes]);
};
export const sm2Signature = (r, s) => {
  const both = Buffer.concat([der(r), der(s)]);
  return Buffer.concat([Buffer.from([0x30, both.length]), both]);
};
export function sm2Numbers(signature) {
  const lengthOfR = signature[3];
  return [number(signature.subarray(4, 4 + lengthOfR)), number(signature.subarray(6 + lengthOfR))];
}

export const sm2PublicKey = (d) => times(d, G);

export function sm2Sign(d, identifier, message, k) {
  const e = digest(identifier, sm2PublicKey(d), message);
  const r = mod(e + times(k, G)[0], N);
  return sm2Signature(r, mod(invert(1n + d, N) * (k - r * d), N));
}

export function sm2Verifies(publicKey, identifier, message, signature) {
  const [r, s] = sm2Numbers(signature);
  if (r < 1n || r >= N || s < 1n || s >= N) return false;
  const t = mod(r + s, N);
  const point = add(times(s, G), times(t, publicKey));
  return t !== 0n && point !== null && mod(digest(identifier, publicKey, message) + point[0], N) === r;
}

const pem = (label, bytes) => `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`;
const ALGORITHM = '301306072a8648ce3d020106082a811ccf5501822d';
/** As WeChat's sample has them: PKCS#8 without the public key, and SubjectPublicKeyInfo. */
export const sm2PrivatePem = (d) => pem('PRIVATE KEY', Buffer.concat([Buffer.from(`3041020100${ALGORITHM}042730250201010420`, 'hex'), bytes32(d)]));
export const sm2PublicPem = (p) => pem('PUBLIC KEY', Buffer.concat([Buffer.from(`3059${ALGORITHM}03420004`, 'hex'), ...p.map(bytes32)]));
