// Synthetic records, the same in every run, a line each.

import fs from 'node:fs';
import { once } from 'node:events';

import { APPID, TIMESTAMP, seal } from '../../fixtures.mjs';
import { seeded } from '../../support/prng.mjs';

export { APPID };

/** As many different payloads, under as many keys. */
const KINDS = 64;

/** Phone data as WeChat stamps it, numbers from a range that nobody has. */
export function payloads() {
  const random = seeded(7);
  return Array.from({ length: KINDS }, (_, index) => {
    const number = `1200000${String(index).padStart(4, '0')}`;
    const watermark = { timestamp: TIMESTAMP, appid: APPID };
    return seal(JSON.stringify({ phoneNumber: number, purePhoneNumber: number, countryCode: '86', watermark }), random.bytes(16), random.bytes(16));
  });
}

export const lineOf = ({ encryptedData, iv, sessionKey }) => `${JSON.stringify({ encryptedData, iv, sessionKey })}\n`;

/** Writes `count` records and returns what is in each kind of them. */
export async function writeRecords(file, count) {
  const kinds = payloads();
  const block = kinds.map(lineOf).join('');
  const stream = fs.createWriteStream(file);
  for (let written = 0; written < count; written += KINDS) {
    const text = count - written >= KINDS ? block : kinds.slice(0, count - written).map(lineOf).join('');
    if (!stream.write(text)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return kinds.map(({ plaintext }) => JSON.parse(plaintext));
}
