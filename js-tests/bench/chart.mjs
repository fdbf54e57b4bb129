// The chart: horizontal bars, microseconds for one payload.

import { BASELINE, OURS } from './names.mjs';
import { contest, runtimesOf } from './tables.mjs';
import { en } from './words.mjs';

/** The works that are drawn: what servers open all day. The table has the rest. */
const WORKS = ['phone', 'userInfo2024', 'userProfile2022', 'decryptMany'];

// Lengths in the units of the picture.
const WIDTH = 820;
const MARGIN = 24;
/** Where the bars begin; the names stand before it. */
const BARS = 220;
/** The longest bar; the figures stand after it. */
const LONGEST = 520;
const HEADER = 76;
const HEADING = 30;
const ROW = 20;
const BAR = 13;
const GAP = 16;

/** The picture has a ground of its own, so that it can be read on whatever page it is shown. */
const STYLE = `<style>
  text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .work { font-weight: 600 }
  .note { fill: #59636e }
  .name { text-anchor: end }
  .ground { fill: #ffffff; stroke: #d1d9e0 }
  .bar { fill: #9aa4af }
  .ours { fill: #07a04e }
  .kin { fill: #74c69d }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .note { fill: #9198a1 }
    .ground { fill: #151b23; stroke: #3d444d }
    .bar { fill: #656c76 }
    .ours { fill: #2bc46f }
    .kin { fill: #1d7a47 }
  }
</style>`;

const KINDS = { [OURS]: 'bar ours', [BASELINE]: 'bar kin' };

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const line = (kind, x, y, text) => `<text class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}">${escaped(text)}</text>`;

export function chart(results) {
  const { report } = runtimesOf(results);
  const { names } = contest(report);
  const nanoseconds = (work, name) => report.rows[work].nanoseconds[name];
  const slowest = Math.max(...WORKS.flatMap((work) => names.map((name) => nanoseconds(work, name))));

  const body = [];
  let y = HEADER;
  for (const work of WORKS) {
    body.push(line('work', MARGIN, y + 14, `${en.works[work].replaceAll('`', '')}, ${report.rows[work].bytes} B`));
    y += HEADING - 6;
    for (const name of names) {
      const length = (nanoseconds(work, name) / slowest) * LONGEST;
      body.push(
        line('name', BARS - 8, y + 11, name),
        `<rect class="${KINDS[name] ?? 'bar'}" x="${BARS}" y="${y.toFixed(1)}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>`,
        line('value', BARS + length + 6, y + 11, (nanoseconds(work, name) / 1000).toFixed(2)),
      );
      y += ROW;
    }
    y += GAP;
  }

  const height = y + 4;
  const heading = 'decrypt: microseconds for one payload, less is better';
  const note = `base64 texts in, checked object out; medians of ${report.rounds} rounds; ${report.machine}, ${report.versions['node:crypto'].split(',')[0]}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${heading}</title>`,
    STYLE,
    `<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>`,
    line('title', MARGIN, 32, heading),
    line('note', MARGIN, 54, note),
    ...body,
    '</svg>\n',
  ].join('\n');
}
