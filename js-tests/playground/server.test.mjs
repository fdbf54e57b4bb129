// The playground's server: two paths, for this machine, and not a word.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { packageFolder } from '../support/installed.mjs';
import { servePlayground, sourceOf } from './support.mjs';

let playground;
let port;
before(async () => {
  playground = await servePlayground();
  port = Number(new URL(playground.url).port);
});
after(() => playground.close());

/** Sends lines as they are and reads the answer to its end: a client would put the path right first. */
async function ask(head, to = port) {
  const socket = net.connect(to, '127.0.0.1');
  socket.end(`${head.join('\r\n')}\r\n\r\n`);
  const pieces = [];
  for await (const piece of socket) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  const [top, ...rest] = text.split('\r\n\r\n');
  const [status, ...lines] = top.split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
  return { status: Number(status.split(' ')[1]), headers, body: rest.join('\r\n\r\n') };
}
const get = (target, more = [], method = 'GET') => ask([`${method} ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: close', ...more]);

/** A policy as its directives. */
const directives = (policy) => Object.fromEntries(policy.split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1).join(' ')]));
const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

test('it listens on the loopback alone', async () => {
  assert.match(playground.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  for (const host of ['0.0.0.0', '::', '192.168.1.2', 'example.com', '', '127.0.0.1.example.com']) {
    await assert.rejects(servePlayground({ host }), TypeError, host);
  }
  for (const wrong of [-1, 65536, 1.5, NaN, '80']) await assert.rejects(servePlayground({ port: wrong }), TypeError, String(wrong));
});

test('the frame: no script, and a policy for where it may lead', async () => {
  const { status, headers, body } = await get('/');
  assert.equal(status, 200);
  assert.deepEqual(directives(headers['content-security-policy']), {
    'default-src': "'none'", 'frame-src': "'self'", 'img-src': 'data:', 'style-src': hashOf(/<style>([^]*?)<\/style>/.exec(body)[1]), 'form-action': "'none'",
    'base-uri': "'none'", 'require-trusted-types-for': "'script'", 'trusted-types': "'none'", 'frame-ancestors': "'none'",
  });
  assert.doesNotMatch(body, /<script|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  assert.match(body, /<iframe src="\/page" [^>]*sandbox="allow-scripts"/);
});

test('the page: what is in it is named by hash, and nothing else may run or be fetched', async () => {
  const { status, headers, body } = await get('/page', ['Sec-Fetch-Dest: iframe']);
  assert.equal(status, 200);
  const [script] = /<script type="module">([^]*?)<\/script>/.exec(body).slice(1);
  const [style] = /<style>([^]*?)<\/style>/.exec(body).slice(1);
  const inside = {
    'default-src': "'none'", 'script-src': `${hashOf(script)} 'wasm-unsafe-eval'`, 'style-src': hashOf(style), 'connect-src': "'none'", 'form-action': "'none'",
    'base-uri': "'none'", 'require-trusted-types-for': "'script'", 'trusted-types': "'none'", webrtc: "'block'",
  };
  assert.deepEqual(directives(headers['content-security-policy']), { ...inside, 'frame-ancestors': "'self'", sandbox: 'allow-scripts' });
  // A copy that was saved is held to it too.
  assert.deepEqual(directives(/<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(body)[1]), inside);
  assert.equal(script, sourceOf('page.js'));
  assert.equal(style, sourceOf('page.css'));
  const addresses = body.replace(script, '').match(/\b(?:src|href|action|srcset|data|poster)=|url\(|@import|https?:\/\//g);
  assert.equal(addresses, null);
  for (const name of ['fetch(source)', 'WebSocket', 'XMLHttpRequest', 'sendBeacon', 'localStorage', 'sessionStorage', 'indexedDB', 'document.cookie', 'history.', 'innerHTML', 'insertAdjacentHTML', 'console.', 'eval(', 'new Function']) {
    // The package's own loader can fetch its module; the page hands it the bytes.
    assert.equal(script.includes(name), name === 'fetch(source)', name);
  }
});

test('headers of every answer', async () => {
  for (const [target, more, method, status] of [['/', [], 'GET', 200], ['/page', [], 'GET', 200], ['/x', [], 'GET', 404], ['/', [], 'POST', 405], ['/page', ['Sec-Fetch-Dest: document'], 'GET', 403]]) {
    const { status: found, headers } = await get(target, more, method);
    assert.equal(found, status, target);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['x-dns-prefetch-control'], 'off');
    assert.match(headers['permissions-policy'], /camera=\(\)/);
    assert.match(headers['content-security-policy'], /^default-src 'none'/);
    for (const name of ['set-cookie', 'access-control-allow-origin', 'server', 'x-powered-by']) assert.equal(headers[name], undefined, name);
  }
  assert.equal((await get('/')).headers['cross-origin-opener-policy'], 'same-origin');
});

test('no other path, and no way to other files', async () => {
  for (const target of [
    '/index.html', '/page.js', '/page/', '/page?x', '/?key=secret', '//', '/.', '/../package.json', '/..%2fpackage.json', '/%2e%2e/package.json', '/playground/../../package.json',
    '/wasm/modern.wasm', '/etc/passwd', '/favicon.ico', '/__proto__', '/constructor', '/hasOwnProperty', '/page%00', '/\\..\\package.json', 'http://127.0.0.1/', '*',
  ]) {
    const { status, body } = await get(target);
    assert.equal(status, 404, target);
    assert.equal(body, 'there is nothing here\n', target);
  }
});

test('GET and HEAD only', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND']) {
    const { status, headers } = await get('/', [], method);
    assert.deepEqual([status, headers.allow], [405, 'GET, HEAD'], method);
  }
  for (const target of ['/', '/page']) {
    const [head, whole] = [await get(target, [], 'HEAD'), await get(target)];
    assert.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', String(Buffer.byteLength(whole.body))]);
  }
});

test('a name of somebody else that leads here is refused', async () => {
  const as = (...hosts) => ask(['GET / HTTP/1.1', ...hosts.map((host) => `Host: ${host}`), 'Connection: close']);
  for (const host of [
    'evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, `localhost.evil.example:${port}`, `localhost.:${port}`, `127.0.0.1:${port}@evil.example`, `evil127.0.0.1:${port}`,
    `127.0.0.1:${port}, evil.example`, `127x0x0x1:${port}`, `127.0.0.2:${port}`, `0.0.0.0:${port}`, `127.0.0.1:x`, '', 'null',
  ]) {
    const { status, body } = await as(host);
    assert.ok([400, 421].includes(status), `${host}: ${status}`);
    assert.doesNotMatch(body, /<html/i);
  }
  assert.equal((await ask(['GET / HTTP/1.1', 'Connection: close'])).status, 400);
  assert.equal((await ask(['GET / HTTP/1.0'])).status, 421);
  // Its own, and as a forwarded port has it.
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`, '127.0.0.1:9', 'localhost']) assert.equal((await as(host)).status, 200, host);
});

