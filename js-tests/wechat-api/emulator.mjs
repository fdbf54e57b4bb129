// WeChat's HTTP API for mini-programs on a loopback port, from the documentation alone. README.md says what it can do.

import { createServer } from 'node:http';

import { Clock } from './clock.mjs';
import { PATHS, serve } from './endpoints.mjs';
import { ERRORS, Refusal, errmsg } from './errors.mjs';
import { FAULTS, Faults, send } from './faults.mjs';
import { Platform } from './platform.mjs';
import { settings as choose } from './settings.mjs';

export { Clock } from './clock.mjs';
export { PATHS } from './endpoints.mjs';
export { ERRORS } from './errors.mjs';
export { sessionSignature } from './platform.mjs';

/**
 * @param {object} options
 * @param {{ appid: string, secret: string }[]} options.apps
 * @param {object[]} [options.users]
 * @param {Clock} [options.clock]
 * @param {Record<string, object[]>} [options.faults] path → faults, as if each were given to `fault`
 * @param {object} [options.settings] see settings.mjs
 */
export async function startEmulator({ apps, users = [], clock = new Clock(), faults = {}, settings = {}, ...others }) {
  for (const name of Object.keys(others)) throw new TypeError(`no such option: ${name}`);
  const chosen = choose(settings);
  const emulator = new Emulator(new Platform(apps, users, clock, chosen), clock, chosen);
  for (const [path, list] of Object.entries(faults)) for (const fault of list) emulator.fault(path, fault);
  await emulator.listen();
  return emulator;
}

class Emulator {
  /** Every request, in the order of arrival. */
  requests = [];
  clock;
  url = '';

  #platform;
  #settings;
  #faults = new Faults(PATHS);
  #gates = [];
  #stop = new AbortController();
  // Idle connections are kept for longer than a test lasts: none ends but by a fault.
  #server = createServer({ keepAliveTimeout: 600000 }, (request, response) => this.#handle(request, response));
  #failures = [];

  constructor(platform, clock, settings) {
    this.#platform = platform;
    this.#settings = settings;
    this.clock = clock;
  }

  async listen() {
    await new Promise((resolve, reject) => this.#server.once('error', reject).listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Ends every connection. What the emulator itself did wrong meanwhile is thrown here, lest a test pass over it. */
  async close() {
    this.#stop.abort();
    for (const gate of this.#gates) gate.release();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'the emulator failed');
  }

  // What a test asks and does

  /** @param {string} path */
  requestsTo(path) {
    if (!PATHS.includes(path)) throw new TypeError(`no such path: ${path}`);
    return this.requests.filter((request) => request.path === path);
  }

  /** The next request to this path (or '*') meets this fault. Returns a function that takes it back. */
  fault(path, fault) {
    return this.#faults.add(path, fault);
  }

  /** Faults that no request has met so far. */
  get unusedFaults() {
    return this.#faults.unused;
  }

  /**
   * Requests to this path are served and their answers kept back, until `release()`. `arrived(n)` resolves when n of them wait, so
   * that a test of what happens at the same time needs no clock.
   */
  hold(path) {
    if (!PATHS.includes(path)) throw new TypeError(`no such path: ${path}`);
    const gate = new Gate(path, () => (this.#gates = this.#gates.filter((other) => other !== gate)));
    this.#gates.push(gate);
    return gate;
  }

  /** The user's record. `phone`, `unionid` and `blocked` may be changed. */
  user(openid) {
    return this.#platform.user(openid);
  }

  /** The user's session_key as WeChat has it now; undefined without a session. */
  sessionKey(openid) {
    return this.#platform.session(this.#platform.user(openid))?.key;
  }

  expireSession(openid) {
    this.#platform.expireSession(openid);
  }

  revokeTokens(appid) {
    this.#platform.revokeTokens(appid);
  }

  // What the mini-program does

  /** `wx.login`: `{ errMsg, code }`. */
  login(openid, options) {
    return this.#platform.login(openid, options);
  }

  /** The phone button: `{ errMsg, code, encryptedData?, iv? }`. */
  phoneButton(openid, options) {
    return this.#platform.phoneButton(openid, options);
  }

  /** Any other open data, encrypted: `{ encryptedData, iv }`. */
  seal(openid, data, options) {
    return this.#platform.seal(openid, data, options);
  }

  /** `getLatestUserKey`: `{ encryptKey, iv, version, expireTime }`. */
  latestUserKey(openid, options) {
    return this.#platform.latestUserKey(openid, options);
  }

  // HTTP

  async #handle(request, response) {
    try {
      const record = await this.#record(request);
      if (record === undefined) return;
      const fault = this.#faults.take(record.path);
      record.fault = fault?.kind;
      await this.#reply(response, record, fault);
    } catch (error) {
      const stopped = this.#stop.signal.aborted && error.name === 'AbortError';
      if (!stopped) this.#failures.push(error);
      response.destroy();
    }
  }

  async #record(request) {
    const time = this.clock.now();
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The client went away before it had asked.
      return undefined;
    }
    const { pathname, searchParams } = new URL(this.url + request.url);
    const query = Object.create(null);
    // Of a parameter given twice the first counts here; what WeChat does is not documented. `url` has them all.
    for (const [name, value] of searchParams) query[name] ??= value;
    const record = {
      method: request.method,
      url: request.url,
      path: pathname,
      query,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      time,
      fault: undefined,
      answer: undefined,
      sent: undefined,
    };
    this.requests.push(record);
    return record;
  }

  async #reply(response, record, fault) {
    const contentType = record.path.startsWith('/sns/') ? this.#settings.contentType.sns : this.#settings.contentType.other;
    const answerWith = (json) => ({ contentType, body: Buffer.from(JSON.stringify(json)) });
    // Errors come with status 200: all wire examples of the error texts do.
    const refuse = (errcode, text = ERRORS[errcode]) => {
      if (text === undefined) throw new TypeError(`errcode ${errcode} wants an errmsg`);
      const rid = this.#platform.rid();
      return answerWith({ errcode, errmsg: errmsg(text, { errcode, path: record.path, rid, hint: this.#platform.hint() }) });
    };
    const process = () => {
      try {
        return answerWith(serve(this.#platform, record, this.#settings));
      } catch (error) {
        if (error instanceof Refusal) return refuse(error.errcode);
        throw error;
      }
    };

    const processed = fault?.processed ?? true;
    let answer = { contentType, body: Buffer.alloc(0) };
    if (processed) answer = process();
    if (processed === 'twice') answer = process();
    if (processed) record.answer = JSON.parse(answer.body);

    for (const gate of this.#gates) if (gate.path === record.path) await gate.pass(record);
    if (response.destroyed) return;
    if (fault === undefined) send(response, answer);
    else await FAULTS[fault.kind].deliver({ response, answer, fault, record, refuse, signal: this.#stop.signal });
  }
}

/** Where answers wait for a test. */
class Gate {
  path;
  /** The requests that wait or have waited here. */
  requests = [];

  #opened;
  #open;
  #waiters = [];
  #remove;

  constructor(path, remove) {
    this.path = path;
    this.#remove = remove;
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  pass(record) {
    this.requests.push(record);
    for (const { count, resolve } of this.#waiters) if (this.requests.length >= count) resolve();
    return this.#opened;
  }

  /** Resolves when so many requests wait. */
  arrived(count = 1) {
    if (this.requests.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ count, resolve }));
  }

  release() {
    this.#remove();
    this.#open();
  }
}
