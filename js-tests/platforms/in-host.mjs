// Runs the suite where it is loaded, with nothing but the language: the same file in Node, Bun, Deno, workerd and a page.

import { runApiSecuritySuite } from '../suite/api-security.mjs';
import { runServerSuite } from '../suite/server.mjs';
import { runSuite } from '../suite/index.mjs';

/** What a host's program prints before its report, so that the report is found among whatever else is printed. */
export const MARK = 'REPORT ';

/**
 * Runs every test of the suite, and those of the host's own, one after the other.
 * @param {object} api the package, as this host resolves it
 * @param {{ vectors: object[], fixtures: object, errorCodes: string[] }} data
 * @param {[string, () => unknown][]} [own] tests that make sense on this host only
 * @param {(title: string) => void} [begins] told of each test before it runs, so that one that never ends has a name
 */
export async function runHere(api, data, own = [], begins = () => {}) {
  const tests = [];
  runSuite(api, { ...data, test: (title, run) => tests.push({ title, run }) });
  const suite = tests.length;
  for (const [title, run] of own) tests.push({ title: `host: ${title}`, run });
  return runAll(tests, { suite, own: own.length }, begins);
}

/**
 * Runs the tests of weapp-opendata/api-security, which only servers have.
 * @param {object} api
 * @param {{ apiSecurity: object }} data
 */
export async function runApiSecurityHere(api, data) {
  const tests = [];
  runApiSecuritySuite(api, { fixtures: data.apiSecurity, test: (title, run) => tests.push({ title, run }) });
  return runAll(tests, { suite: 0, own: tests.length }, () => {});
}

/**
 * Runs the tests of weapp-opendata/server.
 * @param {object} api
 * @param {{ server: object }} data
 */
export async function runServerHere(api, data) {
  const tests = [];
  runServerSuite(api, { fixtures: data.server, test: (title, run) => tests.push({ title, run }) });
  return runAll(tests, { suite: 0, own: tests.length }, () => {});
}

async function runAll(tests, counts, begins) {
  const report = { ...counts, passed: 0, failures: [] };
  for (const { title, run } of tests) {
    begins(title);
    try {
      await run();
      report.passed++;
    } catch (error) {
      report.failures.push(`${title}: ${error instanceof Error ? error.stack || error.message : String(error)}`);
    }
  }
  return report;
}

export function check(condition, what) {
  if (!condition) throw new Error(what);
}

/** Arguments with which every function reaches the module. */
const CALLS = [[], [{}, {}], ['x', 46]];

/**
 * A package that has no module to work with says so, from whatever function is called.
 * @param {object} api
 * @param {string | undefined} reason
 * @param {string[]} [hints] what the hint has to name
 */
export function checkUnavailable(api, reason, hints = []) {
  const names = Object.keys(api).filter((name) => typeof api[name] === 'function' && name !== 'init' && name !== 'OpenDataError');
  check(names.length >= 12, `only ${names.length} functions`);
  for (const name of names) {
    for (const values of CALLS) {
      let thrown;
      try {
        if (name === 'MessagePush') new api.MessagePush(...values);
        else api[name](...values);
      } catch (error) {
        thrown = error;
      }
      checkNotInitialized(api, thrown, reason, hints, name);
    }
  }
}

/** The same of what a promise is rejected with. */
export async function checkInitRejects(api, reason, hints) {
  let thrown;
  try {
    await api.init();
  } catch (error) {
    thrown = error;
  }
  checkNotInitialized(api, thrown, reason, hints, 'init');
}

function checkNotInitialized(api, error, reason, hints, what) {
  check(error instanceof api.OpenDataError, `${what}: expected an OpenDataError, got ${error && (error.stack || error)}`);
  check(error.code === 'NOT_INITIALIZED' && error.reason === reason, `${what}: got ${error.code} ${error.reason}`);
  for (const hint of hints) check(error.hint.includes(`'${hint}'`), `${what}: the hint does not name ${hint}: ${error.hint}`);
}
