// What the package adds to the start of a process, and how much of that the phone table is.
//
// One process after the other, in turn: each opens WeChat's own sample once, by this package, by this package without the phone table,
// or by node:crypto as WeChat's sample code does. INSTALLED names the folder into which the tarball was installed. Medians are compared.
// Adds its result to --json FILE. `--rounds N` for a quick look. Fails above LIMIT.

import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { project, vectors } from '../support/installed.mjs';
import { NODE, OURS } from './names.mjs';
import { addTo } from './results.mjs';
import { withoutPhoneTable } from './without-phone-table.mjs';

/** Milliseconds by which the median may be longer. */
const LIMIT = 5;
/** A module of its own for those who only decrypt would have to save so many: a tenth of what is allowed. */
const LEAST_SAVED = 0.5;
/** The first ones find files that are not yet in memory. */
const WARM_UP = 3;

const { values: options } = parseArgs({ options: { json: { type: 'string' }, rounds: { type: 'string', default: '41' } } });
const rounds = Number(options.rounds);

const { appid, sessionKey, encryptedData, iv, plaintext } = vectors().find((vector) => vector.id === 'official-demo');
const payload = JSON.stringify({ encryptedData, iv });
const wanted = JSON.parse(plaintext).openId;

const program = {
  node: `
    const { createDecipheriv } = require('node:crypto');
    const { encryptedData, iv } = ${payload};
    const decipher = createDecipheriv('aes-128-cbc', Buffer.from('${sessionKey}', 'base64'), Buffer.from(iv, 'base64'));
    const data = JSON.parse(decipher.update(encryptedData, 'base64', 'utf8') + decipher.final('utf8'));
    if (data.watermark.appid !== '${appid}') throw new Error('appid');
    console.log(data.openId);`,
  ours: `
    const { decrypt } = require('weapp-opendata');
    console.log(decrypt(${payload}, { appid: '${appid}', sessionKey: '${sessionKey}' }).openId);`,
};

const WITHOUT = `${OURS} without the phone table`;
const { project: without, shares } = withoutPhoneTable(project);

const PROGRAMS = {
  [NODE]: { code: program.node, cwd: project },
  [OURS]: { code: program.ours, cwd: project },
  [WITHOUT]: { code: program.ours, cwd: without },
};

/** Milliseconds that a process takes from its start to its end. */
function time({ code, cwd }) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code], { cwd, encoding: 'utf8' });
  const end = process.hrtime.bigint();
  if (status !== 0 || stdout.trim() !== wanted) throw new Error(`a process failed: ${stderr}${stdout}`);
  return Number(end - start) / 1e6;
}

const names = Object.keys(PROGRAMS);
const taken = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round < rounds + WARM_UP; round++) {
  // The one that goes first changes, so that none always follows the same other.
  for (let i = 0; i < names.length; i++) {
    const name = names[(round + i) % names.length];
    const milliseconds = time(PROGRAMS[name]);
    if (round >= WARM_UP) taken[name].push(milliseconds);
  }
}

const quantileOf = (list, part) => [...list].sort((a, b) => a - b)[Math.floor(part * (list.length - 1))];
const quantile = (name, part) => quantileOf(taken[name], part);
const rounded = (number) => Math.round(number * 10) / 10;
const programs = Object.fromEntries(
  names.map((name) => [name, { median: rounded(quantile(name, 0.5)), quarter: rounded(quantile(name, 0.25)), threeQuarters: rounded(quantile(name, 0.75)) }]),
);
const added = rounded(quantile(OURS, 0.5) - quantile(NODE, 0.5));
// What it saves is little: the median of the differences of one round, in which the machine was as busy for either.
const savings = taken[OURS].map((milliseconds, round) => milliseconds - taken[WITHOUT][round]);
const saved = rounded(quantileOf(savings, 0.5));
const phoneTable = { milliseconds: saved, ...shares, least: LEAST_SAVED, pays: saved >= LEAST_SAVED };
const coldStart = { runtime: `Node ${process.versions.node}`, rounds, limit: LIMIT, added, programs, phoneTable };

if (options.json) addTo(options.json, { coldStart });
if (added > LIMIT) {
  console.error(`cold start: ${added} ms more than ${NODE}, ${LIMIT} allowed`);
  process.exitCode = 1;
}
