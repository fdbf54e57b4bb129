// The page: reads the fields, has them judged, shows the outcome. What comes of the module is in judge.js, what is said in texts.js.

import * as api from '../hosts/browser.js';
import { bytesOfBase64 } from '../core/text.js';
import { judge, judgeOther } from './judge.js';
import { readPasted } from './read.js';
import { SAMPLE } from './sample.js';
import { CODES, FAILURES, REASONS, TEXTS, inLanguage, languageOf } from './texts.js';
import { coloured, element, facts, pretty, text } from './view.js';

// WebRTC connects to servers of the page's choice, and the browsers do not hold it to connect-src. A frame made here has an origin of
// its own, from which these cannot be had back.
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'mozRTCPeerConnection', 'RTCDataChannel', 'RTCIceTransport']) {
  delete (/** @type {any} */ (globalThis)[name]);
}

/** Judged so long after the last key was pressed. */
const PAUSE = 150;

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);
const TEXT_FIELDS = ['encryptedData', 'iv', 'sessionKeys', 'appid', 'maxAge', 'rawData', 'signature'];
const CHECKS = ['optional', 'strict'];

/** @type {import('./texts.js').Language} */
let language = languageOf(navigator.languages);
let texts = TEXTS[language];
/** What was pasted that holds no encryptedData. @type {import('./read.js').Pasted['other']} */
let other;
/** What the paste box said, to say it again in another language. @type {{ key: 'found' | 'foundOther' | 'foundNothing' | 'cleared', list?: string[] } | undefined} */
let note;
/** @type {any} an OpenDataError, where the module does not run */
let broken;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {[string, string]} both */
const ofBoth = (both) => both[language === 'en' ? 0 : 1];
/** @param {boolean} value */
const yesNo = (value) => (value ? texts.yes : texts.no);
/** @param {string} word a name of the API @param {Record<string, [string, string]>} table */
const explained = (word, table) => element('span', {}, [text('span', 'tag', word), word in table ? ` (${ofBoth(table[word])})` : '']);
/** @param {string[]} names */
const listed = (names) => names.map((name) => (name === 'sessionKey' || name === 'sessionKeys' ? texts.sessionKey : name)).join(language === 'en' ? ', ' : '、');

/** @returns {import('./judge.js').Fields} */
function fields() {
  /** @type {any} */
  const read = {};
  for (const id of TEXT_FIELDS) read[id] = byId(id).value;
  for (const id of CHECKS) read[id] = byId(id).checked;
  return read;
}

/** @param {any} error */
function errorFacts(error) {
  /** @type {[string, string | Node][]} */
  const rows = [[texts.code, text('span', 'tag', error.code)]];
  if (error.reason) rows.push([texts.reason, explained(error.reason, REASONS)]);
  if (error.errcode !== undefined) rows.push([error.code === 'WECHAT_ERROR' ? texts.wechatErrcode : texts.errcode, text('span', 'tag', String(error.errcode))]);
  rows.push([texts.message, error.errmsg ? `${error.message}: ${error.errmsg}` : error.message]);
  if (error.hint) rows.push([texts.hint, inLanguage(error.hint, language)]);
  return facts(rows);
}

/** @param {number} seconds */
function when(seconds) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  const locale = language === 'en' ? 'en-GB' : 'zh-CN';
  const ago = Math.round(seconds - Date.now() / 1000);
  /** @type {[Intl.RelativeTimeFormatUnit, number][]} */
  const units = [['year', 31557600], ['month', 2629800], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
  const [unit, length] = units.find(([, size]) => Math.abs(ago) >= size) || units[5];
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(ago / length), unit);
  return `${date.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' })} · ${relative} · ${seconds}`;
}

/** @param {string} json */
function copyButton(json) {
  const said = element('p', { class: 'copied', role: 'status' });
  const button = element('button', { type: 'button', id: 'copy' }, [texts.copy]);
  button.addEventListener('click', async () => {
    said.textContent = (await copy(json)) ? texts.copied : texts.notCopied;
  });
  return { button, said };
}

/** @param {string} json */
async function copy(json) {
  try {
    await navigator.clipboard.writeText(json);
    return true;
  } catch (_) {
    // Refused to frames by some browsers. The older way works on a click.
  }
  const place = /** @type {HTMLTextAreaElement} */ (element('textarea', { class: 'code', readonly: '' }));
  place.value = json;
  document.body.append(place);
  place.select();
  const done = document.execCommand('copy');
  place.remove();
  return done;
}

