// LEB128, in which WebAssembly and protocol buffers write their whole numbers.

/**
 * Reads an unsigned one.
 * @param {Uint8Array} bytes
 * @param {number} at where it begins
 * @returns {[value: number, end: number]}
 */
export function readUnsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}
