// `weapp-opendata playground`: what the command line does with the playground's server.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { packageFolder } from '../support/installed.mjs';

function start(words) {
  const child = spawn(process.execPath, [path.join(packageFolder, 'cli/bin.js'), 'playground', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { errors: '' };
  child.stderr.setEncoding('utf8').on('data', (text) => (said.errors += text));
  child.stdout.setEncoding('utf8');
  return { child, said };
}

for (const [signal, expected] of [['SIGINT', 130], ['SIGTERM', 0]]) {
  test(`it says where it is, serves until ${signal}, and closes`, async () => {
    const { child, said } = start([]);
    const [text] = await once(child.stdout, 'data');
    const { url } = JSON.parse(text);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/, 'for this machine alone');
    const answer = await fetch(url);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /<html/);
    child.kill(signal);
    assert.deepEqual(await once(child, 'close'), [expected, null]);
    assert.equal(said.errors, '');
    await assert.rejects(fetch(url));
  });
}

test('port and host as asked for; a port that is taken is wrong usage', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address();
  const taken = start(['--port', String(port), '--host', '127.0.0.1']);
  assert.deepEqual(await once(taken.child, 'close'), [2, null]);
  assert.match(taken.said.errors, /^✗ the port is taken\n/);
  other.close();
  await once(other, 'close');
  const free = start(['--port', String(port), '--host', 'localhost']);
  const [text] = await once(free.child.stdout, 'data');
  assert.equal(new URL(JSON.parse(text).url).port, String(port));
  free.child.kill('SIGINT');
  await once(free.child, 'close');
  const everywhere = start(['--host', '0.0.0.0']);
  assert.deepEqual(await once(everywhere.child, 'close'), [2, null], 'others must not reach it');
  assert.match(everywhere.said.errors, /cannot be listened on/);
  const wrong = start(['--port', '65536']);
  assert.deepEqual(await once(wrong.child, 'close'), [2, null]);
});
