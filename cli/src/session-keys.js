// Where session_keys come from besides the records: options, the environment, a question.

import fs from 'node:fs';
import tty from 'node:tty';

import { read } from 'read';

import { Interrupted, UsageError } from './failures.js';
import { fromEnvironment } from './values.js';

/** The terminal itself, whatever standard input and output are. */
function terminal() {
  if (process.platform === 'win32') {
    if (!process.stdin.isTTY || !process.stderr.isTTY) throw new UsageError('noTerminal');
    return { input: process.stdin, output: process.stderr, close: () => process.stdin.pause() };
  }
  try {
    const input = new tty.ReadStream(fs.openSync('/dev/tty', 'r'));
    const output = new tty.WriteStream(fs.openSync('/dev/tty', 'w'));
    return { input, output, close: () => [input, output].forEach((stream) => stream.destroy()) };
  } catch {
    throw new UsageError('noTerminal');
  }
}

/** @param {string} prompt */
async function ask(prompt) {
  const { input, output, close } = terminal();
  try {
    return (await read({ prompt, silent: true, terminal: true, input, output })).trim();
  } catch {
    // Ctrl-C or Ctrl-D.
    throw new Interrupted();
  } finally {
    output.write('\n');
    close();
  }
}

/**
 * The keys that the command line gives, in the order in which they are tried.
 * @param {{ sessionKey?: string[], sessionKeyEnv?: string[], sessionKeyPrompt?: boolean }} options
 * @param {boolean} wanted whether they are needed: then a person is asked, where there is one
 * @param {import('./texts/index.js').Texts} texts
 */
export async function sessionKeys({ sessionKey = [], sessionKeyEnv = [], sessionKeyPrompt }, wanted, texts) {
  const keys = [...sessionKey, ...sessionKeyEnv.map((name) => fromEnvironment(name, '--session-key-env'))];
  const asked = sessionKeyPrompt || (wanted && keys.length === 0);
  if (!asked) return keys;
  if (!sessionKeyPrompt && !process.stderr.isTTY) throw new UsageError('keyMissing');
  const key = await ask(texts.askSessionKey);
  if (key === '') throw new UsageError('keyMissing');
  return [...keys, key];
}
