// Moves text into the module and out of it: one request, one reply, nothing left behind.

import { OpenDataError } from './errors.js';
import {
  BYTES,
  DATE,
  FALSE,
  LIST,
  MAX_TEXT,
  Mark,
  NULL,
  NUMBER,
  OBJECT,
  OVERSIZE_TEXT,
  TEXT,
  TRUE,
  UNDEFINED,
  charactersOf,
  isObject,
  structureOf,
} from './values.js';

/**
 * What a host's loader provides: the module's functions and memory.
 * @typedef {object} Engine
 * @property {WebAssembly.Memory} memory
 * @property {(capacity: number) => number} reserve
 * @property {(operation: number, length: number) => number} call
 * @property {(length: number) => void} wipe
 */

/**
 * How a host writes text into memory and reads it: made anew for each buffer that the memory has had.
 * @typedef {object} TextCodec
 * @property {(text: string, at: number) => number} write returns the number of bytes
 * @property {(at: number, length: number) => string} read
 * @property {(at: number, length: number) => string} [latin1] a character for each byte; not every host has it
 * @property {() => boolean} attached is this the memory's buffer still? false also means that one cannot tell
 */

/** In place of a length: this text is not there. */
export const NONE = 0xffffffff;

/** The length of a request's structure, which stands before it. */
const HEADER = 4;

/** Characters of text that are written at once: more would have to be found memory for. */
const TOGETHER = 16384;

/** The values of a payload with nothing but what it must have, and the length of their structure. */
const USUAL_VALUES = 11;
const USUAL_STRUCTURE = 35;

/** Room for the requests that are really made, so that it is reserved once. */
const USUAL_CAPACITY = 16384;

/**
 * The only place that calls into the module. With one call site for all of its functions, V8 cannot inline any of them: the
 * optimiser of Node 20 (V8 11.3) does that to functions that are called from one place each, and the code that it then makes
 * can crash the process. `js-tests/node/stability.test.mjs` holds what brought it out.
 * @param {(...numbers: number[]) => number | void} func
 * @param {number} a
 * @param {number} b
 */
function invoke(func, a, b) {
  return Number(func(a, b)) >>> 0;
}

export class Exchange {
  /**
   * @param {Engine} engine
   * @param {(buffer: ArrayBufferLike) => TextCodec} codecFor
   */
  constructor(engine, codecFor) {
    this.engine = engine;
    this.codecFor = codecFor;
    this.start = 0;
    this.at = 0;
    this.end = 0;
    this.texts = '';
    this.isAscii = true;
    this.capacity = 0;
    this.broken = false;
    this.view = new DataView(engine.memory.buffer);
    this.codec = codecFor(engine.memory.buffer);
    // The first request finds its room made and the module's way in compiled.
    this.begin(USUAL_CAPACITY);
    invoke(engine.call, 0, 0);
  }

  /** A memory that has grown has another buffer, and the old one is detached. */
  refresh() {
    // Asking the memory for its buffer takes longer than most of what is done with it.
    if (this.codec.attached()) return;
    const buffer = this.engine.memory.buffer;
    if (this.view.buffer !== buffer) {
      this.view = new DataView(buffer);
      this.codec = this.codecFor(buffer);
    }
  }

  /**
   * Makes room for a request of at most `bound` bytes. No code of the caller's may run from here to the end of the call.
   * @param {number} bound
   */
  begin(bound) {
    this.end = this.start;
    if (bound > this.capacity) {
      const capacity = Math.max(bound, USUAL_CAPACITY);
      this.start = invoke(this.engine.reserve, capacity, 0);
      this.capacity = capacity;
    }
    this.refresh();
  }

  /**
   * Writes the request: the values' structure after its own length, then their texts. A host needs longest for going into its own
   * code, so texts are written many at once; only if that shows that they are not all ASCII do they go one by one, to be measured.
   * @param {import('./values.js').Settled[]} values
   */
  write(values) {
    const structure = structureOf(values);
    this.begin(HEADER + structure + 3 * charactersOf(values));
    this.view.setUint32(this.start, structure, true);
    const first = this.start + HEADER;
    for (const measured of [false, true]) {
      this.at = first;
      this.end = first + structure;
      this.isAscii = true;
      for (let i = 0; i < values.length; i++) this.value(values[i], measured);
      this.flush();
      if (this.isAscii) return;
    }
  }

  /** Writes the texts that wait. */
  flush() {
    const { texts } = this;
    if (texts === '') return;
    this.texts = '';
    const length = this.codec.write(texts, this.end);
    this.end += length;
    this.isAscii = this.isAscii && length === texts.length;
  }

