// What the package carries of others, and what its build and tests take: named, licensed, fixed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

import { manifest, readPackageFile, readSource } from '../support/installed.mjs';

const bom = () => JSON.parse(readPackageFile('sbom.cdx.json'));
const lockFiles = execFileSync('git', ['ls-files', '*package-lock.json'], { cwd: new URL('../..', import.meta.url), encoding: 'utf8' })
  .trim()
  .split('\n');

/** Licences under which anybody may use a tool, or part of one, for building and testing. */
const FREE = new Set([
  '(AFL-2.1 OR BSD-3-Clause)',
  '(BSD-3-Clause AND Apache-2.0)',
  '(BSD-2-Clause OR MIT OR Apache-2.0)',
  '(MIT AND Zlib)',
  '(MIT OR CC0-1.0)',
  '(MIT OR GPL-3.0-or-later)',
  '(MIT OR WTFPL)',
  '0BSD',
  'Apache-2.0 AND MIT',
  'Apache-2.0',
  'BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Packages whose manifests have no such field, and what they say elsewhere. */
const SAID_ELSEWHERE = {
  'dom-walk@0.1.2': 'MIT, in the older field `licenses`',
  'exif-parser@0.1.12': 'MIT, LICENSE.md',
  'jsesc@0.5.0': 'MIT, in the older field `licenses`',
  'node-16@16.20.2': 'MIT, LICENSE',
  'node-18@18.20.8': 'MIT, LICENSE',
  'node-22@22.20.0': 'MIT, LICENSE',
  'node-bitmap@0.0.1': 'MIT, README.md',
  'only@0.0.2': 'MIT, Readme.md',
  'qrcode-terminal@0.12.0': 'Apache-2.0, in the older field `licenses`',
  'replace-ext@0.0.1': 'MIT, in the older field `licenses`',
};

test('the bill of materials is valid CycloneDX 1.6', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  assert.equal(await validator.validate(readPackageFile('sbom.cdx.json')), null);
  // And the validator can refuse.
  assert.notEqual(await validator.validate(JSON.stringify({ ...bom(), components: [{ type: 'library' }] })), null);
});

test('the bill of materials has what is linked, and nothing that only builds and tests', () => {
  const { components, dependencies, metadata } = bom();
  assert.equal(metadata.component.version, manifest().version);
  const names = new Set(components.map(({ name }) => name));
  for (const name of ['aes', 'aes-gcm', 'base64-simd', 'commander', 'libphonenumber metadata', 'rust-std', 'sm2', 'subtle', 'wasm-bindgen', 'zeroize']) {
    assert.ok(names.has(name), name);
  }
  for (const name of ['criterion', 'esbuild', 'proptest', 'rlibphonenumber', 'syn', 'wasm-bindgen-macro', 'weapp-opendata', 'xtask']) {
    assert.ok(!names.has(name), name);
  }
  const purls = new Set(components.map(({ purl }) => purl));
  assert.equal(purls.size, components.length);
  for (const { ref, dependsOn } of dependencies) {
    assert.ok(ref === metadata.component.purl || purls.has(ref), ref);
    for (const purl of dependsOn) assert.ok(purls.has(purl), purl);
  }
});

test('every crate in it is the one of Cargo.lock', () => {
  const lock = new Map();
  for (const entry of readSource('Cargo.lock').split('[[package]]')) {
    const field = (name) => entry.match(new RegExp(`^${name} = "(.*)"$`, 'm'))?.[1];
    lock.set(`pkg:cargo/${field('name')}@${field('version')}`, field('checksum'));
  }
  const crates = bom().components.filter(({ purl }) => purl.startsWith('pkg:cargo/'));
  assert.ok(crates.length > 50);
  for (const { purl, hashes } of crates) assert.deepEqual(hashes, [{ alg: 'SHA-256', content: lock.get(purl) }], purl);
});

test('every component has its notice', () => {
  const notices = readPackageFile('THIRD-PARTY.md');
  const ofCommandLine = readPackageFile('cli/LICENSES.txt');
  for (const { name, version, purl, licenses } of bom().components) {
    if (purl.startsWith('pkg:npm/')) {
      assert.ok(ofCommandLine.includes(`\n${name} ${version} (${licenses[0].license.id})\n\n`), name);
      continue;
    }
    const [, notice] = notices.split(`\n## ${name} ${version}\n\n`);
    assert.match(notice ?? '', /^[\w.-]+\. Copyright \S/, name);
  }
});

test('every npm package is fixed by a lock file, with a digest, under a licence that is free', () => {
  assert.ok(lockFiles.length >= 3);
  const excused = new Set();
  for (const file of lockFiles) {
    for (const [path, entry] of Object.entries(JSON.parse(readSource(file)).packages)) {
      if (path === '' || entry.link) continue;
      const where = `${file}: ${path} ${entry.version}`;
      assert.match(entry.integrity ?? (entry.inBundle ? 'sha512-' : ''), /^sha(512|1)-/, where);
      const name = `${path.split('node_modules/').pop()}@${entry.version}`;
      if (entry.license === undefined && name in SAID_ELSEWHERE) excused.add(name);
      else assert.ok(FREE.has(entry.license), `${where}: ${entry.license}`);
    }
  }
  assert.deepEqual([...excused].sort(), Object.keys(SAID_ELSEWHERE).sort());
});
