// An example's server as its README starts it: a process of its own.

import { spawn } from 'node:child_process';

/**
 * Starts `main.js` of a folder on a free port and does `work` with the address that it prints.
 */
export async function withStarted(folder, settings, work) {
  const env = { PATH: process.env.PATH, PORT: '0', ...settings };
  const child = spawn(process.execPath, ['main.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const url = await new Promise((resolve, reject) => {
      let printed = '';
      child.stdout.on('data', (text) => {
        printed += text;
        if (printed.includes('\n')) resolve(printed.trim());
      });
      child.once('exit', () => reject(new Error('it has ended')));
    });
    await work(url);
  } finally {
    child.kill('SIGKILL');
  }
}
