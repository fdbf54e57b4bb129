// Moves a request into the module and its reply out: numbers and texts in the order that the operation fixes, nothing left behind.

import { OpenDataError } from './errors.js';
import {
  ABSENT,
  FRAME_DETAIL,
  FRAME_REPLY,
  FRAME_REPLY_LEN,
  FRAME_STATUS,
  MAX_TEXT,
  NOTHING,
  OVERSIZE,
} from './protocol.js';

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

/** A text of a request: undefined where the caller gave none. @typedef {string | Uint8Array | undefined} Chunk */

/** The length of the head, which stands before it. */
const HEAD = 4;

/** Characters of text that are written at once: more would have to be found memory for. */
const TOGETHER = 16384;

/** Room for most requests, so that it is reserved once. */
const FIRST_CAPACITY = 16384;

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
    this.end = 0;
    this.capacity = 0;
    this.broken = false;
    /** Where the module has put its reply. */
    this.frame = 0;
    this.view = new DataView(engine.memory.buffer);
    this.codec = codecFor(engine.memory.buffer);
    // The first request finds its room made and the module's way in compiled.
    this.begin(FIRST_CAPACITY);
    invoke(engine.call, NOTHING, 0);
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
      const capacity = Math.max(bound, FIRST_CAPACITY);
      this.start = invoke(this.engine.reserve, capacity, 0);
      this.capacity = capacity;
    }
    this.refresh();
  }

  /**
   * Writes a request. A host needs longest for going into its own code, so texts are joined and written many at once. Only where that
   * shows that they are not all ASCII are they written one by one, to be measured.
   * @param {number[]} numbers
   * @param {Chunk[]} texts
   */
  write(numbers, texts) {
    const head = 8 * numbers.length + 4 * texts.length;
    const joined = joinedOf(texts);
    this.begin(HEAD + head + (joined === undefined ? mostBytes(texts) : 3 * joined.length));
    const { view, start } = this;
    view.setUint32(start, head, true);
    let at = start + HEAD;
    for (let i = 0; i < numbers.length; i++, at += 8) view.setFloat64(at, numbers[i], true);
    this.end = start + HEAD + head;
    if (joined === undefined) {
      if (!this.writePieces(texts, at, false)) this.writePieces(texts, at, true);
    } else if (this.codec.write(joined, this.end) !== joined.length) {
      this.writePieces(texts, at, true);
    } else {
      for (let i = 0; i < texts.length; i++, at += 4) {
        const text = texts[i];
        view.setUint32(at, text === undefined ? ABSENT : text.length, true);
      }
      this.end += joined.length;
    }
  }

  /**
   * Writes texts that are too many to be joined, or not all ASCII, or bytes.
   * @param {Chunk[]} texts
   * @param {number} at where their lengths go
   * @param {boolean} measured write each by itself
   * @returns {boolean} false if the lengths are wrong: a text is not ASCII, and was not measured
   */
  writePieces(texts, at, measured) {
    const { view, codec } = this;
    let { end } = this;
    let waiting = '';
    let units = 0;
    for (let i = 0; i < texts.length; i++, at += 4) {
      const text = texts[i];
      const before = end;
      if (typeof text === 'string' && text.length <= MAX_TEXT) {
        waiting += text;
        units += text.length;
        if (measured || waiting.length > TOGETHER) {
          end += codec.write(waiting, end);
          waiting = '';
        }
        view.setUint32(at, measured ? end - before : text.length, true);
      } else {
        if (waiting !== '') end += codec.write(waiting, end);
        waiting = '';
        const isCopied = typeof text === 'object' && text.length <= MAX_TEXT;
        view.setUint32(at, isCopied ? text.length : text === undefined ? ABSENT : OVERSIZE, true);
        if (!isCopied) continue;
        new Uint8Array(view.buffer, end).set(text);
        end += text.length;
        units += text.length;
      }
    }
    if (waiting !== '') end += codec.write(waiting, end);
    const isRight = measured || end - this.end === units;
    if (isRight) this.end = end;
    return isRight;
  }

  /** @param {number} field FRAME_… of the protocol */
  word(field) {
    return this.view.getUint32(this.frame + field, true);
  }

  /** The number that the operation says beside its text. */
  detail() {
    return this.word(FRAME_DETAIL);
  }

  /** The reply as one text. */
  text() {
    return this.codec.read(this.word(FRAME_REPLY), this.word(FRAME_REPLY_LEN));
  }

  /** The reply as one text that is known to be ASCII. */
  ascii() {
    const { latin1, read } = this.codec;
    return (latin1 || read)(this.word(FRAME_REPLY), this.word(FRAME_REPLY_LEN));
  }

  /** The reply as texts, null for those that are not there. */
  texts() {
    return this.parts(this.word(FRAME_REPLY)).texts;
  }

  /**
   * Several texts that src/boundary/parts.rs wrote, null for those that are not there.
   * @param {number} address
   * @returns {{ texts: (string | null)[], end: number }}
   */
  parts(address) {
    const { view, codec } = this;
    const count = view.getUint32(address, true);
    const start = address + 4 + 4 * count;
    let length = 0;
    for (let i = 0; i < count; i++) length += present(view.getUint32(address + 4 + 4 * i, true));
    // The host call takes longest: one for all of them, where their lengths in bytes are those in characters.
    const all = codec.read(start, length);
    const isAscii = all.length === length;
    const texts = [];
    let at = 0;
    for (let i = 0; i < count; i++) {
      const bytes = view.getUint32(address + 4 + 4 * i, true);
      const end = at + present(bytes);
      texts.push(bytes === ABSENT ? null : isAscii ? all.slice(at, end) : codec.read(start + at, bytes));
      at = end;
    }
    return { texts, end: start + length };
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
   * Sends a request, reads the reply, and wipes both.
   * @template T, C
   * @param {number} operation
   * @param {number[]} numbers
   * @param {Chunk[]} texts
   * @param {(exchange: Exchange, context: C) => T} read
   * @param {C} [context] handed on to `read`
   * @returns {T}
   */
  request(operation, numbers, texts, read, context) {
    try {
      this.write(numbers, texts);
      this.frame = invoke(this.engine.call, operation, this.end - this.start);
      this.refresh();
      if (this.word(FRAME_STATUS) !== 0) throw this.error(this.word(FRAME_REPLY)).error;
      return read(this, /** @type {C} */ (context));
    } catch (error) {
      // Nothing but our own errors is thrown, unless memory runs out: then the instance is not fit for use any more.
      this.broken = !(error instanceof OpenDataError);
      throw error;
    } finally {
      if (!this.broken) invoke(this.engine.wipe, this.end - this.start, 0);
    }
  }
}

/**
 * All texts as one, or undefined where there are bytes among them, or they are too long.
 * @param {Chunk[]} texts
 */
function joinedOf(texts) {
  let joined = '';
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    if (text === undefined) continue;
    if (typeof text !== 'string') return undefined;
    joined += text;
    if (joined.length > TOGETHER) return undefined;
  }
  return joined;
}

/** The bytes of a text that may be absent. @param {number} length */
const present = (length) => (length === ABSENT ? 0 : length);

/** The most bytes that texts take. @param {Chunk[]} texts */
function mostBytes(texts) {
  let bytes = 0;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    if (text !== undefined && text.length <= MAX_TEXT) bytes += typeof text === 'string' ? 3 * text.length : text.length;
  }
  return bytes;
}
