// What decrypt must do, said a second time and in other words: node:crypto, JSON.parse, regular expressions. Nothing here is
// fast, and nothing is taken from the package.

import { createDecipheriv } from 'node:crypto';

const FIELD_CODES = { sessionKey: 'ILLEGAL_SESSION_KEY', iv: 'ILLEGAL_IV', encryptedData: 'ILLEGAL_BASE64' };
const CANONICAL = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const rightLength = (field, length) => (field === 'encryptedData' ? length > 0 && length % 16 === 0 : length === 16);

/** Canonical base64 to bytes, or undefined. */
function decodeCanonical(text) {
  if (!CANONICAL.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  // Bits that no encoder writes do not come back.
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The canonical text that a damaged one stands for, or undefined. */
function repaired(field, text) {
  for (let layer = 0; text.includes('%'); layer++) {
    if (layer === 3 || /%(?![0-9a-f]{2})/i.test(text)) return undefined;
    text = text.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }
  // A run of white space with a break or tab in it is dropped, spaces and all.
  text = text.replace(/[ \t\r\n]+/g, (run) => (/^ +$/.test(run) ? run : ''));
  const [, lead, middle, equals, trail] = /^( *)(.*?)(=*)( *)$/s.exec(text);
  const body = middle.replace(/ /g, '+').replace(/-/g, '+').replace(/_/g, '/');
  if (!/^[A-Za-z0-9+/]*$/.test(body)) return undefined;

  // Spaces at the ends: as few pluses as make the length right, first those in front; else none.
  const candidates = [];
  for (let extra = 0; extra <= lead.length + trail.length; extra++) {
    const before = Math.min(extra, lead.length);
    const after = extra - before;
    if (after > 0 && (equals !== '' || (body.length + extra) % 4 !== 0)) continue;
    candidates.push('+'.repeat(before) + body + '+'.repeat(after));
  }
  const decodedLength = (characters) => (characters % 4 === 1 ? -1 : Math.floor((characters * 3) / 4));
  const chosen = candidates.find((candidate) => rightLength(field, decodedLength(candidate.length))) ?? body;
  if (equals.length > (4 - (chosen.length % 4)) % 4) return undefined;
  return chosen + '='.repeat((4 - (chosen.length % 4)) % 4);
}

function decode(field, text, strict) {
  let bytes = decodeCanonical(text);
  if (bytes === undefined && /^[ \t\r\n]*$/.test(text)) bytes = Buffer.alloc(0);
  if (bytes === undefined && !strict) bytes = decodeCanonical(repaired(field, text) ?? '!');
  if (bytes === undefined) throw new Refusal(FIELD_CODES[field]);
  if (!rightLength(field, bytes.length)) throw new Refusal(field === 'encryptedData' ? 'ILLEGAL_BUFFER' : FIELD_CODES[field]);
  return bytes;
}

function openWith(key, iv, ciphertext) {
  try {
    const decipher = createDecipheriv('aes-128-cbc', key, iv);
    const bytes = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { value, text } : undefined;
  } catch {
    return undefined;
  }
}

/** The same JSON with a text in place of each number: as it is written, after a mark that no text of the tests has in front. */
const withSpelledNumbers = (text) =>
  JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => (token.startsWith('"') ? token : JSON.stringify(`\u0000${token}`))));

function check({ value, text }, { appid, maxAge = Infinity, clockSkew = 300, now, watermark = 'required' }) {
  if (!Object.hasOwn(value, 'watermark')) {
    if (watermark === 'optional') return;
    throw new Refusal('WATERMARK_MISSING');
  }
  const stamp = value.watermark;
  const plain = typeof stamp === 'object' && stamp !== null && !Array.isArray(stamp);
  if (!plain || typeof stamp.appid !== 'string' || typeof stamp.timestamp !== 'number' || stamp.timestamp >= 1e11) {
    throw new Refusal('WATERMARK_MISSING');
  }
  // Digits, 15 at most.
  if (!/^\u0000(0|[1-9]\d{0,14})$/.test(withSpelledNumbers(text).watermark.timestamp)) {
    throw new Refusal('WATERMARK_MISSING');
  }
  if (appid !== null && ![appid].flat().includes(stamp.appid)) throw new Refusal('APPID_MISMATCH');
  if (stamp.timestamp - now > clockSkew) throw new Refusal('WATERMARK_IN_FUTURE');
  if (now - stamp.timestamp > maxAge) throw new Refusal('WATERMARK_EXPIRED');
}

/** The object, or a Refusal with the code. */
export function modelDecrypt(payload, policy) {
  const keys = [policy.sessionKey].flat().map((text) => decode('sessionKey', text, policy.strict));
  const iv = decode('iv', payload.iv, policy.strict);
  const ciphertext = decode('encryptedData', payload.encryptedData, policy.strict);
  for (const key of keys) {
    const opened = openWith(key, iv, ciphertext);
    if (opened === undefined) continue;
    check(opened, policy);
    return opened.value;
  }
  throw new Refusal('DECRYPT_FAILED');
}
