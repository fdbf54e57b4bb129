// What can go wrong, in a form that can be shown. Only texts of this package are ever printed: a message of Node or of a library may
// quote the data that it is about.

import { OpenDataError } from 'weapp-opendata';

/** The command line itself is wrong: exit code 2. Quotes nothing that was given. */
export class UsageError extends Error {
  /**
   * @param {string} what a name of texts/en.js
   * @param {string} [about] an option's name, or a text of the core
   */
  constructor(what, about = '') {
    super(what);
    this.about = about;
  }
}

/** The person pressed Ctrl-C while being asked. */
export class Interrupted extends Error {}

/**
 * A failure as data, in the names of OpenDataError.
 * @typedef {object} Failure
 * @property {string} code
 * @property {string} [reason]
 * @property {number} [errcode]
 * @property {string} message
 * @property {string} [hint]
 */

/**
 * @param {OpenDataError} error
 * @returns {Failure}
 */
export function failureOf({ code, reason, errcode, message, hint }) {
  // What is undefined is left out by JSON.stringify.
  return { code, reason, errcode, message, hint };
}

/** A record that is not one. Its reason is a word of OpenDataError's, or NOT_JSON. */
export class RecordError extends Error {
  /**
   * @param {string} reason
   * @param {string} message
   */
  constructor(reason, message) {
    super(message);
    this.failure = { code: 'INVALID_ARGUMENT', reason, message };
  }
}

/**
 * The failure that an error stands for; any other error is a fault of ours and thrown on.
 * @param {unknown} error
 * @returns {Failure}
 */
export function asFailure(error) {
  if (error instanceof RecordError) return error.failure;
  if (error instanceof OpenDataError) return failureOf(error);
  throw error;
}

/**
 * An unexpected error without its message: its kind and where it came from.
 * @param {unknown} error
 */
export function anonymous(error) {
  if (!(error instanceof Error)) return typeof error;
  const { code } = /** @type {{ code?: unknown }} */ (error);
  const kind = typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? `${error.constructor.name} ${code}` : error.constructor.name;
  const { stack = '', message } = error;
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n').filter((line) => /^ {4}at /.test(line));
  return [kind, ...frames].join('\n');
}
