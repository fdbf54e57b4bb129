// Values of options. None is ever repeated in an error.

import { UsageError } from './failures.js';

/** What the argument parser takes for a refusal; it names the option. */
class Refused extends Error {
  code = 'commander.invalidArgument';
}

/** @param {string} text */
export function wholeNumber(text) {
  if (!/^\d{1,15}$/.test(text)) throw new Refused();
  return Number(text);
}

/**
 * @param {number} least
 * @param {number} most
 */
export const between = (least, most) => (/** @type {string} */ text) => {
  const number = wholeNumber(text);
  if (number < least || number > most) throw new Refused();
  return number;
};

/**
 * An option that can stand there more than once.
 * @param {string} text
 * @param {string[]} [before]
 */
export const several = (text, before = []) => [...before, text];

/** @param {string[]} words */
export const oneOf = (words) => (/** @type {string} */ text) => {
  if (!words.includes(text)) throw new Refused();
  return text;
};

/**
 * The value of an environment variable. What was given as its name may be the value itself, so it is not repeated either.
 * @param {string} name
 * @param {string} option
 */
export function fromEnvironment(name, option) {
  // `__proto__` and `constructor` are there in every object.
  const value = Object.hasOwn(process.env, name) ? process.env[name] : undefined;
  if (!value) throw new UsageError('environment', option);
  return value;
}
