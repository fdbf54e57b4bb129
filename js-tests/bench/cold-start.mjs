// What the package adds to the start of a process: node cold-start.mjs
//
// One process after the other, in turn: each opens WeChat's own sample once, by this package or by node:crypto as WeChat's sample code
// does. INSTALLED names the folder into which the tarball was installed. The medians are compared; it fails above LIMIT.

import { spawnSync } from 'node:child_process';

import { project, vectors } from '../support/installed.mjs';

/** Milliseconds by which the median may be longer. */
const LIMIT = 6;
const ROUNDS = 41;
/** The first ones find files that are not yet in memory. */
const WARM_UP = 3;

const { appid, sessionKey, encryptedData, iv, plaintext } = vectors().find((vector) => vector.id === 'official-demo');
const payload = JSON.stringify({ encryptedData, iv });
const wanted = JSON.parse(plaintext).openId;

const PROGRAMS = {
  'node:crypto': `
    const { createDecipheriv } = require('node:crypto');
    const { encryptedData, iv } = ${payload};
    const decipher = createDecipheriv('aes-128-cbc', Buffer.from('${sessionKey}', 'base64'), Buffer.from(iv, 'base64'));
    const data = JSON.parse(decipher.update(encryptedData, 'base64', 'utf8') + decipher.final('utf8'));
    if (data.watermark.appid !== '${appid}') throw new Error('appid');
    console.log(data.openId);`,
  'weapp-opendata': `
    const { decrypt } = require('weapp-opendata');
    console.log(decrypt(${payload}, { appid: '${appid}', sessionKey: '${sessionKey}' }).openId);`,
};

/** Milliseconds that a process takes from its start to its end. */
function time(program) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', program], { cwd: project, encoding: 'utf8' });
  const end = process.hrtime.bigint();
  if (status !== 0 || stdout.trim() !== wanted) throw new Error(`a process failed: ${stderr}${stdout}`);
  return Number(end - start) / 1e6;
}

const names = Object.keys(PROGRAMS);
const times = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round < ROUNDS + WARM_UP; round++) {
  // The one that goes first changes, so that neither always follows the other.
  for (const name of round % 2 ? names : [...names].reverse()) {
    const taken = time(PROGRAMS[name]);
    if (round >= WARM_UP) times[name].push(taken);
  }
}

const quantile = (list, part) => [...list].sort((a, b) => a - b)[Math.floor(part * (list.length - 1))];
const rounded = (number) => Math.round(number * 10) / 10;
const figures = Object.fromEntries(
  names.map((name) => [name, { median: rounded(quantile(times[name], 0.5)), quarter: rounded(quantile(times[name], 0.25)), threeQuarters: rounded(quantile(times[name], 0.75)) }]),
);
const added = rounded(quantile(times['weapp-opendata'], 0.5) - quantile(times['node:crypto'], 0.5));
const describe = (name) => `${name} ${figures[name].median} ms (${figures[name].quarter} to ${figures[name].threeQuarters})`;
console.log(`cold start, Node ${process.versions.node}, ${ROUNDS} processes each: ${names.map(describe).join(', ')}: ${added} ms more, ${LIMIT} allowed`);
console.log(JSON.stringify({ node: process.versions.node, rounds: ROUNDS, unit: 'ms', ...figures, added, limit: LIMIT }));
if (added > LIMIT) {
  console.error(`cold start: ${added} ms more than node:crypto, ${LIMIT} allowed`);
  process.exitCode = 1;
}
