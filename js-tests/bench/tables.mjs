// The tables of the READMEs, from the results: results.json, or one of a quick look.

import { COMPARISONS, CONVENTIONAL, MAIN, NODE, OURS, PHONE_LIBRARY } from './names.mjs';

const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
const microseconds = (nanoseconds) => `${(nanoseconds / 1000).toFixed(2)} µs`;
const times = (ratio) => ratio.toFixed(ratio < 10 ? 2 : 1);

/** The runtime that the tables are of, and the others. */
export function runtimesOf({ runtimes }) {
  const names = Object.keys(runtimes);
  const main = names.includes(MAIN) ? MAIN : names[0];
  return { main, report: runtimes[main], others: names.filter((name) => name !== main) };
}

/** How many times ours another takes. */
export function ratioOf({ rows }, { work, beside, ours = OURS }) {
  const { nanoseconds } = rows[work];
  return nanoseconds[beside] / nanoseconds[ours];
}

const beside = (words, name) => words.contenders[name] ?? name;
const titled = (words, work) => (words.works[work].startsWith('`') ? words.works[work] : words.decrypt(words.works[work]));

/** A ratio, marked where the other one is faster. */
function judged(words, ratio) {
  const text = `${times(ratio)} ×`;
  return ratio < 1 ? words.slower(text) : text;
}

/** The same of several runtimes: from the least to the most. */
function judgedRange(words, ratios) {
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const text = words.range(times(least), times(most));
  if (least >= 1) return text;
  return most < 1 ? words.slower(text) : words.sometimesSlower(text);
}

/** The other runtimes as columns: one for all versions of Node, and one for each other. */
function columns(others) {
  const nodes = others.filter((name) => name.startsWith('Node '));
  const versions = nodes.map((name) => name.slice('Node '.length)).join(', ');
  return [...(nodes.length > 0 ? [[`Node ${versions}`, nodes]] : []), ...others.filter((name) => !nodes.includes(name)).map((name) => [name, [name]])];
}

/** Ours beside what one would take instead, on every runtime. */
function comparisons(words, results) {
  const { main, report, others } = runtimesOf(results);
  const more = columns(others);
  const rows = COMPARISONS.filter(({ shown }) => shown).map((comparison) => {
    const { nanoseconds } = report.rows[comparison.work];
    return [
      titled(words, comparison.work), microseconds(nanoseconds[OURS]), beside(words, comparison.beside), microseconds(nanoseconds[comparison.beside]),
      judged(words, ratioOf(report, comparison)),
      ...more.map(([, names]) => judgedRange(words, names.map((name) => ratioOf(results.runtimes[name], comparison)))),
    ];
  });
  return table([words.call, OURS, words.beside, '', main, ...more.map(([title]) => title)], rows);
}

/** The works in which everybody takes part, and who that is. */
export function contest({ rows }) {
  const works = Object.keys(rows).filter((work) => rows[work].nanoseconds['crypto-js']);
  return { works, names: Object.keys(rows[works[0]].nanoseconds) };
}

/** All contenders on one runtime; the fastest one stands out. */
function everybody(words, { rows }) {
  const { works, names } = contest({ rows });
  const lines = works.map((work) => {
    const { bytes, nanoseconds } = rows[work];
    const fastest = Math.min(...names.map((name) => nanoseconds[name]));
    const cells = names.map((name) => {
      const time = nanoseconds[name] === fastest ? `**${microseconds(nanoseconds[name])}**` : microseconds(nanoseconds[name]);
      return name === OURS ? time : `${time}, ${times(nanoseconds[name] / nanoseconds[OURS])} ×`;
    });
    return [words.sized(words.works[work], bytes), ...cells];
  });
  return table([words.payload, ...names.map((name) => beside(words, name))], lines);
}

/** What a byte costs at each length, and a further one: without what every call costs, however short its text. */
function sweep(words, { sweep: sizes }) {
  const rows = sizes.map(({ characters, nanoseconds }, at) => {
    const perByte = (name) => (nanoseconds[name] / characters).toFixed(2);
    const before = sizes[at - 1];
    const further = before ? ((nanoseconds[OURS] - before.nanoseconds[OURS]) / (characters - before.characters)).toFixed(2) : '';
    return [characters.toLocaleString('en-US'), perByte(OURS), further, perByte(NODE), `${times(nanoseconds[NODE] / nanoseconds[OURS])} ×`];
  });
  const overtaken = sizes.find((_, at) => sizes.slice(at).every(({ nanoseconds }) => nanoseconds[NODE] < nanoseconds[OURS]));
  const head = [words.characters, words.nanoseconds(OURS), words.furtherByte, words.nanoseconds(NODE), words.ratio];
  return `${table(head, rows)}\n\n${words.overtaken(overtaken?.characters)}`;
}

function notes(words, results) {
  const { main, report, others } = runtimesOf(results);
  const reports = [[main, report], ...others.map((name) => [name, results.runtimes[name]])];
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  return [
    ...reports.map(([runtime, of]) => words.rounds({ runtime: of.versions[NODE] ?? runtime, ...of })),
    `${versions.join(', ')}.`,
    words.conventional(results.sizes[CONVENTIONAL], results.sizes[OURS]),
    words.memory(results.memory),
  ].join('\n');
}

function phoneNumbers(words, results) {
  const { report } = runtimesOf(results);
  const rows = Object.entries(words.numbers).map(([kind, title]) => {
    const [result, verdict] = [`phoneNumber.${kind}`, `isValid.${kind}`].map((work) => report.rows[work].nanoseconds);
    const other = ({ [OURS]: ours, [PHONE_LIBRARY]: theirs }) => [`${Math.round(theirs)} ns`, judged(words, theirs / ours)];
    return [title, `${Math.round(result[OURS])} ns`, ...other(result), ...other(verdict)];
  });
  const head = ['`parsePhoneNumber`', OURS, words.sameResult(report.versions[PHONE_LIBRARY]), words.ratio, words.isValidAlone, words.ratio];
  return `${table(head, rows)}\n\n${words.firstCall(report.firstCallMilliseconds)}`;
}

function coldStart(words, { coldStart: measured }) {
  const programs = Object.fromEntries(
    Object.entries(measured.programs).map(([name, quartiles]) => [name, { text: `${name === OURS ? '' : `${name} `}${words.quartiles(quartiles)}` }]),
  );
  return `${words.coldStart({ ...measured, programs })}\n${words.phoneTable(measured.phoneTable)}`;
}

/** By the name of their marks. */
export function tables(words, results) {
  const { report } = runtimesOf(results);
  const parts = [comparisons(words, results), everybody(words, report), ...(report.sweep.length > 0 ? [sweep(words, report)] : []), notes(words, results)];
  return { decrypt: parts.join('\n\n'), phone: phoneNumbers(words, results), 'cold-start': coldStart(words, results) };
}

/** For the terminal: what was to be reached, and by which runtime it was. */
export function verdicts(results) {
  const { main } = runtimesOf(results);
  return COMPARISONS.map((comparison) => {
    const ratios = Object.entries(results.runtimes).map(([name, report]) => [name, times(ratioOf(report, comparison))]);
    const { least, work, beside: other, ours = OURS } = comparison;
    const reached = least === undefined ? '' : ratioOf(results.runtimes[main], comparison) >= least ? 'yes' : 'NO';
    return { work, of: ours.replace(OURS, '') || 'ours', beside: other, ...Object.fromEntries(ratios), wanted: least ?? '', reached };
  });
}
