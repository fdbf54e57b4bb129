// Where Chromium is, and how it is started for a test.

import fs from 'node:fs';
import path from 'node:path';

/** Debian's, and what others call it. CHROMIUM names another. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

export const NO_CHROMIUM = `none of ${PROGRAMS.join(', ')} is on the search path (Debian: apt-get install chromium)`;

export const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

/** @returns {string | undefined} */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH || '').split(path.delimiter);
  for (const program of PROGRAMS) {
    for (const folder of folders) {
      const file = path.join(folder, program);
      if (fs.existsSync(file)) return file;
    }
  }
  return undefined;
}
