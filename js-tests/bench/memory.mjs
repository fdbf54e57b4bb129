// Ten million calls of decrypt leave WebAssembly memory at the size that it has after the first thousand.
//
// Adds its result to --json FILE. `--calls N` for a quick look. Fails where memory has grown: that is no matter of how busy the machine
// is.

import { parseArgs } from 'node:util';

import { freshInstance } from '../support/instances.mjs';
import { APPID, payloads } from './payloads.mjs';
import { addTo } from './results.mjs';

const { values: options } = parseArgs({ options: { json: { type: 'string' }, calls: { type: 'string', default: '10000000' } } });
const calls = Number(options.calls);
const FIRST = 1000;
if (!(Number.isSafeInteger(calls) && calls > FIRST)) throw new Error(`--calls is a number over ${FIRST}`);

const { api, memory } = freshInstance();
/** One of each kind in turn, so that lengths change from call to call. */
const kinds = Object.values(payloads);
const records = Array.from({ length: kinds[0].length * kinds.length }, (_, i) => kinds[i % kinds.length][Math.floor(i / kinds.length)]);
const open = (from, to) => {
  for (let i = from; i < to; i++) {
    const { payload, sessionKey } = records[i % records.length];
    // Thrown away, but not before it is known to be the right thing.
    if (api.decrypt(payload, { sessionKey, appid: APPID }).watermark.appid !== APPID) throw new Error(`call ${i} gave other data`);
  }
};

open(0, FIRST);
const bytesAfterFirst = memory.buffer.byteLength;
open(FIRST, calls);
const bytesAtEnd = memory.buffer.byteLength;

console.log(`${calls} calls: ${bytesAfterFirst} bytes of memory after the first ${FIRST}, ${bytesAtEnd} at the end`);
if (options.json) addTo(options.json, { memory: { calls, first: FIRST, bytesAfterFirst, bytesAtEnd } });
if (bytesAtEnd !== bytesAfterFirst) throw new Error('memory has grown');
