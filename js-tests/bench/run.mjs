// All measurements, on all runtimes: node run.mjs --json FILE [--quick]
//
// Run by `cargo xtask bench`. INSTALLED names a project with the packed package, CONVENTIONAL the folder of benches/conventional, built.
// With --quick, on this Node alone, in few rounds, to see that it works: the figures are worth little.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

import { NotHere, programOf } from '../platforms/support.mjs';
import { packageFolder } from '../support/installed.mjs';
import { chart } from './chart.mjs';
import { CONVENTIONAL, MAIN, OURS } from './names.mjs';
import { addTo, readResults } from './results.mjs';
import { tables, verdicts } from './tables.mjs';
import { en, zh } from './words.mjs';

const { values: options } = parseArgs({ options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } } });
if (!options.json) throw new Error('--json names a file');
const json = path.resolve(options.json);

const own = `Node ${process.versions.node.split('.')[0]}`;

/** The runtime of an npm package, or this process's own where that is of the same version. */
function runtime(name, packageName, file) {
  try {
    return { name, program: programOf(packageName, file) };
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    if (name === own) return { name, program: process.execPath };
    if (process.env.CI || name === MAIN) throw error;
    console.log(`${name}: SKIPPED: ${error.message}`);
    return undefined;
  }
}

const runtimes = options.quick
  ? [{ name: own, program: process.execPath }]
  : [
      ...[18, 20, 22, 24].map((major) => runtime(`Node ${major}`, `node-${major}`, 'bin/node')),
      runtime('Bun', '@oven/bun-linux-x64', 'bin/bun'),
    ].filter(Boolean);
const main = runtimes.find(({ name }) => name === MAIN) ?? runtimes[0];

/** Runs a script beside this one. */
function run(program, script, args) {
  const { status, error } = spawnSync(program, [path.join(import.meta.dirname, script), ...args], { stdio: 'inherit' });
  if (error) throw error;
  return status === 0;
}

fs.rmSync(json, { force: true });
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
const measured = {};
for (const { name, program } of runtimes) {
  console.log(`${name}: every call, beside what one would take instead`);
  const file = path.join(work, `${name}.json`);
  // The others are there for their range.
  const rounds = options.quick ? '3' : name === main.name ? '101' : '31';
  const more = name === main.name && !options.quick ? ['--sweep'] : [];
  if (!run(program, 'measure.mjs', ['--json', file, '--rounds', rounds, ...more])) throw new Error(`${name}: the benchmark failed`);
  measured[name] = readResults(file);
}
fs.rmSync(work, { recursive: true });

const gzipped = (file) => gzipSync(fs.readFileSync(file), { level: 9 }).length;
const sizes = {
  [OURS]: gzipped(path.join(packageFolder, 'wasm/modern.wasm')),
  [CONVENTIONAL]: gzipped(path.join(process.env.CONVENTIONAL, 'conventional_bg.wasm')),
};
addTo(json, { runtimes: measured, sizes });

console.log('memory after many calls');
const memoryStays = run(process.execPath, 'memory.mjs', ['--json', json, ...(options.quick ? ['--calls', '100000'] : [])]);
console.log('cold start');
const startsInTime = run(main.program, 'cold-start.mjs', ['--json', json, ...(options.quick ? ['--rounds', '3'] : [])]);

const results = readResults(json);
const [texts] = [en, zh].map((words) => tables(words, results));
for (const text of Object.values(texts)) console.log(`\n${text}`);
chart(results);
console.log();
console.table(verdicts(results));
if (!memoryStays) throw new Error('memory has grown');
if (!startsInTime && !options.quick) throw new Error('the cold start takes too long');
