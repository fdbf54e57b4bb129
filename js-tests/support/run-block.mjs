// Runs one code block of a README in a process of its own and says on the last line of its output how it went.

import { pathToFileURL } from 'node:url';

let said = false;
const say = (outcome) => process.stdout.write(`\n${JSON.stringify(outcome)}\n`);
const failed = (error) => {
  said = true;
  say({ code: error?.code ?? null, message: String(error?.stack ?? error).slice(0, 2000) });
  process.exit(0);
};
process.on('uncaughtException', failed);
process.on('unhandledRejection', failed);

try {
  await import(pathToFileURL(process.argv[2]).href);
  process.on('exit', () => said || say({ finished: true }));
} catch (error) {
  failed(error);
}
