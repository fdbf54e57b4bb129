// decrypt beside node:crypto, used as WeChat's sample does, and three libraries: the same payloads, results compared before
// anything is timed.
//
// Run by `cargo xtask bench`, which sets INSTALLED to a project with the packed package. Prints tables, and JSON where --json names
// a file. `--rounds N` for a quick look. What happens to memory is measured by memory.mjs, into the same file.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';

import { manifest, requireInstalled } from '../support/installed.mjs';
import { contenders } from './contenders.mjs';
import { APPID, batch, ofLength, works } from './payloads.mjs';
import { print } from './print.mjs';
import { inRounds } from './rounds.mjs';

const OURS = 'weapp-opendata';
const BASELINE = 'weapp-opendata/baseline';
const NODE = 'node:crypto';

const { values: options } = parseArgs({ options: { json: { type: 'string' }, rounds: { type: 'string', default: '101' } } });
const rounds = Number(options.rounds);
assert.ok(Number.isSafeInteger(rounds) && rounds > 0, '--rounds is a number');

const modern = requireInstalled(OURS);
const baseline = requireInstalled(BASELINE);
await Promise.all([modern.init(), baseline.init()]);
const openWith = (api) => (payload, sessionKey) => api.decrypt(payload, { sessionKey, appid: APPID });

/** By name, ours first: what opens one payload. */
const openers = {
  [OURS]: openWith(modern),
  [BASELINE]: openWith(baseline),
  ...Object.fromEntries(Object.entries(contenders).map(([name, { open }]) => [name, open])),
};
const versions = {
  [OURS]: manifest().version,
  ...Object.fromEntries(Object.entries(contenders).map(([name, { version }]) => [name, version])),
};

/** Least ratios that the package is built for. */
const WANTED = {
  phone: [[OURS, NODE, 2], [OURS, '@noble/ciphers', 2.5], [OURS, 'crypto-js', 15], [BASELINE, 'crypto-js', 5]],
  userInfo: [[OURS, NODE, 1.5], [BASELINE, 'crypto-js', 5]],
  chinese: [[OURS, NODE, 1.4]],
  many: [[OURS, NODE, 2]],
};
/** How much dearer a byte may be at one size of the sweep than at another. */
const SPREAD_WANTED = 1.2;

const TITLES = {
  phone: 'phone number',
  userInfo: 'userInfo',
  chinese: 'userInfo, Chinese name',
  otherwise: 'userInfo in another order',
  short: 'short data',
  weRun: 'WeRun steps',
  many: 'userInfo, 1,000 in a batch',
};

let compared = 0;
/** Everybody's result is ours. */
function compare(records, names) {
  for (const { payload, sessionKey } of records) {
    const ours = openers[OURS](payload, sessionKey);
    for (const name of names) {
      assert.deepStrictEqual(openers[name](payload, sessionKey), ours, name);
      compared++;
    }
  }
}

/** What one record has cost each contender, given what all did, and their medians over ours. */
function row(id, records, took) {
  const microseconds = Object.fromEntries(Object.entries(took).map(([name, ns]) => [name, ns / records.length / 1000]));
  const ratios = Object.fromEntries(Object.entries(took).map(([name, ns]) => [name, ns / took[OURS]]));
  const wanted = (WANTED[id] ?? []).map(([ours, theirs, least]) => {
    const ratio = took[theirs] / took[ours];
    return { ours, theirs, least, ratio, reached: ratio >= least };
  });
  return { id, title: TITLES[id], bytes: records[0].bytes, payloads: records.length, microseconds, ratios, wanted };
}

const NAMES = Object.keys(openers);

// The batch: decryptMany, and everybody else in a loop that goes on after a bad record as decryptMany does.
const manyRecords = batch.map(({ payload, sessionKey }) => ({ ...payload, sessionKey }));
const inLoop = (name) => () =>
  batch.map(({ payload, sessionKey }) => {
    try {
      return { status: 'fulfilled', value: openers[name](payload, sessionKey) };
    } catch (reason) {
      return { status: 'rejected', reason };
    }
  });
const batches = {
  [OURS]: () => modern.decryptMany(manyRecords, { appid: APPID }),
  [`${OURS}, decrypt in a loop`]: inLoop(OURS),
  [BASELINE]: () => baseline.decryptMany(manyRecords, { appid: APPID }),
  ...Object.fromEntries(Object.keys(contenders).map((name) => [name, inLoop(name)])),
};

// From 1 KB to the limit, ours and node:crypto: is a byte as dear everywhere, and from where on does node:crypto win?
const lengths = [1024, 4096, 16384, 65536, 262144, 1048576].map((characters) => ({ characters, records: ofLength(characters) }));

for (const records of Object.values(works)) compare(records, NAMES.slice(1));
for (const { characters, records } of lengths) {
  assert.ok(records.every(({ payload }) => payload.encryptedData.length === characters));
  compare(records, [NODE]);
}
const settled = batches[OURS]();
assert.ok(settled.every(({ status }) => status === 'fulfilled'));
for (const [name, run] of Object.entries(batches).slice(1)) {
  assert.deepStrictEqual(run(), settled, name);
  compared += settled.length;
}

// From here on the clock runs.
const loadBefore = os.loadavg()[0];

/** Opens all records in turn, once. */
const inTurn = (name, records) => () => {
  for (const { payload, sessionKey } of records) openers[name](payload, sessionKey);
};
const timeInTurn = (names, records) => inRounds(Object.fromEntries(names.map((name) => [name, inTurn(name, records)])), rounds);

const rows = Object.entries(works).map(([id, records]) => row(id, records, timeInTurn(NAMES, records)));
rows.push(row('many', batch, inRounds(batches, rounds)));

const sweepSizes = [];
for (const { characters, records } of lengths) {
  const took = timeInTurn([OURS, NODE], records);
  const nanoseconds = took[OURS] / records.length;
  const perByte = Object.fromEntries(Object.entries(took).map(([name, ns]) => [name, ns / records.length / characters]));
  // What a byte costs beyond the size before: without what every call costs, however short its text.
  const before = sweepSizes.at(-1);
  const furtherByte = before ? (nanoseconds - before.nanoseconds) / (characters - before.characters) : null;
  sweepSizes.push({ characters, nanoseconds, nanosecondsPerByte: perByte, furtherByte, ratio: took[NODE] / took[OURS] });
}
const ours = sweepSizes.map(({ nanosecondsPerByte }) => nanosecondsPerByte[OURS]);
const spread = Math.max(...ours) / Math.min(...ours);
const nodeWins = sweepSizes.find((_, i) => sweepSizes.slice(i).every(({ ratio }) => ratio < 1));
const further = sweepSizes.slice(1).map(({ furtherByte }) => furtherByte);
const sweep = {
  sizes: sweepSizes,
  furtherByteSpread: Math.max(...further) / Math.min(...further),
  spread, wanted: SPREAD_WANTED, reached: spread <= SPREAD_WANTED,
  nodeCryptoWinsFrom: nodeWins ? nodeWins.characters : null,
};

const report = {
  machine: `${os.cpus()[0].model}, ${os.cpus().length} cores, Node ${process.versions.node}`,
  load: { before: loadBefore, after: os.loadavg()[0] },
  contenders: NAMES, versions, rounds, compared, rows, sweep,
};

print(report);
if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
