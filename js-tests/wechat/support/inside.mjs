// Runs inside the mini-program: the suite over an API whose first half is the mini-program's own and whose second half, what needs a
// session_key, is the package's plain JavaScript in the part of the server.

import { runSuite } from '../../suite/index.mjs';

/** In front of the title of a test that checks opened data where it would have checked encrypted data. */
export const IN_PLACE_OF_DECRYPT = 'checkWatermark in place of decrypt: ';

/** Numbers of a JavaScript object have no spelling any more: only decrypt, which reads the text, can refuse one for it. */
const ABOUT_SPELLING = 'watermark: a timestamp is digits, as WeChat writes it, and nothing that comes to the same number';

/**
 * @param {any} client @param {any} server
 * @param {string} json the vectors, fixtures and error codes
 * @returns {Map<string, {run: () => unknown, calls: () => number}>} tests by title
 */
export function collect(client, server, json) {
  let calls = 0;
  const api = {};
  for (const name of Object.keys(server)) if (typeof server[name] === 'function') api[name] = server[name];
  for (const name of Object.keys(client)) {
    if (name === 'OpenDataError') continue;
    api[name] = (...values) => {
      calls++;
      return client[name](...values);
    };
  }
  // What the suite asks between calls, whether all still works, it asks of the server; so ask the mini-program as well.
  const { decrypt } = server;
  api.decrypt = (...values) => {
    if (client.maskPhoneNumber('+8613580006666') !== '+86 135****6666') throw new Error('the mini-program does not work any more');
    return decrypt(...values);
  };
  api.OpenDataError = Object.defineProperty(() => {}, Symbol.hasInstance, {
    value: (error) => error instanceof client.OpenDataError || error instanceof server.OpenDataError,
  });
  const tests = new Map();
  const test = (title, run) => {
    if (tests.has(title)) title += ` (${tests.size})`;
    tests.set(title, { run, calls: () => calls });
  };
  runSuite(api, { ...JSON.parse(json), test });

  // The watermark's tests go through decrypt. What it would have opened can be checked here as well.
  const opened = (fixture, policy) => {
    const data = JSON.parse(fixture.plaintext);
    api.checkWatermark(data, policy);
    return data;
  };
  if (!tests.has(ABOUT_SPELLING)) throw new Error(`the suite has no test "${ABOUT_SPELLING}"`);
  const aboutWatermarks = (title, run) => {
    if (title.startsWith('watermark: ') && title !== ABOUT_SPELLING) test(IN_PLACE_OF_DECRYPT + title, run);
  };
  runSuite({ ...api, decrypt: opened }, { ...JSON.parse(json), test: aboutWatermarks });
  return tests;
}

/**
 * Which tests concern the mini-program: a rehearsal with functions that only note that they were called.
 * @returns {Promise<Map<string, string[]>>} titles, and the functions of `names` that each calls first
 */
export async function rehearse(names, allNames, json) {
  const concerned = new Map();
  let called;
  const api = { OpenDataError: class extends Error {} };
  for (const name of [...names, ...allNames]) {
    if (name === 'OpenDataError') continue;
    api[name] = () => {
      called.add(name);
      throw new Error('rehearsal');
    };
  }
  const tests = new Map();
  const test = (title, run) => {
    if (tests.has(title)) title += ` (${tests.size})`;
    tests.set(title, run);
  };
  runSuite(api, { ...JSON.parse(json), test });
  for (const [title, run] of tests) {
    called = new Set();
    try {
      await run();
    } catch (_) {
      // Every test fails here: nothing works. What counts is whom it called.
    }
    const own = names.filter((name) => called.has(name));
    if (own.length > 0) concerned.set(title, own);
  }
  return concerned;
}
