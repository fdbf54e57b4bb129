// weapp-opendata/server against the emulator of WeChat's API: what its tests have in common. Synthetic data throughout.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { inspect } from 'node:util';

import { startEmulator } from '../wechat-api/emulator.mjs';
import { requireInstalled } from './installed.mjs';

export const { createClient, OpenDataError } = requireInstalled('weapp-opendata/server');

export const APP = { appid: 'wx0123456789abcdef', secret: 'aSyntheticSecret/9f8E7d6C+5b4A=&?#Zq3' };
/** One of the numbers that WeChat gives to testers, and WeChat's published sample key. */
export const NUMBER = '12066600001';
export const SAMPLE_KEY = 'tiihtNczf5v6AKRyjwEUhQ==';
export const USER = {
  openid: 'oSynthetic0000000000000000001',
  unionid: 'uSynthetic0000000000000000001',
  sessionKey: SAMPLE_KEY,
  phone: { phoneNumber: NUMBER, purePhoneNumber: NUMBER, countryCode: '86' },
};
export const OTHER_USER = { openid: 'oSynthetic0000000000000000002' };

export const PATH = {
  login: '/sns/jscode2session',
  token: '/cgi-bin/stable_token',
  phone: '/wxa/business/getuserphonenumber',
  check: '/wxa/checksession',
  reset: '/wxa/resetusersessionkey',
  data: '/wxa/business/checkencryptedmsg',
  keys: '/wxa/business/getuserencryptkey',
};

/** An emulator and a client of it, ended with the test file. Every fault has to have been met by then. */
export async function start({ settings, ...options } = {}) {
  const emulator = await startEmulator({ apps: [APP], users: [USER, OTHER_USER], settings });
  after(async () => {
    assert.deepEqual(emulator.unusedFaults, []);
    await emulator.close();
  });
  const make = (more = {}) => createClient({ ...APP, baseUrl: emulator.url, ...options, ...more });
  return { emulator, make, client: make(), tokensAsked: () => emulator.requestsTo(PATH.token).length, now: () => emulator.clock.now() };
}

/** What a promise is rejected with. */
export async function failure(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    assert.ok(error instanceof Error || error instanceof DOMException, `no error: ${inspect(error)}`);
    return error;
  }
  assert.fail(`expected a failure, got ${inspect(value)}`);
}

/** The promise is rejected with an error of this package. */
export async function refuses(promise, code, { reason, errcode, message } = {}) {
  const error = await failure(promise);
  assert.ok(error instanceof OpenDataError, inspect(error));
  assert.deepEqual([error.code, error.reason, error.errcode], [code, reason, errcode], error.message);
  if (message !== undefined) assert.equal(error.message, message);
  return error;
}

/** Everything that a program could log of an error. */
export function everythingOf(error, depth = 0) {
  const parts = [inspect(error, { depth: Infinity, showHidden: true }), String(error), JSON.stringify(error)];
  if (typeof error === 'object' && error !== null) {
    for (const name of Reflect.ownKeys(error)) parts.push(String(name), inspect(error[name], { depth: Infinity, showHidden: true }));
    for (const name of ['name', 'message', 'stack']) parts.push(String(error[name]));
    if (error.cause !== undefined && depth < 8) parts.push(everythingOf(error.cause, depth + 1));
  }
  return parts.join('\n');
}

/** `Date.now` so many seconds on, until the test ends. */
export function later(context, seconds) {
  const { now } = Date;
  context.mock.method(Date, 'now', () => now() + 1000 * seconds);
}
