// The access token in a store that several processes share, and who of them asks WeChat for a new one.
//
// The store has `get` and `set` and no more, so nothing in it happens at once. Who finds no claim writes his own, waits until all others
// that found none have written theirs, and has it if it is still his (Fischer's mutual exclusion). One who was held up on his way, and
// writes late over the claim of another, finds that the other said that he is asking. It needs no common clock. If all of this fails for
// want of time, two ask where one would have done, and WeChat gives both the same stable token. For that reason nobody ever waits long:
// whatever the store does, after PATIENCE everyone asks for himself.

/** Milliseconds in which the store has to answer once. */
const ANSWER = 1000;
/** Milliseconds that all its answers and the other process's request may take together: then this process asks. */
const PATIENCE = 3000;
/** A claim is forgotten after so many milliseconds, lest a process that died be waited for again and again. */
const CLAIM_LIFE = 3000;
/** Milliseconds in which one who saw no claim will have written his own; or three times as long as this one needed for that. */
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
  const claimKey = `${key}:claim`;
  const askingKey = `${key}:asking`;
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

  /**
   * Is it this process's turn to ask?
   * @param {string} me
   * @returns {Promise<boolean | undefined>} undefined where the claim was lost, which happens to few, and never twice
   */
  async function claim(me) {
    const began = performance.now();
    const [asking, holder] = await Promise.all([look(askingKey), look(claimKey)]);
    if (asking || (holder && holder !== me)) return false;
    await put(claimKey, me, CLAIM_LIFE);
    await wait(Math.min(Math.max(SETTLE, 3 * (performance.now() - began)), ANSWER));
    const winner = await look(claimKey);
    if (winner !== me) return winner ? false : undefined;
    if (await look(askingKey)) return false;
    await put(askingKey, me, CLAIM_LIFE);
    return true;
  }

  /**
   * The token of whoever has it, or undefined with the duty to ask for it.
   * @param {string} me
   * @param {string | undefined} refused
   */
  async function tokenOrTurn(me, refused) {
    const end = performance.now() + PATIENCE;
    let lost = 0;
    for (let pause = LOOK; performance.now() < end; pause = Math.min(2 * pause, LOOK_LATER)) {
      const before = await read(refused);
      if (before !== undefined) return before;
      const mine = await claim(me);
      // Another may have come, asked and gone between the look and the claim.
      if (mine) return read(refused);
      // Keyv answers like this when what is behind it fails.
      if (mine === undefined && ++lost > 1) throw new Error('the store does not keep what it is given');
      await wait(pause);
    }
    // Whoever has the claim is dead or slow. Where a store forgets nothing by itself, this ends it.
    await Promise.all([put(claimKey, me, CLAIM_LIFE), put(askingKey, me, CLAIM_LIFE)]);
    return undefined;
  }

  /** @param {string} me */
  async function release(me) {
    await Promise.all(
      [claimKey, askingKey].map(async (name) => {
        if ((await look(name)) === me) await put(name, '', 1);
      }),
    );
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
