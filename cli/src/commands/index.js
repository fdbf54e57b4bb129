// What the command line can do with records. Each command says which options it has, what of them a worker has to know, what it makes
// of records, and how a person is shown the result.

import { avatar } from './avatar.js';
import { decrypt } from './decrypt.js';
import { diagnose } from './diagnose.js';
import { phone } from './phone.js';
import { verify } from './verify.js';

/** @typedef {import('../record.js').Fields} Fields */
/** @typedef {import('../failures.js').Failure} Failure */
/** @typedef {{ status: 'fulfilled', value: any } | { status: 'rejected', reason: Failure }} Result */

/**
 * @typedef {object} RecordCommand
 * @property {{ name: string, text: keyof import('../texts/index.js').Texts }} [values] its arguments, where they are the values themselves
 * and not a file
 * @property {(command: import('commander').Command, texts: import('../texts/index.js').Texts) => void} options adds its own options
 * @property {(options: any, values: string[]) => Fields[]} given records that stand on the command line
 * @property {(options: any) => any} settings for `run`: plain data, checked
 * @property {boolean} keyed whether its records need a session_key
 * @property {(records: Fields[], settings: any) => Result[]} run a result for each record, in order
 * @property {(value: any) => boolean} good whether a value is what was hoped for
 * @property {(value: any, page: import('../output.js').Page) => string} show a value, for people
 */

/** @type {Record<string, RecordCommand>} */
export const commands = { decrypt, diagnose, phone, avatar, verify };
