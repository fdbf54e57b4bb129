// Hosts that run a file and have a file system: Node in the versions that cloud functions offer, Bun, Deno. The package is installed
// from its tarball, and every entry point is taken through `import` and through `require`.

import fs from 'node:fs';
import path from 'node:path';

import { programOf, reportOf, user } from '../support.mjs';

const node = (major) => ({ name: `node ${major}`, program: () => programOf(`node-${major}`, 'bin/node'), args: [] });

const RUNTIMES = [
  ...[16, 18, 20, 22, 24].map(node),
  { name: 'bun', program: () => programOf('@oven/bun-linux-x64', 'bin/bun'), args: ['run'] },
  {
    name: 'deno',
    program: () => programOf('@deno/linux-x64-glibc', 'deno'),
    // Nothing but reading the project's own files.
    args: ['run', '--quiet', '--no-prompt', '--no-remote', '--node-modules-dir=manual', `--allow-read=${user}`],
  },
];

const ENTRIES = { '': 'weapp-opendata', '/baseline': 'weapp-opendata/baseline', '/js': 'weapp-opendata/js' };

/** The programs: written out, so that the package's name stands in them as in a user's. */
const PROGRAMS = {
  import: (entry) => `
    import { readFileSync } from 'node:fs';
    import { createRequire } from 'node:module';
    import * as api from '${entry}';
    import { MARK, check, runHere } from './tests/platforms/in-host.mjs';

    const data = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8'));
    const required = createRequire(import.meta.url)('${entry}');
    const report = await runHere(api, data, [
      ['import and require give the same functions and the same error class', () => {
        const names = Object.keys(required).filter((name) => name !== 'default' && name !== '__esModule').sort();
        check(names.length >= 14, 'exports: ' + names);
        for (const name of names) check(api[name] === required[name], name);
      }],
      ['the host has random bytes', () => {
        const options = { key: { encryptKey: 'AAAAAAAAAAAAAAAAAAAAAA==', version: 1 }, context: '' };
        check(api.sealChannel('', options) !== api.sealChannel('', options), 'new ones each time');
      }],
    ], console.error);
    console.log(MARK + JSON.stringify(report));
  `,
  require: (entry) => `
    const { readFileSync } = require('node:fs');
    const { join } = require('node:path');
    const api = require('${entry}');

    (async () => {
      const { MARK, runHere } = await import('./tests/platforms/in-host.mjs');
      const data = JSON.parse(readFileSync(join(__dirname, 'data.json'), 'utf8'));
      console.log(MARK + JSON.stringify(await runHere(api, data, [], console.error)));
    })();
  `,
};

function write(file, text) {
  fs.writeFileSync(file, text);
  return file;
}

const hosts = [];
for (const { name, program, args } of RUNTIMES) {
  for (const [suffix, entry] of Object.entries(ENTRIES)) {
    for (const [how, text] of Object.entries(PROGRAMS)) {
      // `./js` is the slowest by far; that `require` gives the same functions is tested with `import`.
      if (suffix === '/js' && how === 'require') continue;
      hosts.push({
        name: `${name}, ${how} ${entry}`,
        run() {
          const file = path.join(user, `${how}${suffix.replace('/', '-')}${how === 'import' ? '.mjs' : '.cjs'}`);
          return reportOf(program(), [...args, write(file, text(entry))], { cwd: user });
        },
      });
    }
  }
}

/** API security is for servers, and has tests of its own. */
const API_SECURITY = `
  import { readFileSync } from 'node:fs';
  import { createRequire } from 'node:module';
  import * as api from 'weapp-opendata/api-security';
  import { MARK, check, runApiSecurityHere } from './tests/platforms/in-host.mjs';

  const required = createRequire(import.meta.url)('weapp-opendata/api-security');
  check(required.createApiSecurity === api.createApiSecurity, 'import and require differ');
  const data = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8'));
  console.log(MARK + JSON.stringify(await runApiSecurityHere(api, data)));
`;
for (const { name, program, args } of RUNTIMES) {
  hosts.push({
    name: `${name}, weapp-opendata/api-security`,
    ownOnly: true,
    run: () => reportOf(program(), [...args, write(path.join(user, 'import-api-security.mjs'), API_SECURITY)], { cwd: user }),
  });
}

/** Without the baseline module's file, Node 16 has nothing to run, and Node 18 misses nothing: so it is that file that 16 runs. */
for (const major of [16, 18]) {
  hosts.push({
    name: `node ${major}, without wasm/baseline.wasm`,
    ownOnly: major === 16,
    run() {
      const folder = path.join(user, '..', `without-baseline-${major}`);
      fs.cpSync(user, folder, { recursive: true });
      fs.rmSync(path.join(folder, 'node_modules/weapp-opendata/wasm/baseline.wasm'));
      const text = major === 16 ? REFUSED('weapp-opendata') : PROGRAMS.import('weapp-opendata');
      return reportOf(programOf(`node-${major}`, 'bin/node'), [write(path.join(folder, 'without.mjs'), text)], { cwd: folder });
    },
  });
}

/** A program that finds no module it can run. */
export function REFUSED(entry) {
  return `
    import * as loaded from '${entry}';
    import { MARK, checkInitRejects, checkUnavailable } from './tests/platforms/in-host.mjs';

    const api = loaded.default || loaded;
    const report = { suite: 0, own: 2, passed: 0, failures: [] };
    for (const run of [checkUnavailable, checkInitRejects]) {
      try {
        await run(api, 'REFUSED', ['weapp-opendata/baseline', 'weapp-opendata/js']);
        report.passed++;
      } catch (error) {
        report.failures.push(error.stack);
      }
    }
    console.log(MARK + JSON.stringify(report));
  `;
}

export default hosts;
