// Loaded into a process under test: at its end, its largest resident memory in kilobytes is written to the file that PEAK_FILE names.

const { readFileSync, writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

if (isMainThread && process.env.PEAK_FILE) {
  // Not getrusage's figure, which counts what the process was before it became this program: a copy of the one that started it.
  process.on('exit', () => writeFileSync(process.env.PEAK_FILE, /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))[1]));
}
