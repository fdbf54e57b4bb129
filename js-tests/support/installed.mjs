// The package as a user has it: installed from its tarball into the folder that INSTALLED names.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

if (!process.env.INSTALLED) throw new Error('INSTALLED names no folder: these tests are run by `cargo xtask test`');

export const project = path.resolve(process.env.INSTALLED);
export const packageFolder = path.join(project, 'node_modules/weapp-opendata');
export const root = path.resolve(import.meta.dirname, '../..');

/** Resolves as a file in the user's project would. */
export const requireInstalled = createRequire(path.join(project, 'user.cjs'));

/** The same for `import`: a module of a folder that has the user's packages hands on what it is given. */
export async function importInstalled() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'import-'));
  try {
    fs.symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
    const file = path.join(folder, 'user.mjs');
    fs.writeFileSync(file, "export * from 'weapp-opendata';\n");
    return await import(pathToFileURL(file).href);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

export const readPackageFile = (name) => fs.readFileSync(path.join(packageFolder, name), 'utf8');
export const readSource = (name) => fs.readFileSync(path.join(root, name), 'utf8');
export const manifest = () => JSON.parse(readPackageFile('package.json'));
export const vectors = () => JSON.parse(readSource('tests/vectors/open-data.json'));

/** The codes that the types promise. */
export function errorCodes() {
  const code = readPackageFile('index.d.ts').replace(/\/\*[\s\S]*?\*\//g, '');
  const [, union] = /export type ErrorCode =([^;]*);/.exec(code);
  return [...union.matchAll(/\| '([A-Z0-9_]+)'/g)].map((match) => match[1]);
}
