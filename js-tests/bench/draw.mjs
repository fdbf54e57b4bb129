// Puts what results.json says into the READMEs, between marks, and into the chart: node draw.mjs [--check]
//
// With --check, nothing is written, and it fails where something is not as the results have it.

import { readFileSync, writeFileSync } from 'node:fs';

import { chart } from './chart.mjs';
import { tables } from './tables.mjs';
import { en, zh } from './words.mjs';

const file = (name) => new URL(`../../${name}`, import.meta.url);
const read = (name) => readFileSync(file(name), 'utf8');

/** A text with another between the marks of that name. */
function between(text, name, content) {
  const [start, end] = [`<!-- bench:${name} -->\n`, `<!-- /bench:${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from || text.indexOf(start, from + 1) >= 0) throw new Error(`marks of bench:${name} are missing or there twice`);
  return `${text.slice(0, from)}${start}\n${content}\n\n${text.slice(to)}`;
}

const results = JSON.parse(read('js-tests/bench/results.json'));
const drawn = { 'docs/bench.svg': chart(results) };
for (const [name, words] of Object.entries({ 'README.md': en, 'README.zh-CN.md': zh })) {
  drawn[name] = Object.entries(tables(words, results)).reduce((text, [mark, content]) => between(text, mark, content), read(name));
}

const check = process.argv.includes('--check');
for (const [name, text] of Object.entries(drawn)) {
  if (!check) writeFileSync(file(name), text);
  else if (read(name) !== text) throw new Error(`${name} is not as js-tests/bench/results.json has it: cargo xtask bench --redraw`);
}
