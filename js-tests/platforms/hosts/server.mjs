// weapp-opendata/server on the hosts that have `fetch`, each against an emulator of WeChat's API of its own, on loopback.

import fs from 'node:fs';
import path from 'node:path';

import { startEmulator } from '../../wechat-api/emulator.mjs';
import { programOf, reportOf, user } from '../support.mjs';
import { runWorker } from './workerd.mjs';

const APP = { appid: 'wx0123456789abcdef', secret: 'aSyntheticSecret/9f8E7d6C+5b4A=&?#Zq3' };
const OPENID = 'oSynthetic0000000000000000001';
/** One of the numbers that WeChat gives to testers. */
const NUMBER = '12066600001';
const DATA = '/wxa/business/checkencryptedmsg';
const TOKEN = '/cgi-bin/stable_token';

/** Starts an emulator, does `work` with what the suite needs of it, and looks at what the emulator was asked. */
async function withWechat(work) {
  const users = [{ openid: OPENID, phone: { phoneNumber: NUMBER, purePhoneNumber: NUMBER, countryCode: '86' } }];
  const emulator = await startEmulator({ apps: [APP], users });
  try {
    const { code: loginCode } = emulator.login(OPENID);
    const { code: phoneCode, encryptedData } = emulator.phoneButton(OPENID);
    const { encryptKey, iv, version } = emulator.latestUserKey(OPENID);
    const now = emulator.clock.now();
    const fixtures = {
      url: emulator.url, app: APP, openid: OPENID, sessionKey: emulator.sessionKey(OPENID), loginCode, phoneCode, phone: `+86${NUMBER}`, now,
      encryptedData, createTime: now, keys: [{ encryptKey, iv, version, expireIn: 3600, createTime: now }],
    };
    for (const kind of ['patch', 'patch', 'hang', 'html']) emulator.fault(DATA, { kind });
    const report = await work(fixtures);
    const tokens = emulator.requestsTo(TOKEN).length;
    // Of the six calls at once, of the client that is not answered, and of the three that share a store.
    if (tokens !== 3) report.failures.push(`${tokens} tokens were asked for instead of 3`);
    if (emulator.unusedFaults.length > 0) report.failures.push('not every fault was met');
    return report;
  } finally {
    await emulator.close();
  }
}

const program = (imports) => `
  ${imports}
  import { readFileSync } from 'node:fs';
  import { MARK, runServerHere } from './tests/platforms/in-host.mjs';

  const server = JSON.parse(readFileSync(new URL(process.argv[2], import.meta.url), 'utf8'));
  console.log(MARK + JSON.stringify(await runServerHere(api, { server })));
`;
const PROGRAMS = {
  import: program("import process from 'node:process';\nimport * as api from 'weapp-opendata/server';"),
  require: program("import process from 'node:process';\nimport { createRequire } from 'node:module';\nconst api = createRequire(import.meta.url)('weapp-opendata/server');"),
};

const WORKER = `
  import * as api from 'weapp-opendata/server';
  import { runServerHere } from './tests/platforms/in-host.mjs';

  export default {
    async fetch(request) {
      return Response.json(await runServerHere(api, { server: await request.json() }));
    },
  };
`;

const node = (major) => ({ name: `node ${major}`, program: () => programOf(`node-${major}`, 'bin/node'), args: [] });
const RUNTIMES = [
  ...[18, 20, 22, 24].map(node),
  { name: 'bun', program: () => programOf('@oven/bun-linux-x64', 'bin/bun'), args: ['run'] },
  {
    name: 'deno',
    program: () => programOf('@deno/linux-x64-glibc', 'deno'),
    args: ['run', '--quiet', '--no-prompt', '--no-remote', '--node-modules-dir=manual', `--allow-read=${user}`, '--allow-net=127.0.0.1'],
  },
];

const hosts = [];
for (const { name, program: binary, args } of RUNTIMES) {
  for (const [how, text] of Object.entries(PROGRAMS)) {
    hosts.push({
      name: `${name}, ${how} weapp-opendata/server`,
      ownOnly: true,
      run: () =>
        withWechat((fixtures) => {
          const data = `server-${name.replace(' ', '-')}-${how}.json`;
          fs.writeFileSync(path.join(user, data), JSON.stringify(fixtures));
          const file = path.join(user, `${how}-server.mjs`);
          fs.writeFileSync(file, text);
          return reportOf(binary(), [...args, file, `./${data}`], { cwd: user });
        }),
    });
  }
}
hosts.push({
  name: 'workerd, weapp-opendata/server',
  ownOnly: true,
  run: () => withWechat((fixtures) => runWorker('server', WORKER, ['modern.wasm'], [], JSON.stringify(fixtures))),
});

export default hosts;
