// What the package does beside what one would take instead, in one process on one runtime: results first, then times.
//
// Run by run.mjs on every runtime. INSTALLED names a project with the packed package, CONVENTIONAL the folder of benches/conventional,
// built. Writes JSON to --json FILE. `--rounds N` for a quick look; `--sweep` for texts from 1 KB to 1 MB as well.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { conventional, nodeCrypto, versions } from './contenders.mjs';
import { callEverything } from './every-call.mjs';
import { BASELINE, CONVENTIONAL, NODE, OURS } from './names.mjs';
import { APPID, ofLength, payloads } from './payloads.mjs';
import { numbers } from './phone-numbers.mjs';
import { inRounds } from './rounds.mjs';
import { makeWorks } from './works.mjs';

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, rounds: { type: 'string', default: '101' }, sweep: { type: 'boolean', default: false } },
});
const rounds = Number(options.rounds);
assert.ok(Number.isSafeInteger(rounds) && rounds > 0, '--rounds is a number');
assert.ok(options.json, '--json names a file');

const requireInstalled = createRequire(path.join(path.resolve(process.env.INSTALLED), 'user.cjs'));
const modern = requireInstalled(OURS);
const baseline = requireInstalled(BASELINE);
await Promise.all([modern.init(), baseline.init()]);

/** The first call of a module that is loaded. */
const beforeFirst = process.hrtime.bigint();
modern.parsePhoneNumber(numbers.mainland[0]);
const firstCallMilliseconds = Number(process.hrtime.bigint() - beforeFirst) / 1e6;

const works = makeWorks(modern, baseline);
const SIZES = options.sweep ? [1024, 4096, 16384, 65536, 262144, 1048576] : [];
const lengths = SIZES.map((characters) => ({ characters, records: ofLength(characters) }));

let compared = 0;
function same(theirs, ours, name) {
  assert.deepStrictEqual(theirs, ours, name);
  compared++;
}

/** What a call comes to, if only whether it is refused matters. */
function accepted(call) {
  try {
    return call();
  } catch {
    return 'refused';
  }
}

for (const [id, { records, runs, expected, differ }] of Object.entries(works)) {
  const [[, ours], ...others] = Object.entries(runs);
  for (const record of records) {
    for (const [name, theirs] of others) {
      const result = ours(record);
      if (differ.has(record)) assert.notDeepStrictEqual(theirs(record), result, `${id}, ${name}: no longer different`);
      else same(theirs(record), expected[name] ? expected[name](result) : result, `${id}, ${name}`);
    }
  }
}
for (const { characters, records } of lengths) {
  for (const { payload, sessionKey } of records) {
    assert.equal(payload.encryptedData.length, characters);
    same(nodeCrypto(payload, sessionKey), modern.decrypt(payload, { sessionKey, appid: APPID }), `${characters} characters`);
  }
}
// The conventional build checks what ours checks.
for (const records of Object.values(payloads)) {
  for (const [at, { payload, sessionKey }] of records.entries()) {
    const { timestamp } = modern.decrypt(payload, { sessionKey, appid: APPID }).watermark;
    const other = records[(at + 1) % records.length];
    for (const [wanted, policy, data = payload] of [
      ['accepted', { now: timestamp + 60, maxAge: 60 }], ['refused', { now: timestamp + 61, maxAge: 60 }],
      ['accepted', { now: timestamp - 300 }], ['refused', { now: timestamp - 301 }], ['accepted', { now: timestamp - 301, clockSkew: 301 }],
      ['refused', { appid: `${APPID}x` }], ['refused', { sessionKey: other.sessionKey }], ['refused', { sessionKey: sessionKey.slice(4) }],
      ['refused', {}, { ...payload, encryptedData: payload.encryptedData.slice(4) }], ['refused', {}, { ...payload, iv: '' }],
    ]) {
      const whole = { sessionKey, appid: APPID, ...policy };
      const ours = accepted(() => modern.decrypt(data, whole));
      assert.equal(ours === 'refused', wanted === 'refused', JSON.stringify(policy));
      same(accepted(() => conventional.decrypt(data, whole)), ours, CONVENTIONAL);
    }
  }
}

callEverything(modern, 500);
callEverything(baseline, 50);

// From here on the clock runs.
const loadBefore = os.loadavg()[0];

/** Each record in turn, once. */
const inTurn = (run, records) => () => {
  for (const record of records) run(record);
};
/** Nanoseconds for one payload or number. */
function timed(runs, records, perRun = 1) {
  const took = inRounds(Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, inTurn(run, records)])), rounds);
  return Object.fromEntries(Object.entries(took).map(([name, ns]) => [name, Math.round((ns / records.length / perRun) * 10) / 10]));
}

const rows = Object.fromEntries(
  Object.entries(works).map(([id, { records, runs, bytes, perRun }]) => [id, { bytes, nanoseconds: timed(runs, records, perRun) }]),
);
const sweep = lengths.map(({ characters, records }) => ({
  characters,
  nanoseconds: timed({
    [OURS]: ({ payload, sessionKey }) => modern.decrypt(payload, { sessionKey, appid: APPID }),
    [NODE]: ({ payload, sessionKey }) => nodeCrypto(payload, sessionKey),
  }, records),
}));

const load = { before: loadBefore, after: os.loadavg()[0] };
const machine = `${os.cpus()[0].model}, ${os.cpus().length} cores`;
const ours = requireInstalled(`${OURS}/package.json`).version;
const report = { machine, load, versions: { [OURS]: ours, ...versions }, rounds, compared, firstCallMilliseconds, rows, sweep };
writeFileSync(options.json, `${JSON.stringify(report)}\n`);
