// What goes wrong between WeChat and a client, and what stands between them: proxies, load balancers, cut connections.

import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

const HTML = 'text/html; charset=utf-8';
const PAGE = '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';

/** Writes one answer, whole. */
export function send(response, { status = 200, contentType, headers = {}, body }) {
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

const half = (body) => body.subarray(0, Math.floor(body.length / 2));

/** A JSON answer of many bytes, in pieces, as fast as the client takes it and no longer than it does. */
async function sendHuge(response, { bytes, contentType, declared, record, signal }) {
  const head = Buffer.from('{"errcode":0,"errmsg":"');
  const tail = Buffer.from('"}');
  const size = Math.max(bytes, head.length + tail.length);
  response.writeHead(200, { 'Content-Type': contentType, ...(declared ? { 'Content-Length': size } : {}) });
  const piece = Buffer.alloc(65536, 'x');
  const closed = once(response, 'close', { signal });
  closed.catch(() => {});
  record.sent = 0;
  const write = async (data) => {
    record.sent += data.length;
    if (!response.write(data)) await Promise.race([once(response, 'drain', { signal }), closed]);
  };
  await write(head);
  for (let left = size - head.length - tail.length; left > 0 && !response.destroyed; left -= piece.length) {
    await write(left < piece.length ? piece.subarray(0, left) : piece);
  }
  if (response.destroyed) return;
  record.sent += tail.length;
  response.end(tail);
}

/**
 * kind → how it is done. `processed` says whether WeChat had served the request when things went wrong, so that codes are used up and
 * tokens made; a fault may say otherwise. `options`: what else the fault may say, with the defaults.
 */
export const FAULTS = Object.freeze({
  /** The answer comes, late. */
  slow: {
    processed: true,
    options: { milliseconds: 1000 },
    async deliver({ response, answer, fault, signal }) {
      await wait(fault.milliseconds, undefined, { signal });
      send(response, answer);
    },
  },
  /** The head comes at once, the body byte by byte: a limit on the time to the first byte is no limit. */
  trickle: {
    processed: true,
    options: { milliseconds: 50 },
    async deliver({ response, answer, fault, signal }) {
      response.writeHead(200, { 'Content-Type': answer.contentType, 'Content-Length': answer.body.length });
      response.flushHeaders();
      for (const byte of answer.body) {
        await wait(fault.milliseconds, undefined, { signal });
        if (response.destroyed) return;
        response.write(Buffer.of(byte));
      }
      response.end();
    },
  },
  /** No answer ever. */
  hang: { processed: true, options: {}, deliver() {} },
  /** The connection ends before an answer. */
  reset: { processed: true, options: {}, deliver: ({ response }) => response.socket?.resetAndDestroy() },
  /** The connection ends in the middle of the body, short of the declared length. */
  cut: {
    processed: true,
    options: {},
    async deliver({ response, answer }) {
      response.writeHead(200, { 'Content-Type': answer.contentType, 'Content-Length': answer.body.length });
      await new Promise((resolve) => response.write(half(answer.body), resolve));
      response.socket?.destroy();
    },
  },
  /** Half of the body with its length declared rightly: whole for HTTP, broken for JSON. */
  truncated: { processed: true, options: {}, deliver: ({ response, answer }) => send(response, { ...answer, body: half(answer.body) }) },
  /** The body twice over. */
  twice: {
    processed: true,
    options: {},
    deliver: ({ response, answer }) => send(response, { ...answer, body: Buffer.concat([answer.body, answer.body]) }),
  },
  /** Somebody on the way sends the request again, and the client gets the second answer: what was for once is used up. */
  replayed: { processed: 'twice', options: {}, deliver: ({ response, answer }) => send(response, answer) },
  /** The right answer under another name. */
  contentType: {
    processed: true,
    options: { value: HTML },
    deliver: ({ response, answer, fault }) => send(response, { ...answer, contentType: fault.value }),
  },
  /** The answer changed: `change` takes its JSON and returns what is sent instead. */
  patch: {
    processed: true,
    options: { change: (json) => json },
    deliver({ response, answer, fault }) {
      send(response, { ...answer, body: Buffer.from(JSON.stringify(fault.change(JSON.parse(answer.body)))) });
    },
  },
  /** An error of WeChat's, whatever the request: errcode of errors.mjs, or with a text of its own. */
  error: {
    processed: false,
    options: { errcode: -1, errmsg: undefined },
    deliver: ({ response, fault, refuse }) => send(response, refuse(fault.errcode, fault.errmsg)),
  },
  /** A page for people instead of JSON, with status 200. */
  html: { processed: false, options: {}, deliver: ({ response }) => send(response, { contentType: HTML, body: PAGE }) },
  /** Another status, 502 of a proxy if nothing is said; `headers: { Location: … }` for a redirection. */
  status: {
    processed: false,
    options: { status: 502, body: PAGE, contentType: HTML, headers: {} },
    deliver: ({ response, fault }) => send(response, fault),
  },
  /** Any body: text or bytes. */
  body: {
    processed: false,
    options: { body: 'null', contentType: 'application/json' },
    deliver: ({ response, fault }) => send(response, fault),
  },
  /** Status 200 and nothing. */
  empty: { processed: false, options: {}, deliver: ({ response, answer }) => send(response, { ...answer, body: '' }) },
  /** A body of so many bytes, which is JSON. `record.sent` counts what was handed to the socket; `declared: false` tells no length. */
  huge: {
    processed: false,
    options: { bytes: 64 * 1024 * 1024, declared: true },
    deliver: ({ response, answer, fault, record, signal }) =>
      sendHuge(response, { ...fault, contentType: answer.contentType, record, signal }),
  },
});

/** Faults that wait for their request, each path's own and those for every path. */
export class Faults {
  #waiting = [];
  #paths;

  constructor(paths) {
    this.#paths = paths;
  }

  /**
   * @param {string} path a path, or '*' for all
   * @param {{ kind: string, times?: number, processed?: boolean }} fault with the options of its kind
   * @returns {() => void} takes it back
   */
  add(path, { kind, times = 1, processed, ...chosen }) {
    if (path !== '*' && !this.#paths.includes(path)) throw new TypeError(`no such path: ${path}`);
    if (!Object.hasOwn(FAULTS, kind)) throw new TypeError(`no such fault: ${kind}`);
    if (!(times >= 1)) throw new TypeError('a fault happens once at least');
    const { options, processed: usual } = FAULTS[kind];
    for (const name of Object.keys(chosen)) if (!Object.hasOwn(options, name)) throw new TypeError(`${kind} has no option ${name}`);
    const fault = { path, kind, times, processed: processed ?? usual, ...options, ...chosen };
    this.#waiting.push(fault);
    return () => this.#remove(fault);
  }

  #remove(fault) {
    this.#waiting = this.#waiting.filter((other) => other !== fault);
  }

  /** The fault for a request to this path, in the order in which they were added. */
  take(path) {
    const fault = this.#waiting.find((other) => other.path === path || other.path === '*');
    if (fault !== undefined && --fault.times === 0) this.#remove(fault);
    return fault;
  }

  /** Faults that no request has met. A test that ends with one has not tested it. */
  get unused() {
    return this.#waiting.filter(({ times }) => times !== Infinity).map(({ path, kind }) => ({ path, kind }));
  }
}
