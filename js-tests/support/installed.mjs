// The package as a user has it: installed from its tarball into the folder that INSTALLED names.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

if (!process.env.INSTALLED) throw new Error('INSTALLED names no folder: these tests are run by `cargo xtask test`');

export const project = path.resolve(process.env.INSTALLED);
export const packageFolder = path.join(project, 'node_modules/weapp-opendata');
export const root = path.resolve(import.meta.dirname, '../..');

/** Resolves as a file in the user's project would. */
export const requireInstalled = createRequire(path.join(project, 'user.cjs'));
export const importInstalled = () => import(pathToFileURL(path.join(packageFolder, manifest().exports['.'].import.default)).href);

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
