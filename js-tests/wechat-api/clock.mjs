// The emulator's own clock. It stands still until a test moves it, so that what ages does so by design and in every run alike.

export class Clock {
  #seconds;

  /** @param {number} [seconds] the Unix time at which it starts */
  constructor(seconds = 1700000000) {
    if (!Number.isSafeInteger(seconds) || seconds < 0) throw new TypeError('a clock starts at a whole number of seconds');
    this.#seconds = seconds;
  }

  /** Unix time in seconds: the unit of `expires_in`, `timestamp` and `create_time`. */
  now() {
    return this.#seconds;
  }

  /** @param {number} seconds */
  advance(seconds) {
    if (!Number.isSafeInteger(seconds) || seconds < 0) throw new TypeError('a clock advances by a whole number of seconds');
    this.#seconds += seconds;
  }
}
