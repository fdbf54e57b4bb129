// Times contenders beside one another, so that a busy moment of the machine falls on all of them.

import { seeded } from '../support/prng.mjs';

/** How long one turn of one contender takes: long enough for the clock and for its own garbage collection. */
const TURN_MILLISECONDS = 10;

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Nanoseconds that `times` runs take. */
function time(run, times) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) run();
  return Number(process.hrtime.bigint() - start);
}

/** How often a turn runs it; also warms it up. */
function timesOf(run) {
  let times = 1;
  for (;;) {
    const took = time(run, times) / 1e6;
    if (took >= TURN_MILLISECONDS) return Math.max(1, Math.round((times * TURN_MILLISECONDS) / took));
    times *= 2;
  }
}

/**
 * In every round each contender has one turn, in an order of that round's own: whoever comes next may have to clear away what the
 * one before has left.
 *
 * @param {Record<string, () => void>} runs
 * @param {number} rounds
 * @returns {Record<string, number>} the median of the rounds, in nanoseconds for one run
 */
export function inRounds(runs, rounds) {
  const random = seeded(rounds);
  const entries = Object.entries(runs).map(([name, run]) => {
    timesOf(run);
    return { name, run, times: timesOf(run), took: [] };
  });
  for (let round = 0; round < rounds; round++) {
    const order = [...entries];
    while (order.length > 0) {
      const [entry] = order.splice(random.below(order.length), 1);
      entry.took.push(time(entry.run, entry.times) / entry.times);
    }
  }
  return Object.fromEntries(entries.map(({ name, took }) => [name, median(took)]));
}
