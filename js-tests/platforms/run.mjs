// The suite on every host: node run.mjs [WORD...]; with words, only the hosts whose names hold one of them.
//
// INSTALLED names the folder into which the tarball was installed. A host that is not to be had is said to be skipped, with the
// reason; where CI is set, that is a failure. So is a host that ran anything but the whole suite.

import fs from 'node:fs';
import path from 'node:path';

import { makeFixtures } from '../fixtures.mjs';
import { errorCodes, importInstalled, packageFolder, vectors } from '../support/installed.mjs';
import { runSuite } from '../suite/index.mjs';
import { makeFixtures as makeApiSecurityFixtures } from '../support/api-security.mjs';
import browser from './hosts/browser.mjs';
import bundles from './hosts/bundles.mjs';
import commandLine from './hosts/command-line.mjs';
import runtimes from './hosts/runtimes.mjs';
import server from './hosts/server.mjs';
import workerd from './hosts/workerd.mjs';
import { NotHere, here, user, work } from './support.mjs';

/** As many tests as the suite has at least. */
const FEWEST = 300;
/** How many hosts at a time. */
const LANES = 2;
/** How many failures of a host are shown. */
const SHOWN = 10;

const data = { vectors: vectors(), fixtures: makeFixtures(), errorCodes: errorCodes(), apiSecurity: makeApiSecurityFixtures() };

/** What every host finds: see `user` in support.mjs. */
function prepare() {
  fs.rmSync(work, { recursive: true, force: true });
  fs.cpSync(packageFolder, path.join(user, 'node_modules/weapp-opendata'), { recursive: true });
  for (const part of ['suite', 'support/prng.mjs', 'platforms/in-host.mjs']) {
    fs.cpSync(path.join(here, '..', part), path.join(user, 'tests', part), { recursive: true });
  }
  fs.writeFileSync(path.join(user, 'data.json'), JSON.stringify(data));
}

/** How many tests each host has to run. */
async function sizeOfSuite() {
  let size = 0;
  runSuite(await importInstalled(), { ...data, test: () => size++ });
  if (size < FEWEST) throw new Error(`the suite has only ${size} tests`);
  return size;
}

/** Failures can hold a whole bundle on a line. */
const brief = (text) => text.split('\n').map((line) => line.slice(0, 400)).join('\n').slice(0, 2000);

/** Runs one host and says how it went. A report without a number of suite tests is of a host that runs a few tests of its own. */
async function tally({ name, run, ownOnly = false }, size) {
  const start = performance.now();
  const result = { name, passed: 0, failures: [] };
  try {
    const report = await run();
    if (report.suite !== (ownOnly ? 0 : size)) result.failures.push(`${report.suite} tests of the suite instead of ${size}`);
    if (report.passed + report.failures.length !== report.suite + report.own) result.failures.push('not every test was run');
    if (report.passed + report.failures.length === 0) result.failures.push('no test was run');
    result.passed = report.passed;
    result.failures.push(...report.failures);
  } catch (error) {
    if (error instanceof NotHere && !process.env.CI) result.skipped = error.message;
    else result.failures.push(error instanceof NotHere ? `not to be had, and CI skips nothing: ${error.message}` : error.stack);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (result.skipped) console.log(`${name}: SKIPPED: ${result.skipped}`);
  else console.log(`${name}: ${result.passed} passed, ${result.failures.length} failed (${seconds} s)`);
  for (const failure of result.failures.slice(0, SHOWN)) console.log(`    ${brief(failure).replaceAll('\n', '\n    ')}`);
  if (result.failures.length > SHOWN) console.log(`    and ${result.failures.length - SHOWN} more`);
  return result;
}

prepare();
const size = await sizeOfSuite();
const words = process.argv.slice(2);
const hosts = [...runtimes, ...server, ...commandLine, ...bundles, ...workerd, ...browser];
const chosen = hosts.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (chosen.length === 0) throw new Error(`no host is called ${words.join(' or ')}`);
console.log(`${size} tests on each of ${chosen.length} hosts`);

const results = [];
const waiting = [...chosen];
const lane = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await tally(next, size));
};
await Promise.all(Array.from({ length: LANES }, lane));

const skipped = results.filter((result) => result.skipped);
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failures.length, 0);
console.log(`\n${results.length - skipped.length} hosts run, ${skipped.length} skipped${skipped.map(({ name }) => ` (${name})`).join('')}`);
console.log(`platforms: ${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
if (failed > 0 || results.length !== chosen.length || passed === 0) process.exitCode = 1;
