// Runs a Node program with its output in a file, and says how long it took and how much memory it had at most.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';

/**
 * @param {string[]} words after `node`
 * @param {string} output a file; what goes to standard error is returned
 */
export async function measured(words, output) {
  const peakFile = `${output}.peak`;
  const descriptor = fs.openSync(output, 'w');
  const started = performance.now();
  const child = spawn(process.execPath, ['--require', path.join(import.meta.dirname, 'peak.cjs'), ...words], {
    stdio: ['ignore', descriptor, 'pipe'],
    env: { ...process.env, PEAK_FILE: peakFile },
  });
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  const [code] = await once(child, 'close');
  const seconds = (performance.now() - started) / 1000;
  fs.closeSync(descriptor);
  return { code, seconds, errors, peakMegabytes: (Number(fs.readFileSync(peakFile)) * 1024) / 1e6 };
}
