// The shell commands of the READMEs' section about the command line run as they stand, and print what is said beside them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { project, readPackageFile } from '../support/installed.mjs';
import { codeBlocks } from '../support/markdown.mjs';
import { folder } from './support/command.mjs';

/** A comment of a line of its own that begins so is printed by what stands before it, in this order; … stands for anything. */
const PRINTED = /^# → (.*)$/gm;

fs.symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');

const run = (script) => new Promise((resolve) => {
  const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', npm_config_offline: 'true', npm_config_update_notifier: 'false' };
  execFile('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd: folder, env, timeout: 60000 }, (error, out, errors) => {
    resolve({ code: error ? error.code : 0, out, errors });
  });
});

for (const [file, title] of [['README.md', 'Command line'], ['README.zh-CN.md', '命令行']]) {
  const text = readPackageFile(file);
  const [, section] = text.split(`\n### ${title}\n`);
  assert.ok(section, `${file} has the section`);
  const blocks = codeBlocks(section.split(/\n#{2,3} /)[0]).filter(({ language }) => language === 'sh');

  test(`${file} has commands to run`, () => assert.ok(blocks.length >= 2));

  blocks.forEach(({ code }, index) => {
    test(`${file}, block ${index + 1} of the section`, async () => {
      const result = await run(code);
      assert.equal(result.code, 0, result.errors);
      const wanted = [...code.matchAll(PRINTED)].map(([, line]) => line);
      assert.ok(wanted.length > 0, 'it says what is printed');
      const printed = result.out.trimEnd().split('\n');
      assert.equal(printed.length, wanted.length, result.out);
      wanted.forEach((line, at) => {
        const pattern = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
        assert.match(printed[at], new RegExp(`^${pattern}$`));
      });
    });
  });
}
