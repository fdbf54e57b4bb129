// Assertions for any host: no module of Node's, no JavaScript beyond ES2018.

export class AssertionFailed extends Error {}

function show(value) {
  try {
    const text = typeof value === 'string' ? JSON.stringify(value) : String(value && typeof value === 'object' ? JSON.stringify(value) : value);
    return text.length > 300 ? `${text.slice(0, 300)}…` : text;
  } catch (_) {
    return Object.prototype.toString.call(value);
  }
}

export function fail(message) {
  throw new AssertionFailed(message);
}

export function ok(condition, what) {
  if (!condition) fail(what);
}

export function equal(actual, expected, what = 'value') {
  if (!Object.is(actual, expected)) fail(`${what}: expected ${show(expected)}, found ${show(actual)}`);
}

/** The same JSON-like data: types, order of array items, own enumerable keys; -0 is not 0. */
export function same(actual, expected, what = 'value') {
  if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null) {
    equal(actual, expected, what);
    return;
  }
  equal(Array.isArray(actual), Array.isArray(expected), `${what} is an array`);
  const keys = Object.keys(expected);
  const found = Object.keys(actual);
  if (keys.length !== found.length) fail(`${what}: expected keys ${show(keys)}, found ${show(found)}`);
  for (const key of keys) {
    ok(Object.prototype.hasOwnProperty.call(actual, key), `${what}.${key} is missing`);
    same(actual[key], expected[key], `${what}.${key}`);
  }
}

/** Runs what must throw and returns what it threw. */
export function thrown(run, what = 'call') {
  let value;
  try {
    value = run();
  } catch (error) {
    return error;
  }
  return fail(`${what}: expected an error, got ${show(value)}`);
}

/** Runs what must throw an OpenDataError with these properties, `undefined` for those it must not have. */
export function refuses(api, run, expected, what = 'call') {
  const error = thrown(run, what);
  if (!(error instanceof api.OpenDataError)) fail(`${what}: expected an OpenDataError, got ${show(error && (error.stack || error))}`);
  for (const key of Object.keys(expected)) equal(error[key], expected[key], `${what}: ${key}`);
  return error;
}
