// When WebAssembly memory cannot grow any more, the call that needs it fails, and the next one finds a new instance.

import assert from 'node:assert/strict';
import { test } from 'node:test';

const instances = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    instances.push(this);
  }
};
const { importInstalled, vectors } = await import('../support/installed.mjs');
const { decrypt, decryptMany, init, parsePhoneNumber } = await importInstalled();

test('an instance out of memory is replaced', async () => {
  await init();
  assert.equal(instances.length, 1);
  const { memory } = instances[0].exports;
  // As far as the engine lets it grow, in ever smaller steps.
  for (let pages = 32768; pages >= 1; ) {
    try {
      memory.grow(pages);
    } catch {
      pages >>= 1;
    }
  }
  assert.throws(() => memory.grow(1), RangeError);

  const vector = vectors().find(({ id }) => id === 'official-demo');
  const { appid, sessionKey, encryptedData, iv } = vector;
  assert.deepEqual(decrypt({ encryptedData, iv }, { sessionKey, appid }), JSON.parse(vector.plaintext));

  const records = Array.from({ length: 16 }, () => ({ encryptedData: 'A'.repeat(1000000), iv, sessionKey }));
  assert.throws(() => decryptMany(records, { appid }), WebAssembly.RuntimeError);
  assert.deepEqual(decrypt({ encryptedData, iv }, { sessionKey, appid }), JSON.parse(vector.plaintext));
  assert.equal(instances.length, 2);
  assert.equal(parsePhoneNumber('13580006666').e164, '+8613580006666');
});
