// Finds payload, keys and appid in what people have at hand: the detail of a button's event, a request body or a line of a log,
// escaped, URL-encoded or as a console prints it. Pure: text in, what was found out.

/** Longer texts are not read: encryptedData has at most 1,048,576 characters, of which percent-encoding makes three times as many. */
export const MAX_PASTED = 8 * 1024 * 1024;
/** As many session keys as the API takes. */
const MAX_KEYS = 8;
/** How deep texts and objects within each other are followed, and how many values are looked at. */
const MAX_DEPTH = 8;
const MAX_VALUES = 5000;

/**
 * @typedef {object} Found
 * @property {string} [encryptedData]
 * @property {string} [iv]
 * @property {string[]} [sessionKeys]
 * @property {string} [appid]
 * @property {string} [rawData]
 * @property {string} [signature]
 */

/**
 * @typedef {object} Pasted
 * @property {Found} found
 * @property {{ kind: 'phone' | 'cloud' | 'code' | 'opened', value: any }} [other] what holds no encryptedData and can be read all the same
 */

/** Spellings differ in case and underscores only. A Map has no names but these. @type {Map<string, keyof Found>} */
const NAMES = new Map([
  ['encrypteddata', 'encryptedData'],
  ['encryptdata', 'encryptedData'],
  ['iv', 'iv'],
  ['sessionkey', 'sessionKeys'],
  ['sessionkeys', 'sessionKeys'],
  ['appid', 'appid'],
  ['rawdata', 'rawData'],
  ['signature', 'signature'],
]);

const ORDER = /** @type {const} */ (['encryptedData', 'iv', 'sessionKeys', 'appid', 'rawData', 'signature']);

/** @param {string} name */
const plain = (name) => name.toLowerCase().replace(/[_-]/g, '');

/** @param {string} text @returns {unknown} undefined where it is no JSON */
function json(text) {
  try {
    return JSON.parse(text);
  } catch (_) {
    return undefined;
  }
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (_) {
    return text;
  }
}

/** A form or a query as a server reads it: `+` is a space there, which is how a `+` gets lost. @param {string} text */
function form(text) {
  const query = text.replace(/^[^=&]*\?/, '').replace(/ HTTP\/[\d.]+[^]*$/, '');
  /** @type {Record<string, string>} */
  const fields = Object.create(null);
  let known = false;
  for (const part of query.split('&')) {
    const at = part.indexOf('=');
    if (at <= 0) return undefined;
    const name = decoded(part.slice(0, at)).trim();
    if (!/^[\w.[\]-]+$/.test(name)) return undefined;
    fields[name] = decoded(part.slice(at + 1).replace(/\+/g, ' '));
    if (NAMES.has(plain(name))) known = true;
  }
  return known ? fields : undefined;
}

/** What stands as `name: value` or `name = value` in any other text. @param {string} text */
function scanned(text) {
  /** @type {Record<string, string[]>} */
  const fields = {};
  const pattern = /\b(encrypte?d?_?data|iv|session_?keys?|app_?id|raw_?data|signature)\\?["']?\s*(?::|=>?)\s*(?:\\?(["'`])(.*?)\\?\2|([^\s"'`,;&{}()[\]\\]+))/gi;
  for (const [, name, , quoted, bare] of text.matchAll(pattern)) {
    const value = quoted === undefined ? bare : quoted;
    if (value !== '') (fields[name] = fields[name] || []).push(value.replace(/\\\//g, '/'));
  }
  return Object.keys(fields).length > 0 ? fields : undefined;
}

/** @param {string} text @returns {unknown} */
function parsed(text) {
  const value = json(text);
  if (value !== undefined && typeof value !== 'number') return value;
  if (text.includes('\\"')) {
    const unescaped = json(`"${text}"`);
    if (unescaped !== undefined) return unescaped;
  }
  if (/^%(25)*(7b|22|5b)/i.test(text)) {
    const once = decoded(text);
    if (once !== text) return once;
  }
  return form(text) || scanned(text);
}

/** @param {string} text */
const mayHold = (text) => /[{%=:]/.test(text) && text.length > 2;

/**
 * @param {string} text
 * @returns {Pasted | undefined} undefined where nothing known is in it
 */
export function readPasted(text) {
  if (text.length > MAX_PASTED) return undefined;
  /** @type {Found} */
  const found = {};
  /** @type {Pasted['other']} */
  let other;
  /** @type {Set<string>} */
  const keys = new Set();

  /** @param {keyof Found} field @param {unknown} value */
  const keep = (field, value) => {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one !== 'string' || one === '') continue;
      if (field === 'sessionKeys') keys.add(one);
      else if (found[field] === undefined) /** @type {any} */ (found)[field] = one;
    }
  };
  /** @param {any} value */
  const know = (value) => {
    /** @param {string} name */
    const has = (name) => value[name] !== undefined && value[name] !== null;
    if (other) return;
    if (has('phone_info') || has('phoneInfo')) other = { kind: 'phone', value };
    else if (has('cloudID') && (has('data') || has('errCode'))) other = { kind: 'cloud', value };
    else if (typeof (has('errcode') ? value.errcode : value.errCode) === 'number' && (value.errcode || value.errCode)) other = { kind: 'phone', value };
    else if (has('watermark') && typeof value.watermark === 'object') other = { kind: 'opened', value };
    else if (typeof value.code === 'string' && /^[\w-]{16,}$/.test(value.code)) other = { kind: 'code', value: null };
  };

  // Level by level, so that what stands further out counts first.
  /** @type {{ value: unknown, depth: number }[]} */
  const waiting = [{ value: text.trim(), depth: 0 }];
  for (let next = 0; next < waiting.length && next < MAX_VALUES; next++) {
    const { value, depth } = waiting[next];
    if (depth > MAX_DEPTH) continue;
    if (typeof value === 'string') {
      const inner = mayHold(value) ? parsed(value.trim()) : undefined;
      if (inner !== undefined && inner !== value) waiting.push({ value: inner, depth: depth + 1 });
    } else if (typeof value === 'object' && value !== null) {
      know(value);
      for (const [name, inside] of Object.entries(value)) {
        const field = Array.isArray(value) ? undefined : NAMES.get(plain(name));
        if (field) keep(field, inside);
        // The stamp in the data is not what was expected of it.
        else if (name !== 'watermark') waiting.push({ value: inside, depth: depth + 1 });
      }
    }
  }
  if (keys.size > 0) found.sessionKeys = [...keys].slice(0, MAX_KEYS);
  /** @type {Found} in the order of the page, whatever came first */
  const sorted = {};
  for (const field of ORDER) if (found[field] !== undefined) /** @type {any} */ (sorted)[field] = found[field];
  if (found.encryptedData !== undefined || !other) return Object.keys(sorted).length > 0 ? { found: sorted } : undefined;
  return { found: sorted, other };
}
