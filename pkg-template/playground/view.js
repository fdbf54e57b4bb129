// Elements out of text. Whatever is shown is set as text, never as markup.

/**
 * @param {string} name
 * @param {{ [attribute: string]: string }} [attributes]
 * @param {(Node | string)[]} [children]
 */
export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** @param {string} name @param {string} className @param {string} text */
export const text = (name, className, text) => element(name, className ? { class: className } : {}, [text]);

/** @param {[string, string | Node][]} rows */
export function facts(rows) {
  const list = element('dl', { class: 'facts' });
  for (const [term, value] of rows) list.append(text('dt', '', term), element('dd', {}, [value]));
  return list;
}

/** Characters that are not seen, or that turn the text around them. In JSON they may be written as escapes. */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** JSON to read and to copy. @param {unknown} value */
export const pretty = (value) =>
  JSON.stringify(value, null, 2).replace(UNSEEN, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Longer texts stay without colours. */
const COLOURED = 100000;

/** @param {string} json */
export function coloured(json) {
  const code = element('code');
  if (json.length > COLOURED) {
    code.append(json);
    return code;
  }
  let at = 0;
  for (const match of json.matchAll(/"(?:[^"\\]|\\.)*"(?=(:?))|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g)) {
    const [found, colon] = match;
    code.append(json.slice(at, match.index));
    code.append(text('span', colon ? 'name' : found[0] === '"' ? 'string' : 'value', found));
    at = /** @type {number} */ (match.index) + found.length;
  }
  code.append(json.slice(at));
  return code;
}
