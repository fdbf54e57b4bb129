// A million records: INSTALLED=FOLDER node million.mjs [COUNT]. The command line, with one thread and with as many as it takes by itself,
// beside a program that decrypts one record at a time. All have to print the same.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { packageFolder } from '../support/installed.mjs';
import { measured } from './support/measured.mjs';
import { APPID, writeRecords } from './support/records.mjs';

/** What the command line may take, in megabytes. */
const MEMORY = 200;

const count = Number(process.argv[2] ?? 1_000_000);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'million-'));
const file = (name) => path.join(folder, name);

async function hashed(name) {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(name)) hash.update(chunk);
  return hash.digest('hex');
}

try {
  await writeRecords(file('records.ndjson'), count);
  console.log(`${count.toLocaleString('en-US')} records, ${(fs.statSync(file('records.ndjson')).size / 1e6).toFixed(0)} MB, ${os.cpus().length} processors, Node ${process.versions.node}, load ${os.loadavg()[0].toFixed(1)}`);
  const bin = path.join(packageFolder, 'cli/bin.js');
  const decrypt = [bin, 'decrypt', file('records.ndjson'), '--ndjson', '--appid', APPID];
  const runs = [
    ['one record at a time', [path.join(import.meta.dirname, 'support/one-at-a-time.mjs'), file('records.ndjson'), APPID]],
    ['command line, --jobs 1', [...decrypt, '--jobs', '1']],
    ['command line', decrypt],
  ];
  const outcomes = [];
  for (const [name, words] of runs) {
    const { code, seconds, errors, peakMegabytes } = await measured(words, file('output'));
    if (code !== 0 || errors !== '') throw new Error(`${name}: exit code ${code}: ${errors}`);
    outcomes.push({ name, seconds, peakMegabytes, hash: await hashed(file('output')) });
    console.log(`${name}: ${seconds.toFixed(1)} s, ${Math.round(count / seconds).toLocaleString('en-US')} records a second, at most ${peakMegabytes.toFixed(0)} MB`);
  }
  const [alone, ...ours] = outcomes;
  for (const { name, seconds, peakMegabytes, hash } of ours) {
    if (hash !== alone.hash) throw new Error(`${name}: the output differs`);
    if (peakMegabytes >= MEMORY) throw new Error(`${name}: ${MEMORY} MB are allowed`);
    if (seconds >= alone.seconds) throw new Error(`${name}: not faster than one at a time`);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
