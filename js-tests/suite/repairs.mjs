// Base64 as it really arrives. Each repair for each of the three texts; what is beyond repair; what strict mode says.

import { seeded } from '../support/prng.mjs';

const FIELDS = {
  encryptedData: { code: 'ILLEGAL_BASE64', errcode: -41004 },
  iv: { code: 'ILLEGAL_IV', errcode: -41002 },
  sessionKey: { code: 'ILLEGAL_SESSION_KEY', errcode: -41001 },
};

const percent = (text) => encodeURIComponent(text);
const percentAll = (text) => Array.from(text, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
const plusToSpace = (text) => text.replace(/\+/g, ' ');
const urlSafe = (text) => text.replace(/\+/g, '-').replace(/\//g, '_');
const unpadded = (text) => text.replace(/=+$/, '');
const wrap = (separator, width) => (text) => text.replace(new RegExp(`(.{${width}})(?=.)`, 'g'), `$1${separator}`);

/** Name, damage, what it is called. */
const DAMAGES = [
  ['spaces for plus', plusToSpace, ['LOST_PLUS']],
  ['one layer of percent-encoding', percent, ['PERCENT_ENCODING']],
  ['two layers', (text) => percent(percent(text)), ['PERCENT_ENCODING']],
  ['three layers', (text) => percent(percent(percent(text))), ['PERCENT_ENCODING']],
  ['every character percent-encoded', percentAll, ['PERCENT_ENCODING']],
  ['three layers of every character', (text) => percentAll(percentAll(percentAll(text))), ['PERCENT_ENCODING']],
  ['lower-case percent-encoding', (text) => percent(text).toLowerCase().replace(/[^%]/g, (_, at) => percent(text)[at]), ['PERCENT_ENCODING']],
  ['URL-safe alphabet', urlSafe, ['URL_SAFE_ALPHABET']],
  ['no padding', unpadded, ['MISSING_PADDING']],
  ['one = of two lost', (text) => text.replace(/==$/, '='), ['MISSING_PADDING'], /==$/],
  ['CRLF', wrap('\r\n', 11), ['WHITESPACE']],
  ['LF with indentation on both sides', wrap('  \n \t ', 7), ['WHITESPACE']],
  ['tabs', wrap('\t', 5), ['WHITESPACE']],
  ['empty lines', wrap('\n \n\n', 9), ['WHITESPACE']],
  ['a line break at the end', (text) => `${text}\r\n`, ['WHITESPACE']],
  ['a line break at the start', (text) => `\n${text}`, ['WHITESPACE']],
  ['indented and ended', (text) => `  \n\t  ${text} \n `, ['WHITESPACE']],
  ['spaces at both ends', (text) => ` ${text}  `, ['WHITESPACE']],
  ['a break within the padding', (text) => text.replace(/=(=?)$/, '\n=\n$1'), ['WHITESPACE']],
  ['form decoding of URL-safe text', (text) => urlSafe(text).replace(/-/g, '+').replace(/\+/g, ' '), ['LOST_PLUS', 'URL_SAFE_ALPHABET']],
  ['URL-safe without padding', (text) => unpadded(urlSafe(text)), ['URL_SAFE_ALPHABET', 'MISSING_PADDING']],
  ['wrapped, then percent-encoded', (text) => percent(wrap('\r\n', 10)(text)), ['PERCENT_ENCODING', 'WHITESPACE']],
  ['lost plus, wrapped, no padding', (text) => wrap('\n', 30)(unpadded(plusToSpace(text))), ['LOST_PLUS', 'WHITESPACE', 'MISSING_PADDING'], null, true],
  ['percent-encoded spaces', (text) => percent(plusToSpace(text)), ['PERCENT_ENCODING', 'LOST_PLUS']],
];

export default function (api, { test, assert, fixtures, policy, stillWorks }) {
  const { repairs } = fixtures;
  const call = (api_, fixture, texts, more) => {
    const all = { encryptedData: fixture.encryptedData, iv: fixture.iv, sessionKey: fixture.sessionKey, ...texts };
    return api_({ encryptedData: all.encryptedData, iv: all.iv }, policy({ sessionKey: all.sessionKey, ...more }));
  };
  const open = (...rest) => call(api.decrypt, ...rest);
  const diagnose = (...rest) => call(api.diagnose, ...rest);
  /** Opens, is named for what it is, and is refused in strict mode under that name. */
  const repaired = (fixture, field, text, names, what) => {
    const texts = { [field]: text };
    assert.same(open(fixture, texts), JSON.parse(fixture.plaintext), what);
    const diagnosis = diagnose(fixture, texts);
    assert.equal(diagnosis.ok, true, `${what}: ok`);
    assert.same(diagnosis.repairs, names, `${what}: repairs`);
    const strict = assert.refuses(api, () => open(fixture, texts, { strict: true }), FIELDS[field], `${what}, strict`);
    assert.equal(strict.reason, names[0], `${what}, strict: reason`);
    assert.ok(/[a-z].* \/ .*[\u4e00-\u9fff]/.test(strict.hint), `${what}: a hint in both languages`);
    assert.ok(strict.message.startsWith(`${field}: `), `${what}: the message names the field`);
    assert.equal(diagnose(fixture, texts, { strict: true }).reason, names[0], `${what}, strict diagnosis`);
  };

  for (const [name, damage, names, needs, loosePlus] of DAMAGES) {
    test(name, () => {
      let used = 0;
      for (const fixture of [repairs.plain, repairs.keyAndIvHold]) {
        for (const field of Object.keys(FIELDS)) {
          const text = fixture[field];
          const damaged = damage(text);
          // A damage that leaves a text as it was, or that needs another text, says nothing.
          if (damaged === text || (needs && !needs.test(text))) continue;
          // Whether all of its repairs are needed depends on what the text holds.
          const expected = names.filter((repair) => {
            if (repair === 'LOST_PLUS') return text.includes('+');
            if (repair === 'URL_SAFE_ALPHABET') return /[-_]/.test(damaged);
            if (repair === 'MISSING_PADDING') return text.endsWith('=');
            if (repair === 'WHITESPACE') return /[\r\n\t]|%0A|^ | $/i.test(damaged);
            return true;
          });
          // A break next to a lost plus swallows it, which is refused or opens nothing: not this table's subject.
          if (loosePlus && / \n|\n /.test(damaged)) continue;
          repaired(fixture, field, damaged, expected, `${name}, ${field}`);
          used++;
        }
      }
      assert.ok(used >= 2, `${used} texts used`);
    });
  }

  test('canonical text needs no repair', () => {
    for (const fixture of [repairs.plain, repairs.unpadded, repairs.keyAndIvHold]) {
      assert.same(diagnose(fixture).repairs, []);
      assert.same(open(fixture, {}, { strict: true }), JSON.parse(fixture.plaintext));
    }
  });

  test('several spaces in a row were several pluses', () => {
    repaired(repairs.run, 'encryptedData', plusToSpace(repairs.run.encryptedData), ['LOST_PLUS'], 'run');
  });

  test('a space at an end counts as a plus when that makes the length right', () => {
    for (const fixture of [...repairs.leading, repairs.leadingTwo, repairs.trailing, repairs.bothEnds]) {
      const text = fixture.encryptedData;
      repaired(fixture, 'encryptedData', plusToSpace(text), ['LOST_PLUS'], text.slice(0, 4));
      if (!text.endsWith('=') || /\+$/.test(text)) continue;
      repaired(fixture, 'encryptedData', unpadded(plusToSpace(text)), ['LOST_PLUS', 'MISSING_PADDING'], 'without padding');
    }
    const both = repairs.keyAndIvBegin;
    for (const field of ['iv', 'sessionKey']) {
      repaired(both, field, plusToSpace(both[field]), ['LOST_PLUS'], field);
      repaired(both, field, unpadded(plusToSpace(both[field])), ['LOST_PLUS', 'MISSING_PADDING'], `${field} without padding`);
    }
  });

  test('more spaces at an end than pluses were lost', () => {
    const [fixture] = repairs.leading;
    const text = fixture.encryptedData;
    repaired(fixture, 'encryptedData', `  ${plusToSpace(text)}`, ['LOST_PLUS', 'WHITESPACE'], 'two more in front');
    repaired(fixture, 'encryptedData', `${plusToSpace(text)} `, ['LOST_PLUS', 'WHITESPACE'], 'one more behind');
    repaired(repairs.plain, 'encryptedData', `   ${repairs.plain.encryptedData}   `, ['WHITESPACE'], 'none lost');
  });

  test('spaces that touch a line break were no pluses', () => {
    const { encryptedData } = repairs.unpadded;
    const broken = encryptedData.replace(/^(.{20})/, '$1 \n ');
    repaired(repairs.unpadded, 'encryptedData', broken, ['WHITESPACE'], 'within');
    repaired(repairs.unpadded, 'encryptedData', ` \n${encryptedData}\n `, ['WHITESPACE'], 'at the ends');
  });

  test('any mixture of damages that loses nothing is undone', () => {
    const random = seeded(7);
    const layers = [percent, percentAll, (text) => text];
    const fixture = repairs.plain;
    const expected = JSON.parse(fixture.plaintext);
    for (let round = 0; round < 500; round++) {
      const texts = {};
      for (const field of Object.keys(FIELDS)) {
        let text = fixture[field];
        if (random.below(2)) text = unpadded(text);
        if (random.below(2)) text = urlSafe(text);
        // A lost plus must not touch a break, so the breaks go between letters.
        if (random.below(2)) text = plusToSpace(text);
        if (random.below(2)) text = text.replace(/([A-Za-z])(?=[A-Za-z])/g, (char) => (random.below(9) ? char : `${char}${random.pick(['\n', '\r\n', ' \t', '\n  '])}`));
        if (random.below(4) === 0) text = `\n ${text}\t`;
        for (let layer = random.below(4); layer > 0; layer--) text = random.pick(layers)(text);
        texts[field] = text;
      }
      assert.same(open(fixture, texts), expected, JSON.stringify(texts));
    }
  });

  // [what, damage, reason, code where it is not the field's own, reason in strict mode where it is another]
  const BUFFER = 'ILLEGAL_BUFFER';
  const BEYOND = [
    ['a foreign character', (text) => `${text.slice(0, 5)}!${text.slice(6)}`, 'ILLEGAL_CHARACTER'],
    ['a full-width comma', (text) => `${text.slice(0, 5)}，${text.slice(6)}`, 'ILLEGAL_CHARACTER'],
    ['a NUL', (text) => `\u0000${text}`, 'ILLEGAL_CHARACTER'],
    ['a lone surrogate', (text) => `${text.slice(0, 5)}\ud800${text.slice(6)}`, 'ILLEGAL_CHARACTER'],
    ['a no-break space', (text) => `\u00a0${text}`, 'ILLEGAL_CHARACTER'],
    ['quotes around it', (text) => JSON.stringify(text), 'ILLEGAL_CHARACTER'],
    ['a data URL', (text) => `data:;base64,${text}`, 'ILLEGAL_CHARACTER'],
    ['a foreign character under percent-encoding', (text) => percent(`é!${text}`), 'ILLEGAL_CHARACTER'],
    ['padding within', (text) => `${text.slice(0, 8)}=${text.slice(9)}`, 'MISPLACED_PADDING'],
    ['too much padding', (text) => `${text}=`, 'MISPLACED_PADDING'],
    ['one character too few', (text) => unpadded(text).slice(0, -1 - ((unpadded(text).length - 2) % 4)), 'TRUNCATED'],
    ['bits no encoder writes', (text) => text.replace(/A=|Q=|g=|w=|.=/, (end) => (end === 'B=' ? 'C=' : 'B=')), 'TRAILING_BITS'],
    ['four layers of percent-encoding', (text) => percent(percent(percent(percent(text)))), 'PERCENT_ENCODING'],
    ['a broken percent sequence', (text) => `${text.slice(0, 6)}%2${text.slice(8, 9)}%`, 'PERCENT_ENCODING'],
    ['a percent sign without digits', (text) => `%zz${text}`, 'PERCENT_ENCODING'],
    ['lost plus and a character short', (text) => `${text.slice(0, 4)} ${unpadded(text).slice(0, 12)}`, 'LOST_PLUS'],
    ['wrapped and a character short', (text) => `${text.slice(0, 8)}\n${text.slice(8, 17)}`, 'WHITESPACE'],
    ['nothing', () => '', 'EMPTY', BUFFER],
    ['white space only', () => ' \n\t ', 'EMPTY', BUFFER],
    ['twelve bytes', () => 'AAAAAAAAAAAAAAAA', 'WRONG_LENGTH', BUFFER],
    ['twelve bytes, URL-safe', () => 'AAAAAAAAAAAAAA-_', 'URL_SAFE_ALPHABET', BUFFER],
    // What is missing at the end says nothing where there are too few bytes with it as well.
    ['thirteen bytes without padding', () => 'AAAAAAAAAAAAAAAAAA', 'WRONG_LENGTH', BUFFER, 'MISSING_PADDING'],
  ];

  for (const [name, damage, reason, bufferCode, strictReason = reason] of BEYOND) {
    test(`beyond repair: ${name}`, () => {
      const fixture = repairs.plain;
      for (const field of Object.keys(FIELDS)) {
        const expected = { ...FIELDS[field], reason };
        if (field === 'encryptedData' && bufferCode) Object.assign(expected, { code: bufferCode, errcode: -41003 });
        const texts = { [field]: damage(fixture[field]) };
        const error = assert.refuses(api, () => open(fixture, texts), expected, `${name}, ${field}`);
        assert.ok(error.hint, `${name}, ${field}: hint`);
        const diagnosis = diagnose(fixture, texts);
        assert.same([diagnosis.ok, diagnosis.code, diagnosis.reason], [false, expected.code, reason], `${name}, ${field}: diagnosis`);
        // Strict mode refuses it as well. Where a text is whole but for its length, the damage itself is what strict mode sees.
        const strict = assert.thrown(() => open(fixture, texts, { strict: true }));
        assert.equal(strict.reason, strictReason, `${name}, ${field}, strict: reason`);
      }
      stillWorks();
    });
  }

  test('what was taken for a session_key is named', () => {
    const fixture = repairs.plain;
    const cases = [
      ['0123456789abcdef0123456789abcdef', 'HEXADECIMAL'],
      ['0123456789ABCDEF0123456789ABCDEF', 'HEXADECIMAL'],
      ['QUFBQUFBQUFBQUFBQUFBQUFBQUFBQT09', 'ENCODED_TWICE'],
      // An EncodingAESKey is 43 characters as the console shows it; some code adds the `=`.
      ['abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE', 'ENCODING_AES_KEY'],
      ['abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE=', 'ENCODING_AES_KEY'],
      ['AAAAAAAAAAAAAAAAAAAA', 'WRONG_LENGTH'],
      ['AAAAAAAAAAAAAAAAAAAAAAA=', 'WRONG_LENGTH'],
    ];
    for (const [sessionKey, reason] of cases) {
      const expected = { code: 'ILLEGAL_SESSION_KEY', errcode: -41001, reason };
      assert.refuses(api, () => open(fixture, { sessionKey }), expected, `${sessionKey.length} characters`);
    }
  });

  test('text over 1 MiB is refused before decoding', () => {
    const fixture = repairs.plain;
    for (const field of Object.keys(FIELDS)) {
      const expected = field === 'encryptedData' ? { code: 'ILLEGAL_BUFFER', errcode: -41003 } : FIELDS[field];
      const reasons = { reason: 'TOO_LONG', message: `${field}: expected at most 1048576 characters, found a longer text` };
      for (const text of ['A'.repeat(1048577), ' '.repeat(1048577), '%'.repeat(1 << 22), '中'.repeat(1048577)]) {
        for (const strict of [false, true]) {
          assert.refuses(api, () => open(fixture, { [field]: text }, { strict }), { ...expected, ...reasons }, field);
        }
      }
      const atTheLimit = { [field]: 'A'.repeat(1048576) };
      assert.ok(assert.thrown(() => open(fixture, atTheLimit)).reason !== 'TOO_LONG', `${field}: the limit itself`);
    }
    stillWorks();
  });
}
