// Chromium, headless, on pages served over loopback. A page imports the package's files as they are, runs the suite and posts the
// report; what it fetched is known to the server.

import fs from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { FLAGS, NO_CHROMIUM, findChromium } from '../../support/chromium.mjs';
import { NotHere, elsewhere, start, user, within } from '../support.mjs';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

function chromium() {
  const program = findChromium();
  if (!program) throw new NotHere(NO_CHROMIUM);
  return program;
}

/** What every page's script begins with. Nothing is inline, so that it runs under the strictest policy too. */
const script = (body) => `
  import { check, checkInitRejects, checkUnavailable, runHere } from '/tests/platforms/in-host.mjs';

  const post = (report) => fetch('/report', { method: 'POST', body: JSON.stringify(report) });
  const own = async (...tests) => {
    const report = { suite: 0, own: tests.length, passed: 0, failures: [] };
    for (const run of tests) {
      try {
        await run();
        report.passed++;
      } catch (error) {
        report.failures.push(String(error && error.stack || error));
      }
    }
    return report;
  };
  try {
    const data = await (await fetch('/data.json')).json();
    ${body}
  } catch (error) {
    post({ suite: 0, own: 0, passed: 0, failures: ['the page failed: ' + (error && error.stack || error)] });
  }
`;

const BEFORE_INIT = `
    const before = await own(() => checkUnavailable(api, undefined));
`;
const AFTER = `
    report.own += before.own;
    report.passed += before.passed;
    report.failures.push(...before.failures);
    post(report);
`;
/** The page's policy forbids WebAssembly: else `./js` would prove nothing. */
const FORBIDDEN = `
      ['this page may not compile WebAssembly', async () => {
        let thrown;
        try {
          await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
        } catch (error) {
          thrown = error;
        }
        check(thrown instanceof WebAssembly.CompileError, 'it may');
      }],
`;
const STRICT = "script-src 'self'";
const WASM = "script-src 'self' 'wasm-unsafe-eval'";

/** `fetched`: the modules that the page must have asked for, no more and no fewer. */
const PAGES = [
  {
    name: 'module page',
    fetched: ['/package/wasm/modern.wasm'],
    script: `
    const api = await import('/package/browser.js');
    ${BEFORE_INIT}
    await Promise.all([api.init(), api.init(), api.init()]);
    const report = await runHere(api, data);
    ${AFTER}`,
  },
  {
    name: "module page under script-src 'self' 'wasm-unsafe-eval'",
    policy: WASM,
    fetched: ['/package/wasm/modern.wasm'],
    script: `
    const api = await import('/package/browser.js');
    await api.init();
    post(await runHere(api, data));`,
  },
  {
    name: 'init(source)',
    ownOnly: true,
    fetched: ['/package/wasm/absent.wasm', '/package/wasm/baseline.wasm', '/package/wasm/modern.wasm'],
    script: `
    let copies = 0;
    const fresh = () => import('/package/browser.js?' + ++copies);
    const { official } = { official: data.vectors.find((vector) => vector.id === 'official-demo') };
    const works = (api) => {
      const value = api.decrypt(official, { appid: official.appid, sessionKey: official.sessionKey });
      check(JSON.stringify(value) === JSON.stringify(JSON.parse(official.plaintext)), JSON.stringify(value));
    };
    const sources = {
      'a URL as text': () => '/package/wasm/modern.wasm',
      'a URL': () => new URL('/package/wasm/modern.wasm', location.href),
      'the baseline module': () => '/package/wasm/baseline.wasm',
      'a response': () => fetch('/package/wasm/modern.wasm'),
      'a buffer': async () => (await fetch('/package/wasm/modern.wasm')).arrayBuffer(),
      'bytes': async () => new Uint8Array(await (await fetch('/package/wasm/modern.wasm')).arrayBuffer()),
      'a module': () => WebAssembly.compileStreaming(fetch('/package/wasm/baseline.wasm')),
    };
    const tests = Object.keys(sources).map((name) => async () => {
      const api = await fresh();
      await api.init(await sources[name]());
      works(api);
    });
    tests.push(async () => {
      const api = await fresh();
      let thrown;
      try {
        await api.init('/package/wasm/absent.wasm');
      } catch (error) {
        thrown = error;
      }
      check(thrown instanceof Error, 'a module that is not there: no error');
      checkUnavailable(api, undefined);
      await api.init();
      works(api);
    });
    post(await own(...tests));`,
  },
  {
    name: "./js under script-src 'self'",
    policy: STRICT,
    fetched: [],
    script: `
    const api = await import('/package/js.js');
    post(await runHere(api, data, [${FORBIDDEN}]));`,
  },
  {
    name: "what has WebAssembly, under script-src 'self'",
    policy: STRICT,
    ownOnly: true,
    script: `
    const main = await import('/package/browser.js');
    const baseline = await import('/package/baseline.js');
    const inline = await import('/package/inline.js');
    post(await own(
      () => checkInitRejects(main, 'REFUSED', ['weapp-opendata/js']),
      () => checkInitRejects(baseline, 'REFUSED', ['weapp-opendata/js']),
      () => checkUnavailable(baseline, 'REFUSED', ['weapp-opendata/js']),
      () => checkInitRejects(inline, 'REFUSED', ['weapp-opendata/js']),
      () => checkUnavailable(inline, 'REFUSED', ['weapp-opendata/js']),
    ));`,
  },
  {
    name: './baseline, compiled on the page',
    fetched: [],
    script: `
    const api = await import('/package/baseline.js');
    post(await runHere(api, data));`,
  },
];

