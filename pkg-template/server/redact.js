// Keeping secrets out of what is reported: texts of WeChat and errors of the platform may repeat parts of the request.

/** A part of a secret of so many characters is as good as the secret. */
const PART = 8;
/** No more of a text is looked at, or handed on. */
const MOST = 2048;
const MASK = '***';

/** A URL with what stands behind its path, and with what stands before its host. */
const URLS = /\b(https?:\/\/)(?:[^\s/@"'<>]*@)?([^\s?#"'<>]*)(?:[?#][^\s"'<>]*)?/gi;

/** What Node says of a failed connection, and nothing else that an error may carry: a socket, a parser's buffer, a path. */
const FACTS = ['code', 'errno', 'syscall', 'hostname', 'address', 'port'];

/** Causes of causes, no deeper than any platform goes. */
const DEPTH = 4;

/**
 * @param {string} text
 * @param {string} secret
 */
function masked(text, secret) {
  const least = Math.min(PART, secret.length);
  let result = '';
  for (let i = 0; i < text.length; ) {
    let length = 0;
    if (i + least <= text.length && secret.includes(text.slice(i, i + least))) {
      length = least;
      while (i + length < text.length && secret.includes(text.slice(i, i + length + 1))) length++;
    }
    result += length === 0 ? text[i] : MASK;
    i += Math.max(length, 1);
  }
  return result;
}

/**
 * A text without the secrets, as they are and as a query or JSON has them, nor any longer part of one.
 * @param {string} text
 * @param {string[]} secrets
 */
export function redact(text, secrets) {
  let result = text.slice(0, MOST);
  for (const secret of secrets) {
    const forms = [secret, encoded(secret), new URLSearchParams([['', secret]]).toString().slice(1), JSON.stringify(secret).slice(1, -1)];
    for (const form of new Set(forms)) if (form !== '') result = masked(result, form);
  }
  return result;
}

/** @param {string} text */
function encoded(text) {
  try {
    return encodeURIComponent(text);
  } catch (_) {
    // Half of a surrogate pair.
    return text;
  }
}

/**
 * The platform's error anew: its kind, its words, its cause, without the secrets and without the rest, since hosts put the request's
 * URL into messages and properties, and bytes of the answer into others.
 * @param {unknown} error
 * @param {string[]} secrets
 * @param {number} [depth]
 * @returns {unknown}
 */
export function cleaned(error, secrets, depth = 0) {
  const said = (/** @type {unknown} */ value) => redact(typeof value === 'string' ? value.replace(URLS, '$1$2') : '', secrets);
  const { name, message, cause, ...facts } = read(error);
  if (typeof DOMException === 'function' && error instanceof DOMException) return new DOMException(said(message), said(name));
  const clean = error instanceof TypeError ? new TypeError(said(message)) : new Error(said(message));
  const own = said(name);
  if (own !== '' && own !== clean.name) Object.defineProperty(clean, 'name', { value: own, configurable: true, writable: true });
  for (const [fact, value] of Object.entries(facts)) {
    if (typeof value === 'number') /** @type {any} */ (clean)[fact] = value;
    else if (typeof value === 'string') /** @type {any} */ (clean)[fact] = said(value);
  }
  if (typeof cause === 'object' && cause !== null && depth < DEPTH) {
    Object.defineProperty(clean, 'cause', { value: cleaned(cause, secrets, depth + 1), configurable: true, writable: true });
  }
  return clean;
}

/**
 * @param {any} error anything that was thrown
 * @returns {Record<string, unknown>}
 */
function read(error) {
  /** @type {Record<string, unknown>} */
  const values = { name: undefined, message: typeof error === 'string' ? error : undefined, cause: undefined };
  if (typeof error !== 'object' || error === null) return values;
  for (const name of [...Object.keys(values), ...FACTS]) {
    try {
      values[name] = error[name];
    } catch (_) {
      // A getter of the caller's own `fetch`.
    }
  }
  return values;
}
