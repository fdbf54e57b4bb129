// SQLite behind Keyv: a file that several processes have open at once. Keyv itself knows of expiry, and puts it into the value.

import sqlite from 'node-sqlite3-wasm';

/** A storage adapter for Keyv. Writers take turns: each waits so many milliseconds for the others. */
export class Sqlite {
  /** @param {string} file @param {number} busyTimeout */
  constructor(file, busyTimeout) {
    this.opts = { dialect: 'sqlite' };
    this.database = new sqlite.Database(file);
    this.database.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
    this.database.exec('CREATE TABLE IF NOT EXISTS keyv (key TEXT PRIMARY KEY, value TEXT NOT NULL)');
  }

  // What fails rejects, as it does with a store across the network.
  async get(key) {
    return this.database.get('SELECT value FROM keyv WHERE key = ?', [key])?.value;
  }

  async set(key, value) {
    this.database.run('INSERT OR REPLACE INTO keyv (key, value) VALUES (?, ?)', [key, value]);
  }

  async delete(key) {
    return this.database.run('DELETE FROM keyv WHERE key = ?', [key]).changes > 0;
  }

  async clear() {
    this.database.exec('DELETE FROM keyv');
  }

  // Keyv wants to hear of errors. Here they are all in what is returned.
  on() {}
}
