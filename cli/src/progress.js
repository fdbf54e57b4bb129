// How far it has come, on standard error: a bar where the whole is known, a count where it is not.

import { Presets, SingleBar } from 'cli-progress';

const MEGABYTE = 1e6;

export class Progress {
  /**
   * @param {import('./output.js').Page} page
   * @param {number | undefined} size of the input in bytes
   * @param {boolean} shown
   */
  constructor(page, size, shown) {
    this.page = page;
    this.records = 0;
    this.failed = 0;
    this.started = performance.now();
    if (!shown) return;
    const { records, failed, perSecond } = page.texts;
    const count = `{records} ${records}, {failed} ${failed}, {rate} ${perSecond}`;
    const format = size === undefined ? ` {megabytes} MB | ${count}` : ` {bar} {percentage}% | ${count}`;
    this.bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true, gracefulExit: false, fps: 5 }, Presets.shades_classic);
    // Without a size, what came so far counts as the whole.
    this.bar.start(size ?? Infinity, 0, this.figures(0));
  }

  /** @param {number} end bytes */
  figures(end) {
    const seconds = Math.max((performance.now() - this.started) / 1000, 0.001);
    const number = (/** @type {number} */ value) => Math.round(value).toLocaleString('en-US');
    return { records: number(this.records), failed: number(this.failed), rate: number(this.records / seconds), megabytes: number(end / MEGABYTE), seconds: seconds.toFixed(1) };
  }

  /**
   * @param {number} end bytes of the input that are done
   * @param {number} records
   * @param {number} failed
   */
  done(end, records, failed) {
    this.records += records;
    this.failed += failed;
    this.bar?.update(end, this.figures(end));
  }

  /**
   * Takes the bar away and says in a line how it went.
   * @param {boolean} interrupted
   */
  stop(interrupted) {
    if (!this.bar) return;
    this.bar.stop();
    const { texts } = this.page;
    const { records, failed, rate, seconds } = this.figures(0);
    const line = `${interrupted ? `${texts.interrupted}: ` : ''}${records} ${texts.records}, ${failed} ${texts.failed}, ${seconds} s, ${rate} ${texts.perSecond}`;
    process.stderr.write(`${interrupted || this.failed > 0 ? this.page.bad(line) : this.page.good(line)}\n`);
    this.bar = undefined;
  }
}
