// What bundlers make of the package for a server: one minified file, taken to a folder where nothing else is, and run there.

import fs from 'node:fs';
import path from 'node:path';

import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';

import { elsewhere, programOf, reportOf, user, work } from '../support.mjs';
import { REFUSED } from './runtimes.mjs';

/** Each makes `out`, in the given format, from the user's file. */
const BUNDLERS = {
  esbuild: (entry, format, out) =>
    esbuild.build({
      absWorkingDir: user, entryPoints: [entry], outfile: out, bundle: true, minify: true, format, platform: 'node', target: 'node16', logLevel: 'silent',
    }),

  // For a host that nobody named: the condition is `import` alone.
  'esbuild for no host': (entry, format, out) =>
    esbuild.build({
      absWorkingDir: user, entryPoints: [entry], outfile: out, bundle: true, minify: true, format, platform: 'neutral', target: 'es2020', logLevel: 'silent',
    }),

  webpack: (entry, format, out) =>
    new Promise((done, failed) => {
      const config = {
        context: user, entry, mode: 'production', target: 'node16',
        output: { path: path.dirname(out), filename: path.basename(out), library: { type: format === 'esm' ? 'module' : 'commonjs2' }, module: format === 'esm' },
        experiments: { outputModule: format === 'esm' },
      };
      webpack(config, (error, stats) => {
        if (error) failed(error);
        else if (stats.hasErrors() || stats.hasWarnings()) failed(new Error(stats.toString({ all: false, errors: true, warnings: true })));
        else done();
      });
    }),

  rollup: async (entry, format, out) => {
    const bundle = await rollup({
      input: entry,
      plugins: [resolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs(), terser()],
      external: (name) => name.startsWith('node:'),
      onwarn: (warning) => {
        throw new Error(`${warning.code}: ${warning.message}`);
      },
    });
    await bundle.write({ file: out, format });
    await bundle.close();
  },
};

const FORMATS = { esm: { extension: 'mjs', entry: 'mjs' }, cjs: { extension: 'cjs', entry: 'mjs' } };

/** How a WebAssembly module begins, in base64. For Node, the modern one is inlined compressed, and so not seen. */
const MODULE_IN_BASE64 = 'AGFzbQEAAAA';

/** Made once each, however many hosts run it. */
const made = new Map();
function bundle(bundler, format, name) {
  const key = `${bundler.replaceAll(' ', '-')}-${format}-${name.replace('/', '-')}`;
  if (!made.has(key)) made.set(key, make(key, bundler, format, name));
  return made.get(key);
}

async function make(key, bundler, format, name) {
  const entry = path.join(user, `bundled-${name.replace('/', '-')}.mjs`);
  fs.writeFileSync(entry, `export * from '${name}';\n`);
  const folder = path.join(work, 'bundles', key);
  fs.mkdirSync(folder, { recursive: true });
  const out = path.join(folder, `bundle.${FORMATS[format].extension}`);
  await BUNDLERS[bundler](entry, format, out);
  const files = fs.readdirSync(folder);
  if (files.length !== 1) throw new Error(`${key}: expected one file, found ${files}`);
  // One module, never both.
  const text = fs.readFileSync(out, 'utf8');
  const modules = text.split(MODULE_IN_BASE64).length - 1;
  const expected = name.endsWith('/baseline') || bundler === 'esbuild for no host' ? 1 : 0;
  if (modules !== expected) throw new Error(`${key}: ${modules} modules inlined as they are, expected ${expected}`);
  if (text.split('\n').length > 200) throw new Error(`${key}: not minified`);
  return out;
}

const RUN = `
  import { readFileSync } from 'node:fs';
  import * as bundle from './BUNDLE';
  import { MARK, runHere } from './tests/platforms/in-host.mjs';

  const api = bundle.default || bundle;
  const data = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8'));
  console.log(MARK + JSON.stringify(await runHere(api, data)));
`;

/** Runs a program beside a bundle, in a folder that has neither the package nor anything above it that has. */
function runElsewhere(file, program, text) {
  return elsewhere((folder) => {
    const name = path.basename(file);
    fs.copyFileSync(file, path.join(folder, name));
    fs.cpSync(path.join(user, 'tests'), path.join(folder, 'tests'), { recursive: true });
    fs.copyFileSync(path.join(user, 'data.json'), path.join(folder, 'data.json'));
    fs.writeFileSync(path.join(folder, 'run.mjs'), text.replaceAll('BUNDLE', name));
    return reportOf(program, ['run.mjs'], { cwd: folder });
  });
}

const hosts = [];
for (const bundler of Object.keys(BUNDLERS)) {
  for (const format of Object.keys(FORMATS)) {
    const host = (name, major, text, more) =>
      hosts.push({
        name: `node ${major}, ${name} bundled by ${bundler} as ${format}`,
        ...more,
        run: async () => runElsewhere(await bundle(bundler, format, name), programOf(`node-${major}`, 'bin/node'), text),
      });
    host('weapp-opendata', 20, RUN);
    host('weapp-opendata', 16, REFUSED('./BUNDLE'), { ownOnly: true });
    host('weapp-opendata/baseline', 16, RUN);
  }
}

export default hosts;
