// node build.mjs FOLDER: the command line as the package carries it, and the licences of what is bundled.

import fs from 'node:fs';
import path from 'node:path';

import { build } from 'esbuild';

const here = import.meta.dirname;
const [, , outdir] = process.argv;
if (!outdir) throw new Error('node build.mjs FOLDER');

/** The package itself is not bundled: the command line stands in a folder of it. @type {import('esbuild').Plugin} */
const itself = {
  name: 'itself',
  setup({ onResolve }) {
    onResolve({ filter: /^weapp-opendata$/ }, () => ({ path: '../node.js', external: true }));
  },
};

const common = /** @type {const} */ ({
  absWorkingDir: here,
  outdir: path.resolve(outdir),
  bundle: true,
  platform: 'node',
  target: 'node18',
  format: 'esm',
  charset: 'utf8',
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
});

const bundles = await Promise.all([
  // Copied, in effect: it runs on Node 16, and loads the rest.
  build({ ...common, plugins: [itself], entryPoints: ['src/bin.js'], target: 'node16', external: ['./main.js'] }),
  // Some of what is bundled are CommonJS modules, which ask for Node's own by `require`.
  build({ ...common, plugins: [itself], entryPoints: ['src/main.js'], banner: { js: "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);" } }),
  build({ ...common, plugins: [itself], entryPoints: ['src/worker.js'] }),
]);

const packages = new Set();
for (const { metafile } of bundles) {
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const input of Object.keys(inputs)) {
      const [, folder] = /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
      if (folder) packages.add(folder);
    }
  }
}

/** The licences that may be bundled: they ask for their notice and nothing else. */
const ALLOWED = ['MIT', 'ISC'];
const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(here, folder, 'package.json'), 'utf8'));
  if (!ALLOWED.includes(license)) throw new Error(`${name} is under ${license}`);
  const file = fs.readdirSync(path.join(here, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${fs.readFileSync(path.join(here, folder, file), 'utf8').trim()}\n`;
});
const title = 'The command line of weapp-opendata contains these packages, under these licences.\n';
fs.writeFileSync(path.join(outdir, 'LICENSES.txt'), [title, ...notices].join('\n----\n\n').replaceAll('\r\n', '\n'));
