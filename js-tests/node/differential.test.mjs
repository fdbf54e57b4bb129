// The package, node:crypto and crypto-js agree on structured random calls. Longer, and from a fresh seed: `cargo xtask fuzz differential`.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { differential, round } from '../support/differential.mjs';

test('6,000 rounds agree, and every kind of them ends both ways', () => {
  const { rounds, counts } = differential({ seed: 20240601, rounds: 6000 });
  assert.equal(rounds, 6000);
  const all = (ending) => Object.entries(counts).reduce((sum, [kind, count]) => sum + (kind.endsWith(ending) ? count : 0), 0);
  console.log(`bad inputs: ${rounds} random calls of three builds, ${all('refused')} refused by all, ${all('opened')} opened alike`);
  for (const kind of ['openData', 'messagePush', 'channel', 'signatures']) {
    for (const ending of ['opened', 'refused']) assert.ok(counts[`${kind} ${ending}`] > 100, `${kind} ${ending}: ${counts[`${kind} ${ending}`]}`);
  }
});

test('a round is made of its seed and its number', () => {
  const endings = (seed) => Array.from({ length: 60 }, (_, number) => round(seed, number));
  assert.deepEqual(endings(7), endings(7));
  assert.notDeepEqual(endings(7), endings(8));
});