const PLACES = { '/package/': path.join(user, 'node_modules/weapp-opendata'), '/tests/': path.join(user, 'tests') };

/** The file that an address stands for. */
function fileOf(pathname) {
  if (pathname === '/data.json') return path.join(user, 'data.json');
  for (const [prefix, folder] of Object.entries(PLACES)) {
    if (!pathname.startsWith(prefix)) continue;
    const file = path.join(folder, path.normalize(pathname.slice(prefix.length)));
    if (file.startsWith(folder) && fs.existsSync(file)) return file;
  }
  return undefined;
}

/** Serves one page; the promise is of what it posts. */
async function serve(page, use) {
  const fetched = new Set();
  let posted;
  const report = new Promise((resolve) => (posted = resolve));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname.endsWith('.wasm')) fetched.add(pathname);
    const send = (type, body) => {
      const headers = { 'content-type': type, 'cache-control': 'no-store' };
      if (page.policy) headers['content-security-policy'] = page.policy;
      response.writeHead(200, headers).end(body);
    };
    if (pathname === '/report') {
      let body = '';
      request.setEncoding('utf8').on('data', (piece) => (body += piece)).on('end', () => {
        send('text/plain', '');
        posted(JSON.parse(body));
      });
    } else if (pathname === '/') {
      send(TYPES['.html'], '<!doctype html><meta charset="utf-8"><script type="module" src="/page.mjs"></script>');
    } else if (pathname === '/page.mjs') {
      send(TYPES['.mjs'], script(page.script));
    } else {
      const file = fileOf(pathname);
      if (file) send(TYPES[path.extname(file)] || 'application/octet-stream', fs.readFileSync(file));
      else response.writeHead(404).end();
    }
  });
  await new Promise((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
  try {
    const result = await use(`http://127.0.0.1:${server.address().port}/`, report);
    const modules = [...fetched].sort();
    if (page.fetched && String(modules) !== String(page.fetched)) result.failures.push(`modules fetched: expected ${page.fetched}, found ${modules}`);
    return result;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function run(page) {
  const program = chromium();
  return serve(page, (address, report) =>
    elsewhere(async (profile) => {
      const { output, ended, stop } = start(program, [...FLAGS, `--user-data-dir=${profile}`, address], { env: { ...process.env, HOME: os.tmpdir() } });
      const early = ended.then((failure) => {
        throw new Error(`chromium ${failure || 'ended'} without a report\n${output.stderr.slice(-3000)}`);
      });
      early.catch(() => {});
      try {
        return await within(Promise.race([report, early]), 'chromium');
      } finally {
        await stop();
      }
    }),
  );
}

export default PAGES.map((page) => ({ name: `chromium, ${page.name}`, ownOnly: page.ownOnly, run: () => run(page) }));
