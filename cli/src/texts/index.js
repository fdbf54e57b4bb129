// The words for people, in English and Chinese.

import { en } from './en.js';
import { zh } from './zh.js';

/** @typedef {Record<keyof typeof en, string>} Texts */
/** @typedef {'en' | 'zh'} Language */

/** @type {Record<Language, Texts>} */
export const texts = { en, zh };

/**
 * `--lang` where it is given, else the locale. Asked before the arguments are parsed, for the help is in this language too.
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Language}
 */
export function languageOf(words, { LC_ALL, LC_MESSAGES, LANG }) {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  const at = options.lastIndexOf('--lang');
  const given = at >= 0 ? options[at + 1] : options.findLast((word) => word.startsWith('--lang='))?.slice('--lang='.length);
  if (given === 'en' || given === 'zh') return given;
  return (LC_ALL || LC_MESSAGES || LANG || '').toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/**
 * One language of a hint or note of the core, which holds both: "English. / 中文。"
 * @param {string} text
 * @param {Language} language
 */
export function inLanguage(text, language) {
  const chinese = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/;
  for (let at = text.indexOf(' / '); at >= 0; at = text.indexOf(' / ', at + 1)) {
    const [before, after] = [text.slice(0, at), text.slice(at + 3)];
    if (chinese.test(after) && !chinese.test(before)) return language === 'zh' ? after : before;
  }
  return text;
}
