// The demo of `cargo xtask demo`: the built package on WeChat's published sample, then what the classic failures look like, then
// a payload of the user's own. Prints nothing secret but what is published.

import { readFileSync } from 'node:fs';
import { OpenDataError, decrypt, diagnose } from '../pkg/node.js';

const vectors = JSON.parse(readFileSync(new URL('../tests/vectors/open-data.json', import.meta.url), 'utf8'));
const { encryptedData, iv, sessionKey, appid } = vectors.find((vector) => vector.id === 'official-demo');

/**
 * Runs one case as a backend would and prints what its developer would see.
 * @param {string} title
 * @param {{ encryptedData: string, iv: string }} payload
 * @param {import('../pkg/index.js').DecryptPolicy} policy
 * @returns {boolean} whether it opened
 */
function show(title, payload, policy) {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}`);
  try {
    console.log(decrypt(payload, policy));
    const { repairs } = diagnose(payload, policy);
    if (repairs.length > 0) console.log(`put right on the way: ${repairs.join(', ')}`);
    return true;
  } catch (error) {
    if (!(error instanceof OpenDataError)) throw error;
    console.log(`${error.name} ${error.code}${error.reason ? ` (${error.reason})` : ''}: ${error.message}`);
    if (error.hint) console.log(`hint: ${error.hint.replace(' / ', '\n      ')}`);
    console.log('diagnose():');
    for (const note of diagnose(payload, policy).notes) console.log(`  - ${note.replace(' / ', '\n    ')}`);
    return false;
  }
}

const payload = { encryptedData, iv };
const opened = show("WeChat's published sample", payload, { sessionKey, appid });
const stale = show('Failure 1: a stale session_key', payload, { sessionKey: 'AAAAAAAAAAAAAAAAAAAAAA==', appid });
const lost = { encryptedData: encryptedData.replaceAll('+', ' '), iv };
const mended = show("Failure 2: '+' lost on the way, put right by default", lost, { sessionKey, appid });
const strict = show("Failure 2 with strict: true: '+' lost on the way", lost, { sessionKey, appid, strict: true });
const other = show("Failure 3: another app's data", payload, { sessionKey, appid: 'wx0123456789abcdef' });
if (!opened || stale || !mended || strict || other) throw new Error('the sample did not behave as published');

const [, , file] = process.argv;
if (file === undefined) {
  console.log('\nYour own: cargo xtask demo payload.json, or - for standard input:');
  console.log('{ "encryptedData": "…", "iv": "…", "sessionKey": "…", "appid": "wx…" }');
} else {
  const own = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  if (!show('Your payload', own, own)) process.exitCode = 1;
}

console.log(`
In a browser, with nothing leaving the page: node pkg/playground/start.js
With the package installed: npx weapp-opendata playground`);
