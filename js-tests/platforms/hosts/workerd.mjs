// Cloudflare's workerd, without its compatibility layer for Node but for API security. The worker is bundled as its tool does it: one script, `.wasm` files
// kept as modules beside it, the package resolved by the condition `workerd`. It is asked over loopback, and answers with the report.

import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

import * as esbuild from 'esbuild';

import { programOf, start, user, within, work } from '../support.mjs';

const text = (entry, ...own) => `
  import * as api from '${entry}';
  import { check, checkInitRejects, checkUnavailable, runHere } from './tests/platforms/in-host.mjs';

  const OWN = [
    ['code cannot be compiled here, so the module came as one', () => {
      let thrown;
      try {
        new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
      } catch (error) {
        thrown = error;
      }
      check(thrown instanceof WebAssembly.CompileError, 'it can');
    }],
    ['there is no Buffer', () => check(typeof Buffer === 'undefined', typeof Buffer)],
  ];

  export default {
    async fetch(request) {
      ${own.join('\n')}
    },
  };
`;
const WHOLE = 'return Response.json(await runHere(api, await request.json(), OWN));';
const REFUSES = `
  const report = { suite: 0, own: 2, passed: 0, failures: [] };
  for (const run of [checkUnavailable, checkInitRejects]) {
    try {
      await run(api, 'REFUSED', ['weapp-opendata/js']);
      report.passed++;
    } catch (error) {
      report.failures.push(String(error.stack));
    }
  }
  return Response.json(report);
`;

/** API security takes `node:crypto`, which the compatibility layer has. */
const API_SECURITY = `
  import * as api from 'weapp-opendata/api-security';
  import { runApiSecurityHere } from './tests/platforms/in-host.mjs';

  export default {
    async fetch(request) {
      return Response.json(await runApiSecurityHere(api, await request.json()));
    },
  };
`;

/** @returns the names of the modules of WebAssembly that the script imports */
async function bundle(folder, source) {
  const entry = path.join(user, `${path.basename(folder)}.mjs`);
  fs.writeFileSync(entry, source);
  const modules = [];
  await esbuild.build({
    absWorkingDir: user, entryPoints: [entry], outfile: path.join(folder, 'worker.js'), bundle: true, minify: true, format: 'esm', target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'], external: ['node:*'], logLevel: 'silent',
    plugins: [{
      name: 'modules',
      setup(build) {
        build.onResolve({ filter: /\.wasm$/ }, ({ path: name, resolveDir }) => {
          modules.push(path.basename(name));
          fs.copyFileSync(path.resolve(resolveDir, name), path.join(folder, path.basename(name)));
          return { path: `./${path.basename(name)}`, external: true };
        });
      },
    }],
  });
  return modules;
}

const config = (port, modules, flags) => `
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  # Loopback is all that a worker may reach from here.
  services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["private"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    ${modules.map((name) => `(name = "${name}", wasm = embed "${name}"),`).join('\n    ')}
  ],
  compatibilityDate = "2025-01-01",
  compatibilityFlags = ${JSON.stringify(flags)},
);
`;

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function ask(port, body, hasEnded) {
  for (;;) {
    try {
      return await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    } catch (error) {
      // Not listening yet. Once it does, an answer comes or the connection breaks, which is no reason to ask again.
      if (hasEnded() || error.cause?.code !== 'ECONNREFUSED') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/**
 * Runs a worker and returns its report.
 * @param {string[]} expected the modules of WebAssembly that it imports
 * @param {string | Buffer} [data] what it is asked with
 */
export async function runWorker(name, source, expected, flags = [], data = fs.readFileSync(path.join(user, 'data.json'))) {
  const program = programOf('@cloudflare/workerd-linux-64', 'bin/workerd');
  const folder = path.join(work, 'workerd', name);
  fs.mkdirSync(folder, { recursive: true });
  const modules = await bundle(folder, source);
  if (String(modules) !== String(expected)) throw new Error(`modules imported: expected ${expected}, found ${modules}`);
  const port = await freePort();
  fs.writeFileSync(path.join(folder, 'config.capnp'), config(port, modules, flags));
  const { output, ended, stop } = start(program, ['serve', 'config.capnp'], { cwd: folder });
  let over = false;
  void ended.then(() => (over = true));
  try {
    const response = await within(ask(port, data, () => over), 'workerd');
    if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    return await response.json();
  } catch (error) {
    await stop();
    throw new Error(`${error.stack}\n${output.stderr.slice(-3000)}`);
  } finally {
    await stop();
  }
}

export default [
  { name: 'workerd, weapp-opendata', run: () => runWorker('modern', text('weapp-opendata', WHOLE), ['modern.wasm']) },
  { name: 'workerd, weapp-opendata/js', run: () => runWorker('js', text('weapp-opendata/js', WHOLE), []) },
  {
    name: 'workerd, weapp-opendata/api-security',
    ownOnly: true,
    run: () => runWorker('api-security', API_SECURITY, ['api-security.wasm'], ['nodejs_compat']),
  },
  // Inlined modules are what it does not compile.
  { name: 'workerd, weapp-opendata/baseline', ownOnly: true, run: () => runWorker('baseline', text('weapp-opendata/baseline', REFUSES), []) },
];
