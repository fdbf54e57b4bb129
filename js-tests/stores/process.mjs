// One process of a server: asks for the access token when it is told to, and says what came.

import { createRequire } from 'node:module';
import path from 'node:path';

import Keyv from 'keyv';

import { Sqlite } from './sqlite.mjs';

const { createClient } = createRequire(path.join(process.env.INSTALLED, 'user.cjs'))('weapp-opendata/server');

const { file, ...options } = JSON.parse(process.argv[2]);
const store = new Keyv({ store: new Sqlite(file, 5000) });
// Keyv wants to be heard. What fails, fails for the client too.
store.on('error', () => {});

const client = createClient({ ...options, store });
const calls = {
  token: () => client.getAccessToken(),
  check: ([openid, sessionKey]) => client.checkSession(openid, sessionKey),
  refresh: () => client.getAccessToken({ forceRefresh: true }),
};

process.on('message', async ({ call, values }) => {
  const began = performance.now();
  const [{ status, value, reason }] = await Promise.allSettled([calls[call](values)]);
  process.send({ status, value, reason: reason && `${reason.name}: ${reason.message}`, took: performance.now() - began });
});
// The database is open.
await store.get('nothing');
process.send({ ready: true });
