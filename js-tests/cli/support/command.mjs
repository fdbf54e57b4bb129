// The command line as it is installed, run through its bin.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

import { project } from '../../support/installed.mjs';
import { APPID, TIMESTAMP, makeFixtures } from '../../fixtures.mjs';

export const bin = path.join(project, 'node_modules/.bin/weapp-opendata');
export const fixtures = makeFixtures();
export { APPID, TIMESTAMP };

/** Files of one test file. */
export const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'command-line-'));
after(() => fs.rmSync(folder, { recursive: true, maxRetries: 10 }));

export function write(name, content) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return file;
}

/** Nothing of whoever runs the tests. */
const ENVIRONMENT = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' };

/** A process without a terminal of any kind. */
export const start = (words, { env = {}, stdio = 'pipe' } = {}) =>
  spawn(bin, words, { env: { ...ENVIRONMENT, ...env }, cwd: folder, stdio, detached: true });

/**
 * Runs to the end.
 * @returns {Promise<{ code: number | null, signal: string | null, out: string, errors: string }>}
 */
export function run(words, { input = '', env } = {}) {
  return new Promise((resolve, reject) => {
    const child = start(words, { env });
    const out = [];
    const errors = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out: Buffer.concat(out).toString(), errors: Buffer.concat(errors).toString() }));
    // It may end before it has read all.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

export const payloadOf = ({ encryptedData, iv }) => ({ encryptedData, iv });
export const recordOf = ({ encryptedData, iv, sessionKey }) => ({ encryptedData, iv, sessionKey });
export const lines = (text) => text.trimEnd().split('\n').map((line) => JSON.parse(line));
