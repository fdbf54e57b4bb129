// What is printed: for people on a terminal, JSON for everything else.

import pc from 'picocolors';

import { inLanguage, texts } from './texts/index.js';
import { forTerminal } from './terminal.js';

/** @typedef {import('./failures.js').Failure} Failure */

/** How one stream is written to. */
export class Page {
  /**
   * @param {object} options
   * @param {boolean} options.people for people, or JSON
   * @param {boolean} options.colors
   * @param {import('./texts/index.js').Language} options.language
   */
  constructor({ people, colors, language }) {
    this.people = people;
    this.language = language;
    this.texts = texts[language];
    this.paint = pc.createColors(colors);
  }

  /** @param {string} text */
  good(text) {
    return `${this.paint.green('✓')} ${text}`;
  }

  /** @param {string} text */
  bad(text) {
    return `${this.paint.red('✗')} ${text}`;
  }

  /** @param {string} text a hint or note of the core */
  inLanguage(text) {
    return inLanguage(text, this.language);
  }

  /** @param {unknown} value */
  json(value) {
    return this.people ? forTerminal(JSON.stringify(value, null, 2)) : JSON.stringify(value);
  }

  /** @param {unknown} value */
  cell(value) {
    if (value === null) return this.paint.dim('-');
    if (typeof value === 'boolean') return value ? this.texts.yes : this.texts.no;
    // As in JSON, without the quotation marks: what a terminal would act upon is escaped.
    return forTerminal(JSON.stringify(value)).replace(/^"([^"\\]*)"$/, '$1');
  }

  /** @param {Record<string, unknown>} value */
  table(value) {
    const width = Math.max(...Object.keys(value).map((name) => name.length));
    return Object.entries(value).map(([name, cell]) => `${this.paint.dim(name.padEnd(width))}  ${this.cell(cell)}`).join('\n');
  }

  /**
   * A record that failed.
   * @param {Failure} failure
   */
  failure(failure) {
    if (!this.people) return JSON.stringify({ error: failure });
    const { code, reason, message, hint } = failure;
    const title = this.bad(`${this.paint.bold([code, reason].filter(Boolean).join(' '))}: ${message}`);
    return hint === undefined ? title : `${title}\n  ${this.inLanguage(hint)}`;
  }
}

/**
 * The pages of the two streams. Failures of one record go to standard error, so that what comes out of standard output is a result.
 * @param {{ json?: boolean, color?: boolean }} options
 * @param {import('./texts/index.js').Language} language
 */
export function pages({ json = false, color = true }, language) {
  const page = (/** @type {NodeJS.WriteStream} */ { isTTY = false }) =>
    new Page({ people: isTTY && !json, colors: isTTY && color && !process.env.NO_COLOR && process.env.TERM !== 'dumb', language });
  return { out: page(process.stdout), errors: page(process.stderr) };
}

/**
 * Writes whole texts to standard output, one after the other, no faster than they are taken.
 */
export class Writer {
  constructor() {
    /** @type {Promise<void>} */
    this.last = Promise.resolve();
  }

  /** @param {string | Uint8Array} text */
  write(text) {
    this.last = this.last.then(() => new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    }));
    return this.last;
  }
}