  /**
   * Writes the same as `write` does where the values are those of nearly all requests: a payload, one session_key, one appid, and the
   * time. To go through them one by one takes a tenth of all that a call does.
   * @param {import('./values.js').Settled[]} values
   * @returns {boolean} false if they are not, or too long to be joined, or not all ASCII: then nothing is written that counts
   */
  writeUsual(values) {
    if (values.length !== USUAL_VALUES || !isObject(values[0]) || !isObject(values[3])) return false;
    const [, data, iv, , key, strict, appid, maxAge, clockSkew, now, watermark] = values;
    if (typeof data !== 'string' || typeof iv !== 'string' || typeof key !== 'string') return false;
    if (typeof appid !== 'string' || typeof now !== 'number') return false;
    if (strict !== undefined || maxAge !== undefined || clockSkew !== undefined || watermark !== undefined) return false;
    const texts = data + iv + key + appid;
    if (texts.length > TOGETHER) return false;
    this.begin(HEADER + USUAL_STRUCTURE + 3 * texts.length);
    const { view, start } = this;
    const length = this.codec.write(texts, start + HEADER + USUAL_STRUCTURE);
    this.end = start + HEADER + USUAL_STRUCTURE + length;
    view.setUint32(start, USUAL_STRUCTURE, true);
    view.setUint8(start + 4, OBJECT);
    this.usualText(start + 5, data);
    this.usualText(start + 10, iv);
    view.setUint8(start + 15, OBJECT);
    this.usualText(start + 16, key);
    view.setUint8(start + 21, UNDEFINED);
    this.usualText(start + 22, appid);
    view.setUint16(start + 27, UNDEFINED, true);
    view.setUint8(start + 29, NUMBER);
    view.setFloat64(start + 30, now, true);
    view.setUint8(start + 38, UNDEFINED);
    return length === texts.length;
  }

  /**
   * @param {number} at
   * @param {string} text
   */
  usualText(at, text) {
    this.view.setUint8(at, TEXT);
    this.view.setUint32(at + 1, text.length, true);
  }

  /** @param {number} tag */
  tag(tag) {
    this.view.setUint8(this.at++, tag);
  }

  /**
   * @param {number} tag
   * @param {number} count
   */
  counted(tag, count) {
    this.view.setUint8(this.at, tag);
    this.view.setUint32(this.at + 1, count, true);
    this.at += 5;
  }

  /**
   * @param {number} tag
   * @param {number} number
   */
  numbered(tag, number) {
    this.view.setUint8(this.at, tag);
    this.view.setFloat64(this.at + 1, number, true);
    this.at += 9;
  }

  /**
   * @param {string} text
   * @param {boolean} measured write the text now
   */
  text(text, measured) {
    if (text.length > MAX_TEXT) {
      this.tag(OVERSIZE_TEXT);
    } else if (measured) {
      const length = this.codec.write(text, this.end);
      this.counted(TEXT, length);
      this.end += length;
    } else {
      this.counted(TEXT, text.length);
      this.texts += text;
      if (this.texts.length > TOGETHER) this.flush();
    }
  }

  /**
   * @param {Uint8Array | import('./values.js').Settled[]} items bytes, or the values of a list
   * @param {boolean} measured
   */
  sequence(items, measured) {
    if (items instanceof Uint8Array) {
      this.counted(BYTES, items.length);
      new Uint8Array(this.view.buffer, this.at).set(items);
      this.at += items.length;
    } else {
      this.counted(LIST, items.length);
      for (let i = 0; i < items.length; i++) this.value(items[i], measured);
    }
  }

  /**
   * @param {import('./values.js').Settled} value
   * @param {boolean} measured
   */
  value(value, measured) {
    if (typeof value === 'string') this.text(value, measured);
    else if (value === undefined) this.tag(UNDEFINED);
    else if (value === null) this.tag(NULL);
    else if (typeof value === 'number') this.numbered(NUMBER, value);
    else if (typeof value === 'boolean') this.tag(value ? TRUE : FALSE);
    else if (!(value instanceof Mark)) this.sequence(value, measured);
    else if (value.tag === DATE) this.numbered(DATE, value.number);
    else if (value.tag === LIST) this.counted(LIST, value.number);
    else this.tag(value.tag);
  }

  /**
   * Several texts that src/boundary/parts.rs wrote, null for those that are not there.
   * @param {number} address
   * @returns {{ texts: (string | null)[], end: number }}
   */
  parts(address) {
    const count = this.view.getUint32(address, true);
    let end = address + 4 + 4 * count;
    const texts = [];
    for (let i = 0; i < count; i++) {
      const length = this.view.getUint32(address + 4 + 4 * i, true);
      texts.push(length === NONE ? null : this.codec.read(end, length));
      if (length !== NONE) end += length;
    }
    return { texts, end };
  }

  /**
   * The error whose parts begin at an address.
   * @param {number} address
   */
  error(address) {
    const { texts, end } = this.parts(address);
    return { error: new OpenDataError(texts), end };
  }

  /**
   * Sends a whole request made of settled values, reads the reply, and wipes both.
   * @template T
   * @param {number} operation
   * @param {import('./values.js').Settled[]} values
   * @param {(exchange: Exchange, address: number, length: number, facts: number, values: import('./values.js').Settled[]) => T} read
   * @returns {T}
   */
  request(operation, values, read) {
    try {
      if (!this.writeUsual(values)) this.write(values);
      const frame = invoke(this.engine.call, operation, this.end - this.start);
      this.refresh();
      const text = this.view.getUint32(frame + 4, true);
      if (this.view.getUint32(frame, true) !== 0) throw this.error(text).error;
      return read(this, text, this.view.getUint32(frame + 8, true), this.view.getUint32(frame + 12, true), values);
    } catch (error) {
      // Nothing but our own errors is thrown, unless memory runs out: then the instance is not fit for use any more.
      this.broken = !(error instanceof OpenDataError);
      throw error;
    } finally {
      if (!this.broken) invoke(this.engine.wipe, this.end - this.start, 0);
    }
  }
}