/** @param {import('./judge.js').Outcome} outcome @returns {Node[]} */
function sections(outcome) {
  const { state, error, diagnosis, value, phone, avatar, signature } = outcome;
  /** @type {Node[]} */
  const parts = [];
  /** @param {string} title @param {(Node | string)[]} children */
  const add = (title, ...children) => parts.push(element('h3', {}, [title]), ...children.map((child) => (typeof child === 'string' ? text('p', '', child) : child)));

  const showObject = () => {
    if (value === undefined) return;
    const json = pretty(value);
    const { button, said } = copyButton(json);
    parts.push(element('h3', {}, [texts.data, button]), said);
    if (state === 'refused') parts.push(text('p', 'caution', texts.insideAllTheSame));
    parts.push(element('pre', { id: 'object', tabindex: '0', 'aria-label': texts.data }, [coloured(json)]));
  };

  // What was asked for comes first: the object, or why there is none.
  if (state === 'opened') showObject();
  if (state === 'code') parts.push(text('p', '', texts.codeHelp));
  if (error) parts.push(element('h3', {}, [ofBoth(CODES[error.code] || [error.code, error.code])]));
  // Of what has no diagnosis, the error says all.
  if (error && !diagnosis) parts.push(errorFacts(error));

  if (diagnosis) {
    const said = error ? [error.message, `${error.message}. ${error.hint}`] : [];
    const notes = /** @type {string[]} */ (diagnosis.notes).filter((line) => !said.includes(line));
    if (notes.length > 0) {
      add(texts.diagnosis, element('ul', { id: 'notes' }, notes.map((line, index) => text('li', index === 0 && error ? 'first' : '', inLanguage(line, language)))));
    }
    if (error) add(texts.thrown, errorFacts(error));
  }
  if (value !== undefined) {
    const watermark = value.watermark;
    const isStamp = typeof watermark === 'object' && watermark !== null;
    if (isStamp) {
      const differs = error && error.code === 'APPID_MISMATCH';
      const compared = outcome.anyApp ? texts.anyApp : differs ? texts.appDiffers : texts.appMatches;
      add(texts.watermark, facts([
        [texts.watermarkApp, element('span', {}, [text('code', '', String(watermark.appid)), ` (${compared})`])],
        [texts.watermarkTime, typeof watermark.timestamp === 'number' ? when(watermark.timestamp) : String(watermark.timestamp)],
      ]));
    } else if (state === 'opened') add(texts.watermark, texts.noWatermark);
  }
  if (phone && !phone.error) {
    add(texts.phone, facts([
      [texts.e164, text('code', '', phone.e164)],
      [texts.region, phone.region || texts.none],
      [texts.type, phone.type],
      [texts.valid, yesNo(phone.isValid)],
      [texts.masked, text('code', '', phone.masked)],
    ]));
  } else if (phone) add(texts.phone, errorFacts(phone.error));
  if (avatar && !avatar.error) {
    add(texts.avatar, facts([
      [texts.kind, text('code', '', avatar.kind)],
      [texts.url, text('code', '', avatar.url)],
      ...(avatar.size === null ? [] : [/** @type {[string, string]} */ ([texts.size, String(avatar.size)])]),
      [texts.upload, yesNo(avatar.needsUpload)],
      [texts.grey, yesNo(avatar.isDefault)],
    ]));
  } else if (avatar) add(texts.avatar, errorFacts(avatar.error));
  if (signature !== undefined) {
    if (typeof signature === 'object') add(texts.signatureTitle, errorFacts(signature.error));
    else add(texts.signatureTitle, text('p', signature ? '' : 'caution', signature ? texts.signatureTrue : texts.signatureFalse));
  }
  if (diagnosis) {
    const repairs = /** @type {string[]} */ (diagnosis.repairs);
    if (repairs.length === 0) add(texts.repairs, texts.noRepairs);
    else {
      const refused = byId('strict').checked;
      add(texts.repairs, refused ? texts.repairsStrict : texts.repairsMade, element('ul', { id: 'repairs' }, repairs.map((repair) => element('li', {}, [explained(repair, REASONS)]))));
    }
  }
  if (state !== 'opened') showObject();
  return parts;
}

/** @param {import('./judge.js').Outcome} outcome */
function headline({ state, missing = [], error, diagnosis, keys = 1 }) {
  if (state === 'empty') return texts.stateEmpty;
  if (state === 'incomplete') return texts.stateIncomplete.replace('{list}', listed(missing));
  if (state === 'opened') return diagnosis ? texts.stateOpened : texts.stateAnswer;
  if (state === 'refused') return texts.stateRefused;
  if (state === 'code') return texts.stateCode;
  return keys === 0 || (error && !diagnosis) ? texts.stateFailedOther : texts.stateFailed;
}

/** @type {{ [state: string]: string }} so that the state does not hang on its colour */
const SIGNS = { opened: '✓ ', failed: '✕ ', refused: '! ', code: '! ' };