test('two of them stand side by side; a taken port is the system’s error; closing ends what is open', async () => {
  const other = await servePlayground();
  assert.notEqual(other.url, playground.url);
  await assert.rejects(servePlayground({ port }), { code: 'EADDRINUSE' });
  const idle = net.connect(Number(new URL(other.url).port), '127.0.0.1');
  await once(idle, 'connect');
  idle.on('error', () => {});
  await Promise.all([once(idle, 'close'), other.close()]);
  const again = net.connect(Number(new URL(other.url).port), '127.0.0.1');
  const [error] = await once(again, 'error');
  assert.equal(error.code, 'ECONNREFUSED');
});

test('started by itself it says its address and no more, whatever is asked of it; Ctrl-C ends it', async () => {
  const child = spawn(process.execPath, [path.join(packageFolder, 'playground/start.js')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const line = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        printed += text;
        if (printed.includes('Ctrl-C')) resolve();
      });
    }
  });
  await line;
  const at = Number(new URL(/http:\S+/.exec(printed)[0]).port);
  const before = printed;
  for (const head of [
    ['GET /page HTTP/1.1', `Host: 127.0.0.1:${at}`, 'Connection: close'],
    ['GET /?session_key=SECRET HTTP/1.1', `Host: 127.0.0.1:${at}`, 'Connection: close'],
    ['POST / HTTP/1.1', 'Host: SECRET.example', 'Content-Length: 6', 'Connection: close', '', 'SECRET'],
    ['SECRET', 'SECRET'],
    [`GET /${'SECRET'.repeat(10000)} HTTP/1.1`, `Host: 127.0.0.1:${at}`],
  ]) await ask(head, at).catch(() => {});
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
  assert.equal(printed, before);
  assert.match(printed, /^Playground: http:\/\/127\.0\.0\.1:\d+\/\n[^\n]+\n$/);
});

test('started by itself, a port that it cannot have is told in words', async () => {
  const cases = { [port]: /^Playground: the port is taken \/ [^\n]+\n$/, 65536: /^Playground: port: expected a whole number from 0 to 65535\n$/, '-1': /^Playground: port: /, x: /^Playground: port: /, '': /^Playground: port: /, '1.5': /^Playground: port: / };
  for (const [given, expected] of Object.entries(cases)) {
    const child = spawn(process.execPath, [path.join(packageFolder, 'playground/start.js'), given], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 5000 });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
    const [code] = await once(child, 'close');
    assert.match(printed, expected, given);
    assert.equal(code, 2, given);
  }
});
