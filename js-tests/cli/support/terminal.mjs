// A terminal, by tmux: what a person types, and what is on the screen.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { bin, folder } from './command.mjs';

let count = 0;

export class Terminal {
  constructor({ env = {}, columns = 110, rows = 45 } = {}) {
    // A server of its own, so that nobody's sessions are touched.
    this.socket = `weapp-opendata-${process.pid}-${++count}`;
    const variables = { PATH: `${path.dirname(bin)}:${process.env.PATH}`, HOME: folder, LANG: 'C.UTF-8', PS1: '$ ', HISTFILE: '', ...env };
    const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    this.tmux('-f', '/dev/null', 'new-session', '-d', '-s', 't', '-x', columns, '-y', rows, '-c', folder, '--', 'env', ...assignments, 'bash', '--norc', '--noprofile');
    this.tmux('set-option', '-t', 't', 'history-limit', 50000);
  }

  tmux(...words) {
    return execFileSync('tmux', ['-u', '-L', this.socket, ...words.map(String)], { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color' } });
  }

  /** Text as it is typed. */
  type(text) {
    this.tmux('send-keys', '-t', 't', '-l', text);
  }

  key(name) {
    this.tmux('send-keys', '-t', 't', name);
  }

  line(text) {
    this.type(text);
    this.key('Enter');
  }

  /** The screen and what was rolled out of it; `escapes` with its colours. */
  screen({ escapes = false } = {}) {
    return this.tmux('capture-pane', '-p', '-J', '-S', '-', ...(escapes ? ['-e'] : []), '-t', 't').trimEnd();
  }

  /** Waits until the screen shows something. */
  async shows(pattern, seconds = 60) {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const screen = this.screen();
      if (pattern.test(screen)) return screen;
      if (performance.now() > end) assert.fail(`not on the screen: ${pattern}\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Nothing on the screen but the prompt. */
  async clear() {
    await this.shows(/^\$\s*$(?![\s\S])/m);
    this.line('clear');
    // The screen first, then what it was rolled out to.
    await this.shows(/^\$\s*$(?![\s\S])/m);
    for (let round = 0; this.screen() !== '$'; round++) {
      assert.ok(round < 100, this.screen());
      await new Promise((resolve) => setTimeout(resolve, 50));
      this.tmux('clear-history', '-t', 't');
    }
  }

  close() {
    this.tmux('kill-server');
  }
}

/** @param {(terminal: Terminal) => Promise<void>} use */
export async function inTerminal(options, use) {
  const terminal = new Terminal(options);
  try {
    await terminal.shows(/^\$/);
    await use(terminal);
  } finally {
    terminal.close();
  }
}
