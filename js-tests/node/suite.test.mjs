// The suite on Node, once through `import` and once through `require`; both are the same module.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { makeFixtures } from '../fixtures.mjs';
import { errorCodes, importInstalled, requireInstalled, vectors } from '../support/installed.mjs';
import { runSuite } from '../suite/index.mjs';

const esm = await importInstalled();
const cjs = requireInstalled('weapp-opendata');

let registered = 0;
let finished = 0;
for (const [name, api] of [['import', esm], ['require', cjs]]) {
  const register = (title, run) => {
    registered++;
    test(`${name}: ${title}`, async () => {
      await run();
      finished++;
    });
  };
  runSuite(api, { test: register, vectors: vectors(), fixtures: makeFixtures(), errorCodes: errorCodes() });
}

test('import and require give the same functions and the same error class', () => {
  for (const name of Object.keys(cjs)) assert.equal(esm[name], cjs[name], name);
  assert.deepEqual(Object.keys(esm).sort(), Object.keys(cjs).sort());
  assert.throws(() => esm.decrypt(), (error) => error instanceof cjs.OpenDataError);
});

after(() => {
  // A suite that registers nothing passes everything.
  if (registered < 300 || finished > registered) throw new Error(`${registered} tests registered, ${finished} finished`);
});
