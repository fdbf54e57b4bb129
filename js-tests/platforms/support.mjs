// What the drivers of all hosts need: the folder that a user would have, child processes that end, and the tally.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { MARK } from './in-host.mjs';

export const here = import.meta.dirname;
export const root = path.resolve(here, '../..');
export const work = path.join(root, 'target/platforms');
/** A user's project: the installed package, the suite beside it, and the data as JSON. */
export const user = path.join(work, 'user');

/** No host takes a tenth of this; what takes longer hangs. */
const TIMEOUT = 120000;

/** A host or tool that is not on this machine. In CI that is a failure, elsewhere it is said. */
export class NotHere extends Error {}

/** A program out of an npm package of this folder. */
export function programOf(name, file) {
  const found = path.join(here, 'node_modules', name, file);
  if (!fs.existsSync(found)) throw new NotHere(`the npm package ${name} is not made for ${process.platform} on ${process.arch}`);
  return found;
}

/** Starts a program in a process group of its own; `stop` ends all of it. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8');
    child[stream].on('data', (text) => {
      output[stream] += text;
    });
  }
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(`cannot be started: ${error.message}`));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal || code}`));
  });
  const stop = async () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    await ended;
  };
  return { output, ended, stop };
}

/** Waits for a promise, but not for ever. */
export async function within(promise, what, limit = TIMEOUT) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing of ${what} after ${limit / 1000} s`)), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a program to its end and returns what it printed; anything but success is an error. */
export async function run(program, args, options) {
  const { output, ended, stop } = start(program, args, options);
  try {
    const failure = await within(ended, path.basename(program)).catch((error) => error.message);
    if (failure) throw new Error(`${path.basename(program)} ${failure}\n${output.stdout.slice(-2000)}${output.stderr.slice(-2000)}`);
    return output.stdout;
  } finally {
    await stop();
  }
}

/** Runs a program that ends with a report. */
export async function reportOf(program, args, options) {
  const printed = await run(program, args, options);
  const lines = printed.split('\n').filter((line) => line.startsWith(MARK));
  if (lines.length !== 1) throw new Error(`${path.basename(program)} printed ${lines.length} reports\n${printed.slice(-2000)}`);
  return JSON.parse(lines[0].slice(MARK.length));
}

/** A folder outside the project, where nothing is found that was not put there. */
export async function elsewhere(use) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weapp-opendata-'));
  try {
    return await use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
