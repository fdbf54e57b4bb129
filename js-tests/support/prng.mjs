// A seeded generator (mulberry32), so that every run of the tests sees the same data and a failure can be repeated.

export function seeded(seed) {
  let state = seed >>> 0;
  const u32 = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit) => u32() % limit;
  return {
    u32,
    below,
    pick: (list) => list[below(list.length)],
    bytes: (length) => Uint8Array.from({ length }, () => u32() & 0xff),
  };
}
