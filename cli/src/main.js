// From the words of the command line to an exit code.

import { CommanderError } from 'commander';

import { commands } from './commands/index.js';
import { playground } from './commands/playground.js';
import { FAILED, FAULT, INTERRUPTED, OK, USAGE } from './exit.js';
import { Interrupted, RecordError, UsageError, anonymous } from './failures.js';
import { readRecord } from './input.js';
import { many } from './many.js';
import { pages } from './output.js';
import { WorkerFault } from './pool.js';
import { makeProgram } from './program.js';
import { written } from './result.js';
import { sessionKeys } from './session-keys.js';
import { languageOf, texts } from './texts/index.js';

/** @typedef {import('./output.js').Page} Page */
/** @typedef {{ out: Page, errors: Page }} Pages */
/** @typedef {{ what: string, about: string, meant?: string }} Wrong a text's name, what it is about, and what may have been meant */

/**
 * @param {string[]} words without those of Node and of this file
 */
export async function main(words) {
  const language = languageOf(words, process.env);
  const say = texts[language];
  /** Before the options are known, the pages are those of a plain call. @type {Pages} */
  let page = pages({ json: words.includes('--json'), color: !words.includes('--no-color') }, language);
  /** @type {number} */
  let code = OK;

  /** @param {unknown} error */
  const fault = (error) => {
    const text = error instanceof WorkerFault ? error.message : anonymous(error);
    process.stderr.write(`weapp-opendata: ${say.fault}\n${text}\n`);
    process.exit(FAULT);
  };
  process.on('uncaughtException', fault);
  // Who reads is gone, as `head` is: that is no failure.
  process.stdout.on('error', ({ code: cause }) => {
    if (cause === 'EPIPE') process.exit();
    process.stderr.write(`weapp-opendata: ${say.outputRefused}\n`);
    process.exit(FAULT);
  });
  process.stderr.on('error', () => {});

  const program = makeProgram(language, say, async (name, options, values) => {
    page = pages(options, language);
    code = name === 'playground'
      ? await playground({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 }, page.out)
      : await runCommand(name, options, values, page);
  });
  if (words.length === 0) {
    program.outputHelp({ error: true });
    process.exitCode = USAGE;
    return;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    const wrong = usageOf(error);
    if (error instanceof Interrupted) code = INTERRUPTED;
    else if (wrong) {
      code = USAGE;
      process.stderr.write(usageText(wrong, page.errors, words.includes('--json')));
    } else if (!(error instanceof CommanderError)) fault(error);
  }
  process.exitCode = code;
}

/**
 * @param {string} name
 * @param {any} options
 * @param {string[]} values
 * @param {Pages} page
 */
async function runCommand(name, options, values, page) {
  const { file, ndjson, jobs, progress } = options;
  const command = commands[name];
  const given = command.given(options, values);
  if (given.length > 0 && ndjson) throw new UsageError('ndjsonValues');
  if (given.length > 0 && file !== undefined) throw new UsageError('inputTwice');
  if (jobs !== undefined && !ndjson) throw new UsageError('jobsAlone');
  const settings = command.settings(options);
  const wantsKeys = command.keyed && !settings.push;

  if (ndjson) {
    const keys = wantsKeys ? await sessionKeys(options, false, page.errors.texts) : [];
    return many({ command: name, settings: { ...settings, sessionKeys: keys }, file, jobs, progress, errors: page.errors });
  }
  let records = given;
  if (records.length === 0) {
    try {
      records = [await readRecord(file)];
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      process.stderr.write(`${page.errors.failure(error.failure)}\n`);
      return FAILED;
    }
  }
  const keyless = records.some(({ sessionKey }) => sessionKey === undefined);
  const keys = wantsKeys ? await sessionKeys(options, keyless, page.errors.texts) : [];
  const results = command.run(records, { ...settings, sessionKeys: keys });
  return show(command, results.map((result) => written(result).result), page);
}

/**
 * The results of what stood on the command line or in a file of one record.
 * @param {import('./commands/index.js').RecordCommand} command
 * @param {import('./commands/index.js').Result[]} results
 * @param {Pages} page
 */
function show(command, results, { out, errors }) {
  const asLines = results.length > 1 && !out.people;
  let code = OK;
  results.forEach((result, index) => {
    if (result.status === 'rejected' || !command.good(result.value)) code = FAILED;
    if (asLines) process.stdout.write(`${JSON.stringify({ line: index + 1, ...result })}\n`);
    else if (result.status === 'rejected') process.stderr.write(`${errors.failure(result.reason)}\n`);
    else process.stdout.write(`${index > 0 ? '\n' : ''}${out.people ? command.show(result.value, out) : out.json(result.value)}\n`);
  });
  return code;
}

/**
 * What is wrong with the command line, if that is what an error says.
 * @param {unknown} error
 * @returns {Wrong | undefined}
 */
function usageOf(error) {
  if (error instanceof UsageError) return { what: error.message, about: error.about };
  if (!(error instanceof CommanderError) || error.exitCode === 0) return undefined;
  const { message } = error;
  // Of what was given nothing is repeated but the name of an option, and that only where it looks like one.
  const [, option = ''] = /option '(?:-\w, )?(--[a-z]+(?:-[a-z]+)*)(?=[ '=])/.exec(message) ?? [];
  const [, meant] = /Did you mean (?:one of )?(--[a-z-]+|[a-z]+)/.exec(message) ?? [];
  const what = {
    'commander.unknownOption': 'unknownOption',
    'commander.unknownCommand': 'unknownCommand',
    'commander.optionMissingArgument': 'valueMissing',
    'commander.invalidArgument': 'valueRefused',
    'commander.excessArguments': 'excess',
  }[error.code];
  if (what === undefined) throw error;
  return { what, about: option, meant };
}

/**
 * @param {Wrong} wrong
 * @param {Page} page
 * @param {boolean} json asked for: without a terminal, too, this is for people
 */
function usageText({ what, about, meant }, page, json) {
  const { texts: say } = page;
  const text = /** @type {Record<string, string>} */ (say)[what];
  const message = [about && `${about}: `, text, meant && ` (${say.didYouMean} ${meant}?)`].filter(Boolean).join('');
  return json ? `${JSON.stringify({ error: { code: 'USAGE', reason: what, message } })}\n` : `${page.bad(message)}\n  ${say.see}\n`;
}
