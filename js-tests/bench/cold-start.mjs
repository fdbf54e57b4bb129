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
    const start = process.hrtime.bigint();
    const { decrypt } = require('weapp-opendata');
    const { openId } = decrypt(${payload}, { appid: '${appid}', sessionKey: '${sessionKey}' });
    console.log(openId, Number(process.hrtime.bigint() - start) / 1e6);`,
};

const WITHOUT = `${OURS} without the phone table`;
const { project: without, shares } = withoutPhoneTable(project);

const PROGRAMS = {
  [NODE]: { code: program.node, cwd: project },
  [OURS]: { code: program.ours, cwd: project },
  [WITHOUT]: { code: program.ours, cwd: without },
};

/** Milliseconds that a process takes from its start to its end, and of these what it says of the package. */
function time({ code, cwd }) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code], { cwd, encoding: 'utf8' });
  const end = process.hrtime.bigint();
  const [openId, inside] = stdout.trim().split(' ');
  if (status !== 0 || openId !== wanted) throw new Error(`a process failed: ${stderr}${stdout}`);
  return { whole: Number(end - start) / 1e6, inside: Number(inside) };
}

const names = Object.keys(PROGRAMS);
const taken = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round < rounds + WARM_UP; round++) {
  // The one that goes first changes, so that none always follows the same other.
  for (let i = 0; i < names.length; i++) {
    const name = names[(round + i) % names.length];
    const took = time(PROGRAMS[name]);
    if (round >= WARM_UP) taken[name].push(took);
  }
}

const rounded = (number, digits = 1) => Number(number.toFixed(digits));
function quartiles(list, digits) {
  const sorted = [...list].sort((a, b) => a - b);
  const [quarter, median, threeQuarters] = [0.25, 0.5, 0.75].map((part) => rounded(sorted[Math.floor(part * (sorted.length - 1))], digits));
  return { median, quarter, threeQuarters };
}
const programs = Object.fromEntries(names.map((name) => [name, quartiles(taken[name].map(({ whole }) => whole))]));
const added = rounded(programs[OURS].median - programs[NODE].median);
// What the table costs is little: it is looked for in loading and the first call alone, and within a round, in which the machine was as
// busy for either.
const saved = quartiles(taken[OURS].map(({ inside }, round) => inside - taken[WITHOUT][round].inside), 2);
const phoneTable = { saved, ...shares, least: LEAST_SAVED, pays: saved.median >= LEAST_SAVED };
const coldStart = { runtime: `Node ${process.versions.node}`, rounds, limit: LIMIT, added, programs, phoneTable };

if (options.json) addTo(options.json, { coldStart });
if (added > LIMIT) {
  console.error(`cold start: ${added} ms more than ${NODE}, ${LIMIT} allowed`);
  process.exitCode = 1;
}
