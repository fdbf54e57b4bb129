// Looks for many byte strings in a large memory in one pass.

const latin1 = (bytes, at, length) => Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1');

export class Scanner {
  constructor() {
    /** Of which three bytes does anything wanted begin? Most memory is passed over by this alone. */
    this.begins = new Uint8Array(1 << 24);
    /** Length to text to name. */
    this.wanted = new Map();
  }

  /** Every stretch of `width` bytes of `bytes` is wanted. */
  add(name, bytes, width = bytes.length) {
    if (bytes.length < width || width < 8) throw new Error(`${name}: too short to look for`);
    if (!this.wanted.has(width)) this.wanted.set(width, new Map());
    const texts = this.wanted.get(width);
    for (let at = 0; at + width <= bytes.length; at++) {
      const text = latin1(bytes, at, width);
      // What consists of one byte over and over is found anywhere.
      if (new Set(text).size < 3) continue;
      this.begins[bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)] = 1;
      if (!texts.has(text)) texts.set(text, `${name} from byte ${at}`);
    }
    return this;
  }

  addText(name, text, width) {
    return this.add(name, Buffer.from(text), width);
  }

  /** Forgets what is in `memory`: the module's own words, which say nothing about what it was given. */
  except(memory) {
    for (const { width, text } of this.find(memory, Infinity)) this.wanted.get(width).delete(text);
    return this;
  }

  find(memory, limit = 20) {
    const hits = [];
    const end = memory.length - 8;
    for (let at = 0; at <= end && hits.length < limit; at++) {
      if (this.begins[memory[at] | (memory[at + 1] << 8) | (memory[at + 2] << 16)] === 0) continue;
      for (const [width, texts] of this.wanted) {
        if (at + width > memory.length) continue;
        const text = latin1(memory, at, width);
        const name = texts.get(text);
        if (name !== undefined) hits.push({ at, name, width, text });
      }
    }
    return hits;
  }
}

/** Stretches in which two memories differ, those closer than 16 bytes taken together. */
export function differences(one, other) {
  const found = [];
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    if (one[at] === other[at]) continue;
    const last = found[found.length - 1];
    if (last && at - last.end < 16) last.end = at + 1;
    else found.push({ start: at, end: at + 1 });
  }
  return found;
}

/** How a call ended. Whether it is an error of ours is the suite's question; here, what is left in memory after it. */
export function quietly(run) {
  try {
    run();
    return 'ok';
  } catch (error) {
    return `${error.name} ${error.code} ${error.reason}`;
  }
}
