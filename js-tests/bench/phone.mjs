// parsePhoneNumber beside libphonenumber-js (max metadata): the same inputs, results compared before anything is timed.
//
// Run by `cargo xtask bench`, which sets INSTALLED to a project with the packed package. Prints a table, and JSON where --json names
// a file.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

const ours = createRequire(join(process.env.INSTALLED, 'index.js'))('weapp-opendata');
const { version: theirVersion } = JSON.parse(
  readFileSync(new URL('../node_modules/libphonenumber-js/package.json', import.meta.url), 'utf8'),
);

/** Where libphonenumber-js judges otherwise than Google's own library, whose judgement ours is in all of these. */
const DIFFER = new Set(['+22985751234', '+22981123456', '+2908999', '+2631312345']);
const TYPES = { MOBILE: 'MOBILE', FIXED_LINE: 'FIXED_LINE', FIXED_LINE_OR_MOBILE: 'FIXED_LINE_OR_MOBILE' };

// The time that the first call of an initialised module takes.
await ours.init();
const before = process.hrtime.bigint();
ours.parsePhoneNumber('13580006666');
const firstCall = Number(process.hrtime.bigint() - before) / 1e6;

const examples = JSON.parse(readFileSync(new URL('../../tests/data/phone_examples.json', import.meta.url), 'utf8'));
const workloads = {
  'E.164, every region and type': examples.map(([, , code, national]) => `+${code}${national}`),
  'mainland mobile as WeChat gives it': Array.from({ length: 1000 }, (_, i) => `1358000${String(i).padStart(4, '0')}`),
  'as people type it': ['+86 (0)135-8000-6666', '０１０ ６２７８ １２３４', '0086 13580006666', '135 8000 6666', '+852 5123 4567'],
};

const theirs = (text) => parsePhoneNumberFromString(text, 'CN');

let compared = 0;
let differing = 0;
for (const texts of Object.values(workloads)) {
  for (const text of texts) {
    const their = theirs(text);
    const our = ours.parsePhoneNumber(text);
    const same =
      their.number === our.e164 &&
      (their.country ?? null) === our.region &&
      their.isValid() === our.isValid &&
      (our.isValid ? (TYPES[their.getType()] ?? 'OTHER') : 'UNKNOWN') === our.type;
    assert.equal(same, !DIFFER.has(text), text);
    compared++;
    if (!same) differing++;
  }
}
assert.equal(differing, DIFFER.size);

/** Nanoseconds for one number. libphonenumber-js judges lazily, so what ours gives is asked of it as well. */
function time(parse, texts, rounds) {
  const start = process.hrtime.bigint();
  for (let round = 0; round < rounds; round++) for (const text of texts) parse(text);
  return Number(process.hrtime.bigint() - start) / rounds / texts.length;
}
const judge = (text) => {
  const number = theirs(text);
  return [number.number, number.country, number.getType(), number.isValid()];
};
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

const ROUNDS = 21;
const rows = Object.entries(workloads).map(([name, texts]) => {
  const mine = [];
  const other = [];
  // Alternating, so that a busy moment of the machine falls on both.
  for (let round = 0; round < ROUNDS; round++) {
    other.push(time(judge, texts, Math.ceil(2000 / texts.length)));
    mine.push(time(ours.parsePhoneNumber, texts, Math.ceil(20000 / texts.length)));
  }
  return { name, ours: Math.round(median(mine)), theirs: Math.round(median(other)), ratio: median(other) / median(mine) };
});

const machine = `${os.cpus()[0].model}, ${os.cpus().length} cores, Node ${process.versions.node}`;
const report = { machine, theirVersion, compared, differing, firstCallMilliseconds: firstCall, rounds: ROUNDS, rows };
console.log(`${compared} results compared, ${differing} known differences; first call ${firstCall.toFixed(2)} ms; ${machine}`);
console.table(rows.map(({ name, ours: mine, theirs: other, ratio }) => ({
  work: name,
  'weapp-opendata (ns)': mine,
  [`libphonenumber-js ${theirVersion} max (ns)`]: other,
  ratio: `${ratio.toFixed(1)} x`,
})));
const json = process.argv.indexOf('--json');
if (json > 0) writeFileSync(process.argv[json + 1], `${JSON.stringify(report, null, 2)}\n`);
