// The package without its phone table: the same files but for the module, in which the table is cut out.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants, gzipSync } from 'node:zlib';

import { root } from '../support/installed.mjs';

/** As xtask has it for the inlined module. */
const brotli = (bytes) =>
  [17, 22]
    .map((window) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: window } }))
    .reduce((shortest, other) => (other.length < shortest.length ? other : shortest));

/** One place of a text. */
function replaceOnce(text, from, to) {
  const at = text.indexOf(from);
  assert.ok(at >= 0 && text.indexOf(from, at + 1) < 0, 'what is to be replaced is not there, or there twice');
  return text.slice(0, at) + to + text.slice(at + from.length);
}

/** Where the data of a module stands in it, and where each piece of it goes in memory. */
function segments(module) {
  let at = 8;
  const number = (signed) => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return signed && byte & 0x40 && shift < 28 ? value | (-1 << (shift + 7)) : value;
    }
  };
  const byte = (wanted) => assert.equal(module[at++], wanted, 'a data segment of another form');
  while (module[at++] !== 11) {
    const size = number(false);
    at += size;
  }
  number(false);
  return Array.from({ length: number(false) }, () => {
    // Active, at the address that an i32.const says.
    byte(0);
    byte(0x41);
    const to = number(true);
    byte(0x0b);
    const length = number(false);
    at += length;
    return { from: at - length, to, length };
  });
}

/** The module with zeros for its table, which wasm-opt then leaves out. */
function cut(module, folder) {
  const table = fs.readFileSync(path.join(root, 'src/phone/ranges.bin'));
  const pieces = segments(module);
  const memory = Buffer.alloc(Math.max(...pieces.map(({ to, length }) => to + length)));
  for (const { from, to, length } of pieces) module.copy(memory, to, from, from + length);
  const start = memory.indexOf(table);
  assert.ok(start >= 0, 'the phone table is not in the module');
  const emptied = Buffer.from(module);
  for (const { from, to, length } of pieces) {
    const [first, last] = [Math.max(start, to), Math.min(start + table.length, to + length)];
    if (first < last) emptied.fill(0, from + first - to, from + last - to);
  }
  const [zeroed, packed] = ['zeroed.wasm', 'packed.wasm'].map((name) => path.join(folder, name));
  fs.writeFileSync(zeroed, emptied);
  const features = ['simd', 'bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'];
  const options = [...features.map((name) => `--enable-${name}`), '--memory-packing', zeroed, '-o', packed];
  const { status, stderr } = spawnSync(path.join(root, 'js-tests/node_modules/.bin/wasm-opt'), options, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return fs.readFileSync(packed);
}

/**
 * @param {string} project with the package installed
 * @returns the folder of another such project, and how much of the module the table is, in bytes
 */
export function withoutPhoneTable(project) {
  const other = path.join(root, 'target/npm/without-phone-table');
  fs.rmSync(other, { recursive: true, force: true });
  fs.cpSync(project, other, { recursive: true });
  const folder = path.join(other, 'node_modules/weapp-opendata');
  const [file, loader] = ['wasm/modern.wasm', 'node.cjs'].map((name) => path.join(folder, name));
  const whole = fs.readFileSync(file);
  const rest = cut(whole, other);
  fs.writeFileSync(file, rest);
  // The loader knows the module's length, and holds a compressed copy that every process has to read past.
  const inlined = /"([A-Za-z0-9+/]{1000,}=*)"/.exec(fs.readFileSync(loader, 'utf8'))[1];
  assert.ok(brotliDecompressSync(Buffer.from(inlined, 'base64')).equals(whole), 'another module is inlined');
  const text = replaceOnce(fs.readFileSync(loader, 'utf8'), inlined, brotli(rest).toString('base64'));
  fs.writeFileSync(loader, replaceOnce(text, `length = ${whole.length};`, `length = ${rest.length};`));

  const sizes = (bytes) => ({ raw: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length });
  const [of, left] = [sizes(whole), sizes(rest)];
  return { project: other, shares: { raw: of.raw - left.raw, gzipped: of.gzipped - left.gzipped, of } };
}
