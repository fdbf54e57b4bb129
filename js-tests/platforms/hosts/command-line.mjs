// The command line, for which Node 18 is the oldest: threads and all of its commands' ways in are tested in js-tests/cli, on one version.

import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { makeFixtures } from '../../fixtures.mjs';
import { programOf, user } from '../support.mjs';

const OLDEST = 18;

/** @returns {{ suite: 0, own: number, passed: number, failures: string[] }} */
function report(node) {
  const { appid, watermarks } = makeFixtures();
  const { encryptedData, iv, sessionKey, plaintext } = watermarks.valid;
  const record = `${JSON.stringify({ encryptedData, iv, sessionKey })}\n`;
  const value = JSON.stringify(JSON.parse(plaintext));
  const bin = path.join(user, 'node_modules/weapp-opendata/cli/bin.js');
  const decrypt = (...words) => spawnSync(programOf(`node-${node}`, 'bin/node'), [bin, 'decrypt', '--appid', appid, ...words], { input: record, encoding: 'utf8', timeout: 60000 });
  const expected = node < OLDEST
    ? [[decrypt(), 2, '', /^weapp-opendata: the command line needs Node 18 or later, this is 16\.[\d.]+\n$/]]
    : [[decrypt(), 0, `${value}\n`, /^$/], [decrypt('--ndjson', '--jobs', '2'), 0, `{"line":1,"status":"fulfilled","value":${value}}\n`, /^$/]];
  const failures = expected
    .filter(([{ status, stdout, stderr }, code, out, errors]) => status !== code || stdout !== out || !errors.test(stderr))
    .map(([{ status, stdout, stderr }]) => `exit code ${status}, ${JSON.stringify({ stdout, stderr })}`);
  return { suite: 0, own: expected.length, passed: expected.length - failures.length, failures };
}

export default [16, 18, 20, 22, 24].map((node) => ({ name: `node ${node}, command line`, ownOnly: true, run: async () => report(node) }));
