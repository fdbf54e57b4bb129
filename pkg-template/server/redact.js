// Keeping secrets out of what is reported: texts of WeChat and errors of the platform may repeat parts of the request.

/** A part of a secret of so many characters is as good as the secret. */
const PART = 8;
/** What is shorter is no secret of WeChat's, and is found in any text. */
const LEAST = 4;
/** No more of a text is looked at, or handed on. */
const MOST = 2048;
const MASK = '***';

/** A URL with what stands behind its path, and with what stands before its host. This client's own have no brackets in their query. */
const URLS = /\b(https?:\/\/)(?:[^\s/@"'<>]*@)?([^\s?#"'<>]*)(?:[?#][^\s"'<>()]*)?/gi;

/** What base64, hex, a query and percent-encoding are written in: a secret ends where a run of these ends. */
const IN_RUN = /[\w+/=%-]/;

/**
 * What may be a key, a token or a number of somebody that this request knew nothing of: a long run with a digit in it or with base64's
 * padding, or many digits, in groups or not. A request's id (`rid`), which WeChat's support asks for, and URLs are left.
 */
const SUSPECTS = /(\brid: [0-9a-f-]+|https?:\/\/[^\s?#"'<>]*)|(?=[^\s\d]*\d)[\w+/=%-]{20,}|[\w+/%-]{18,}={1,2}(?![\w+/=%-])|[\d\uff10-\uff19](?:[\s-]{0,3}[\d\uff10-\uff19]){6,}/gi;

/** What Node says of a failed connection, and nothing else that an error may carry: a socket, a parser's buffer, a path. */
const FACTS = ['code', 'errno', 'syscall', 'hostname', 'address', 'port'];

/** Causes of causes, no deeper than any platform goes. */
const DEPTH = 4;

/** Letters of ASCII only: others may change a text's length. @param {string} text */
const withoutCase = (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/**
 * How much of a text, from one place on, is part of a secret: as much as any says.
 * @param {string} text
 * @param {number} at
 * @param {string[]} secrets
 */
function sharedAt(text, at, secrets) {
  let most = 0;
  for (const secret of secrets) {
    let length = Math.min(PART, secret.length);
    if (at + length > text.length || !secret.includes(text.slice(at, at + length))) continue;
    while (at + length < text.length && secret.includes(text.slice(at, at + length + 1))) length++;
    most = Math.max(most, length);
  }
  return most;
}

/**
 * A text without the secrets, as they are and as a query or JSON has them, in whatever case, nor any longer part of one, nor what looks
 * like another. Whatever stands in one run with such a part goes with it: what is left of a secret is part of it too.
 * @param {string} text
 * @param {string[]} secrets
 */
export function redact(text, secrets) {
  const start = text.slice(0, MOST);
  const forms = secrets.flatMap((secret) => [secret, encoded(secret), inQuery(secret), JSON.stringify(secret).slice(1, -1)]);
  const looked = [...new Set(forms.map(withoutCase))].filter((form) => form.length >= LEAST);
  const searched = withoutCase(start);
  let result = '';
  /** All before it is in `result` or masked. */
  let done = 0;
  for (let at = 0; at < start.length; ) {
    const length = sharedAt(searched, at, looked);
    if (length === 0) {
      at += 1;
      continue;
    }
    let from = at;
    while (from > done && IN_RUN.test(start[from - 1])) from -= 1;
    at += length;
    while (at < start.length && IN_RUN.test(start[at])) at += 1;
    result += start.slice(done, from) + MASK;
    done = at;
  }
  result += start.slice(done);
  return result.replace(SUSPECTS, (found, harmless) => (harmless === undefined ? MASK : found));
}

/** @param {string} text */
const inQuery = (text) => new URLSearchParams([['', text]]).toString().slice(1);

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
