// What `cargo xtask wechat` prepared: copies of the examples with the package installed from its tarball, in the folder EXAMPLES.

import fs from 'node:fs';
import path from 'node:path';

if (!process.env.EXAMPLES) throw new Error('EXAMPLES names no folder: these tests are run by `cargo xtask wechat`');

export const examples = path.resolve(process.env.EXAMPLES);
export const root = path.resolve(import.meta.dirname, '../../..');

/** Of the developer tools' npm build of examples/miniprogram. */
export const codePackage = path.join(examples, 'miniprogram/miniprogram');
export const packedFolder = path.join(codePackage, 'miniprogram_npm/weapp-opendata');

/** The npm package as the server-side examples have it. */
export const installedFolder = path.join(examples, 'node-server/node_modules/weapp-opendata');

export const readSource = (name) => fs.readFileSync(path.join(root, name), 'utf8');
export const readInstalled = (name) => fs.readFileSync(path.join(installedFolder, name), 'utf8');

/** The functions that the mini-program has, by its types. */
export function clientNames() {
  const types = fs.readFileSync(path.join(packedFolder, 'index.d.ts'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const [, values] = /\nexport \{([^}]*)\}/.exec(types);
  const functions = [...types.matchAll(/export function (\w+)/g)].map(([, name]) => name);
  return [...values.split(',').map((name) => name.trim()).filter(Boolean), ...functions].sort();
}
