// What one would write without the command line: a line, a call, a line. node one-at-a-time.mjs FILE APPID

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

const { decrypt } = createRequire(path.join(process.env.INSTALLED, 'user.cjs'))('weapp-opendata');
const [, , file, appid] = process.argv;
let line = 0;
for await (const text of readline.createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity })) {
  line++;
  const { sessionKey, ...payload } = JSON.parse(text);
  let result;
  try {
    result = { line, status: 'fulfilled', value: decrypt(payload, { sessionKey, appid }) };
  } catch ({ code, reason, errcode, message, hint }) {
    result = { line, status: 'rejected', reason: { code, reason, errcode, message, hint } };
  }
  if (!process.stdout.write(`${JSON.stringify(result)}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}
