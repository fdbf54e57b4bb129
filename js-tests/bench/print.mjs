// The report of decrypt.mjs as tables for the terminal.

const map = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
const verdict = (reached) => (reached ? 'yes' : 'NO');

export function print({ machine, load, versions, rounds, compared, rows, sweep }) {
  console.log(`${compared} results compared; medians of ${rounds} rounds; load ${load.before} to ${load.after}; ${machine}`);
  console.log(Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', '));

  console.log('\nmicroseconds for one payload (times ours)');
  console.table(Object.fromEntries(rows.map(({ title, bytes, microseconds, ratios }) => [
    `${title}, ${bytes} B`, map(microseconds, (value, name) => `${value.toFixed(2)} (${ratios[name].toFixed(2)})`),
  ])));

  console.log('\nnanoseconds for one byte of text');
  console.table(sweep.sizes.map(({ characters, nanosecondsPerByte, furtherByte, ratio }) => ({
    characters, ...map(nanosecondsPerByte, (ns) => ns.toFixed(2)), 'ours, a further byte': furtherByte?.toFixed(2), ratio: ratio.toFixed(2),
  })));
  console.log(`a further byte costs up to ${sweep.furtherByteSpread.toFixed(2)} times as much at one size as at another`);

  console.log('\nwanted');
  const ratios = rows.flatMap(({ title, wanted }) => wanted.map(({ ours, theirs, least, ratio, reached }) => ({
    work: title, of: ours, against: theirs, wanted: `at least ${least}`, found: ratio.toFixed(2), reached: verdict(reached),
  })));
  const { spread, wanted, reached } = sweep;
  const linear = { work: 'a byte from 1 KB to 1 MB', of: 'weapp-opendata', against: 'itself', wanted: `at most ${wanted}`, found: spread.toFixed(2) };
  console.table([...ratios, { ...linear, reached: verdict(reached) }]);
}