function show() {
  clearTimeout(timer);
  const verdict = byId('verdict');
  if (broken) {
    verdict.dataset.state = 'failed';
    verdict.textContent = SIGNS.failed + texts.loadFailed;
    byId('outcome').replaceChildren(errorFacts(broken));
    return;
  }
  const read = fields();
  const outcome = other && read.encryptedData.trim() === '' ? judgeOther(api, other, read) : judge(api, read);
  verdict.dataset.state = outcome.state;
  const line = (SIGNS[outcome.state] || '') + headline(outcome);
  // A status that is set again is read out again.
  if (verdict.textContent !== line) verdict.textContent = line;
  byId('outcome').replaceChildren(...sections(outcome));
}

function showLater() {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE);
}

function showNote() {
  byId('read').textContent = note ? texts[note.key].replace('{list}', listed(note.list || [])) : '';
}

/** @param {import('./read.js').Found} found */
function fill(found) {
  for (const [name, value] of Object.entries(found)) byId(name).value = Array.isArray(value) ? value.join('\n') : value;
  if (found.rawData !== undefined || found.signature !== undefined) byId('more').open = true;
}

function readPaste() {
  const pasted = byId('paste').value;
  note = undefined;
  other = undefined;
  if (pasted.trim() !== '') {
    const read = readPasted(pasted);
    if (!read) note = { key: 'foundNothing' };
    else {
      other = read.other;
      if (other) byId('encryptedData').value = byId('iv').value = '';
      fill(read.found);
      const list = Object.keys(read.found);
      note = list.length > 0 ? { key: 'found', list } : { key: 'foundOther' };
    }
  }
  showNote();
  show();
}

/** Where the result lies below, it is brought into view once it is there. */
function showResult() {
  const side = byId('result');
  if (side.getBoundingClientRect().top < innerHeight / 2) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  side.scrollIntoView({ behavior: still ? 'auto' : 'smooth' });
}

function clear() {
  byId('paste').value = '';
  for (const id of TEXT_FIELDS) byId(id).value = '';
  for (const id of CHECKS) byId(id).checked = false;
  other = undefined;
  note = undefined;
  showNote();
  show();
}

/** @param {import('./texts.js').Language} chosen */
function speak(chosen) {
  language = chosen;
  texts = TEXTS[chosen];
  document.documentElement.lang = chosen === 'en' ? 'en' : 'zh-CN';
  document.title = texts.title;
  for (const place of document.querySelectorAll('[data-text]')) {
    place.textContent = /** @type {any} */ (texts)[/** @type {HTMLElement} */ (place).dataset.text || ''];
  }
  for (const place of document.querySelectorAll('[data-label]')) {
    place.setAttribute('aria-label', /** @type {any} */ (texts)[/** @type {HTMLElement} */ (place).dataset.label || '']);
  }
  for (const id of ['en', 'zh']) byId(id).setAttribute('aria-pressed', String(id === chosen));
  byId('limits').replaceChildren(...texts.limitsText.map((line) => text('p', '', line)));
  byId('failures').replaceChildren(
    ...FAILURES.map(([seen, english, chinese]) => element('tr', {}, [element('th', { scope: 'row' }, [seen]), text('td', '', ofBoth([english, chinese]))])),
  );
  showNote();
  show();
}

/** Nothing here is to be corrected, completed, remembered or sent to somebody's service for writing. */
function quieten() {
  for (const field of document.querySelectorAll('input, textarea')) {
    for (const [name, value] of [
      ['autocomplete', 'off'], ['autocorrect', 'off'], ['autocapitalize', 'off'], ['spellcheck', 'false'], ['writingsuggestions', 'false'], ['data-gramm', 'false'],
    ]) field.setAttribute(name, value);
  }
}

async function load() {
  const modules = ['modern', 'baseline'].map((id) => bytesOfBase64(byId(id).textContent));
  try {
    await api.init(modules.find((bytes) => WebAssembly.validate(bytes)) || modules[1]);
  } catch (error) {
    if (!(error instanceof api.OpenDataError)) throw error;
    broken = error;
  }
}

async function begin() {
  quieten();
  await load();
  speak(language);
  for (const id of ['en', 'zh']) byId(id).addEventListener('click', () => speak(/** @type {any} */ (id)));
  byId('paste').addEventListener('input', (/** @type {InputEvent} */ event) => {
    readPaste();
    if (event.inputType === 'insertFromPaste' && note && note.key !== 'foundNothing') showResult();
  });
  for (const id of [...TEXT_FIELDS, ...CHECKS]) byId(id).addEventListener('input', showLater);
  byId('sample').addEventListener('click', () => {
    clear();
    fill(SAMPLE);
    show();
    showResult();
  });
  byId('clear').addEventListener('click', () => {
    clear();
    note = { key: 'cleared' };
    showNote();
    byId('paste').focus();
  });
  // A page that is kept for the way back keeps nothing.
  addEventListener('pagehide', clear);
  document.documentElement.dataset.ready = '';
}

begin();
