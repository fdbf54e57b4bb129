// Text in and out of memory, by the host's own means.

/**
 * Node's Buffer: nothing is copied twice.
 * @param {ArrayBufferLike} memory
 * @returns {import('./exchange.js').TextCodec}
 */
export function bufferCodec(memory) {
  const buffer = Buffer.from(memory);
  return {
    write: (text, at) => buffer.write(text, at, 'utf8'),
    read: (at, length) => buffer.toString('utf8', at, at + length),
  };
}
