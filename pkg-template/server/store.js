// The access token in a store that several processes share, and who of them asks WeChat for a new one.
//
// The store has `get` and `set` and no more, so nothing in it happens at once. The claim is Lamport's («A Fast Mutual Exclusion
// Algorithm», 1987, algorithm 2): `turn` and `claim` are its x and y. It needs no common clock. If it fails for want of time, two ask
// where one would have done, and WeChat gives both the same stable token. For that reason nobody ever waits long: whatever the store
// does, after PATIENCE everyone asks for himself.

/** Milliseconds in which the store has to answer once. */
const ANSWER = 1000;
/** Milliseconds that all its answers and the other process's request may take together: then this process asks. */
const PATIENCE = 3000;
/** A claim is forgotten after so many milliseconds, lest a process that died be waited for again and again. */
const CLAIM_LIFE = 3000;
/** Milliseconds in which one who saw no claim will have written his own; or twice as long as this one needed for all of his part. */
const SETTLE = 100;
/** Milliseconds between two looks at the store, at first and later. */
const LOOK = 20;
const LOOK_LATER = 200;
/** A store that failed is left alone for so many milliseconds. */
const REST = 30000;
/** «至少保留 512 字符» for a token: one that is far longer is none. */
const MAX_TOKEN = 8192;

/**
 * @typedef {object} Store
 * @property {(key: string) => unknown} get
 * @property {(key: string, value: unknown, ttl?: number) => unknown} set
 */

/** @typedef {import('./token.js').TokenRecord} TokenRecord */

/** @param {number} milliseconds */
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A name that no other claim has. It keeps nothing secret. */
const newName = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/**
 * @param {Store} store
 * @param {string} key
 * @param {(record: TokenRecord) => number} lifeOf milliseconds for which a token is still to be kept
 */
export function createSharedToken({ get, set }, key, lifeOf) {
  const turnKey = `${key}:turn`;
  const claimKey = `${key}:claim`;
  let restsUntil = -Infinity;

  /**
   * What the store answers, or an exception when it is late.
   * @param {() => unknown} run
   */
  async function answer(run) {
    /** @type {any} */
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('the store is late')), ANSWER);
    });
    try {
      return await Promise.race([run(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Runs what takes the store. When the store fails, nothing comes of it, and it is left alone for a while.
   * @template T
   * @param {() => Promise<T>} run
   * @returns {Promise<T | undefined>}
   */
  async function tried(run) {
    if (performance.now() < restsUntil) return undefined;
    try {
      return await run();
    } catch (_) {
      restsUntil = performance.now() + REST;
      return undefined;
    }
  }

  /** @param {string} name */
  const look = (name) => answer(() => get(name));
  /** @param {string} name @param {string} value @param {number} life */
  const put = (name, value, life) => answer(() => set(name, value, life));

  /** The token, if there is one that may be used. @param {string | undefined} refused the serial of one that may not */
  async function read(refused) {
    const record = recordOf(await look(key));
    return record !== undefined && record.serial !== refused && lifeOf(record) > 0 ? record : undefined;
  }

  /** @param {string} me */
  async function claim(me) {
    const began = performance.now();
    await put(turnKey, me, CLAIM_LIFE);
    if (await look(claimKey)) return false;
    await put(claimKey, me, CLAIM_LIFE);
    const turn = await look(turnKey);
    // Keyv answers a failure of what is behind it like this.
    if (!turn) throw new Error('the store does not keep what it is given');
    if (turn === me) return true;
    await wait(Math.min(Math.max(SETTLE, 2 * (performance.now() - began)), ANSWER));
    return (await look(claimKey)) === me;
  }

  /**
   * The token of whoever has it, or undefined with the duty to ask for it.
   * @param {string} me
   * @param {string | undefined} refused
   */
  async function tokenOrTurn(me, refused) {
    const end = performance.now() + PATIENCE;
    for (let pause = LOOK; performance.now() < end; pause = Math.min(2 * pause, LOOK_LATER)) {
      const before = await read(refused);
      if (before !== undefined) return before;
      // Another may have come, asked and gone between the look and the claim.
      if (await claim(me)) return read(refused);
      await wait(pause);
    }
    // Whoever has the claim is dead or slow. Where a store forgets nothing by itself, this ends it.
    await put(claimKey, me, CLAIM_LIFE);
    return undefined;
  }

  /** @param {string} me */
  async function release(me) {
    if ((await look(claimKey)) === me) await put(claimKey, '', 1);
  }

  /** @param {TokenRecord} record */
  async function publish(record) {
    const life = lifeOf(record);
    if (life > 0) await put(key, JSON.stringify(record), Math.ceil(life));
  }

  return {
    /**
     * The token that another process put here, or one that is asked for and put here for the others.
     * @param {string | undefined} refused the serial of a token that WeChat no longer takes
     * @param {() => Promise<TokenRecord>} ask
     */
    async obtain(refused, ask) {
      const me = newName();
      const found = await tried(() => tokenOrTurn(me, refused));
      if (found !== undefined) {
        await tried(() => release(me));
        return found;
      }
      try {
        const record = await ask();
        await tried(() => publish(record));
        return record;
      } finally {
        await tried(() => release(me));
      }
    },

    /** @param {TokenRecord} record */
    async replace(record) {
      await tried(() => publish(record));
    },
  };
}

/** @param {unknown} value what a store gives @returns {TokenRecord | undefined} */
function recordOf(value) {
  try {
    const { token, expires, serial } = JSON.parse(/** @type {string} */ (value));
    const isToken = typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN;
    return isToken && typeof expires === 'number' && typeof serial === 'string' ? { token, expires, serial } : undefined;
  } catch (_) {
    return undefined;
  }
}
