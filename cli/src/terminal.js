// What reaches a terminal may have been written by a stranger: a nickname, a picture's address.

/** Characters that terminals act upon and JSON does not escape: C1 controls, and what turns the direction of writing. */
const ACTIVE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * JSON with such characters escaped; it stays the same JSON.
 * @param {string} json
 */
export const forTerminal = (json) =>
  json.replace(ACTIVE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
