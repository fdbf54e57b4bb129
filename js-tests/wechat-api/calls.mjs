// Requests as WeChat's documentation has them, for the emulator's own tests. No client of the package: that is tested with it.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { ERRORS, startEmulator } from './emulator.mjs';

export const APP = { appid: 'wx0123456789abcdef', secret: '0123456789abcdef0123456789abcdef' };
export const OTHER_APP = { appid: 'wxfedcba9876543210', secret: 'fedcba9876543210fedcba9876543210' };

/** WeChat's published sample key, and one of the numbers that WeChat gives to testers. */
export const USER = {
  openid: 'oSynthetic0000000000000000001',
  unionid: 'uSynthetic0000000000000000001',
  sessionKey: 'tiihtNczf5v6AKRyjwEUhQ==',
  phone: { phoneNumber: '12066600001', purePhoneNumber: '12066600001', countryCode: '86' },
};
export const OTHER_USER = { openid: 'oSynthetic0000000000000000002' };
export const USER_ELSEWHERE = { ...USER, openid: 'oSynthetic0000000000000000003', appid: OTHER_APP.appid };

/** An emulator with two apps and three users, ended with the test file. */
export async function start(options = {}) {
  const emulator = await startEmulator({ apps: [APP, OTHER_APP], users: [USER, OTHER_USER, USER_ELSEWHERE], ...options });
  after(() => emulator.close());
  return emulator;
}

/** One request; its status, headers and text, and its JSON if it is JSON. */
export async function call(emulator, path, { method, query = {}, json, body = json === undefined ? undefined : JSON.stringify(json), signal } = {}) {
  const url = `${emulator.url}${path}?${new URLSearchParams(query)}`;
  const response = await fetch(url, { method: method ?? (body === undefined ? 'GET' : 'POST'), body, signal, redirect: 'manual' });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: asJson(text) };
}

function asJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const code2Session = (emulator, code, app = APP, changes = {}) =>
  call(emulator, '/sns/jscode2session', { query: { ...app, js_code: code, grant_type: 'authorization_code', ...changes } });

export const plainToken = (emulator, app = APP) => call(emulator, '/cgi-bin/token', { query: { ...app, grant_type: 'client_credential' } });

export const stableToken = (emulator, changes = {}, app = APP) =>
  call(emulator, '/cgi-bin/stable_token', { json: { grant_type: 'client_credential', ...app, ...changes } });

/** An access_token that works. */
export const token = async (emulator, app = APP) => (await stableToken(emulator, {}, app)).json.access_token;

export const getPhone = async (emulator, json, app = APP) =>
  call(emulator, '/wxa/business/getuserphonenumber', { query: { access_token: await token(emulator, app) }, json });

/** The interfaces that want a signature, called by GET. */
export const signed = async (emulator, path, query, app = APP) =>
  call(emulator, path, { query: { access_token: await token(emulator, app), sig_method: 'hmac_sha256', ...query } });

export const checkHash = async (emulator, hash, app = APP) =>
  call(emulator, '/wxa/business/checkencryptedmsg', {
    query: { access_token: await token(emulator, app) },
    json: { encrypted_msg_hash: hash },
  });

// What follows the text of an error: with `/sns/…`, for codes and data formats, and otherwise.
export const SNS = ', rid: ';
export const HINT = ' hint: [] rid: ';
const PLAIN = ' rid: ';

/** The answer is this error, in status 200 and with WeChat's text and request id. */
export function refused({ status, json }, errcode, tail = PLAIN) {
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ['errcode', 'errmsg']);
  assert.equal(json.errcode, errcode, json.errmsg);
  const text = ERRORS[errcode];
  assert.equal(json.errmsg.slice(0, text.length), text);
  const rest = json.errmsg.slice(text.length).replace(/^ hint: \[[\w.!-]+\]/, ' hint: []');
  assert.equal(rest.slice(0, tail.length), tail);
  assert.match(rest.slice(tail.length), /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/);
}
