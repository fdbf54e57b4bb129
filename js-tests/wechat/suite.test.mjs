// The suite inside the mini-program, with WXWebAssembly and without: every test that calls a function which the mini-program has.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { buildSync } from 'esbuild';

import { makeFixtures } from '../fixtures.mjs';
import { clientNames, codePackage, readInstalled, readSource } from './support/built.mjs';
import { IN_PLACE_OF_DECRYPT, rehearse } from './support/inside.mjs';
import { start } from './support/mini-program.mjs';

const types = readInstalled('index.d.ts').replace(/\/\*[\s\S]*?\*\//g, '');
const [, union] = /export type ErrorCode =([^;]*);/.exec(types);
const errorCodes = [...union.matchAll(/\| '([A-Z0-9_]+)'/g)].map(([, code]) => code);
const allNames = [...types.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, name]) => name);
const json = JSON.stringify({ vectors: JSON.parse(readSource('tests/vectors/open-data.json')), fixtures: makeFixtures(), errorCodes });

const { outputFiles } = buildSync({
  entryPoints: [new URL('support/inside.mjs', import.meta.url).pathname],
  bundle: true,
  write: false,
  format: 'cjs',
  platform: 'neutral',
});
const inside = outputFiles[0].text;
const names = clientNames();
const concerned = await rehearse(names, allNames, json);

const modes = { WXWebAssembly: undefined, 'plain JavaScript': null };
let registered = 0;
let finished = 0;
for (const [mode, wxWebAssembly] of Object.entries(modes)) {
  const program = start(codePackage, { wxWebAssembly, laterLibrary: true });
  const client = program.require('weapp-opendata');
  await client.init();
  const server = program.load(readInstalled('js.cjs'), 'js.cjs');
  const tests = program.load(inside, 'inside.cjs').collect(client, server, json);
  const substituted = [...tests.keys()].filter((title) => title.startsWith(IN_PLACE_OF_DECRYPT));
  for (const title of [...concerned.keys(), ...substituted]) {
    registered++;
    test(`${mode}: ${title}`, async () => {
      const { run, calls } = tests.get(title);
      const before = calls();
      await run();
      assert.ok(calls() > before, 'no function of the mini-program was called');
      finished++;
    });
  }
}

test('the tests that concern the mini-program were found, for every function of it', () => {
  const called = new Set([...concerned.values()].flat());
  for (const name of names) if (name !== 'OpenDataError') assert.ok(called.has(name), name);
  for (const part of ['errors', 'hostile', 'watermark', 'phone', 'avatar', 'channel']) {
    assert.ok([...concerned.keys()].some((title) => title.startsWith(`${part}: `)), part);
  }
});

after(() => {
  // A suite in which nothing is found passes everything.
  if (registered < 140 || finished > registered) throw new Error(`${registered} tests registered, ${finished} finished`);
});
