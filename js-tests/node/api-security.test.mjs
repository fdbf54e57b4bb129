// weapp-opendata/api-security: WeChat's published samples, both sides against a second implementation, and everything that must not open.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

import { runApiSecuritySuite } from '../suite/api-security.mjs';
import { APPID, KINDS, NOW, URL_OF_API, bytes, makeFixtures, makeRsa, makeSides, makeSm2, published } from '../support/api-security.mjs';
import { errorCodes, packageFolder, project, readPackageFile, readSource, requireInstalled } from '../support/installed.mjs';
import { seeded } from '../support/prng.mjs';
import { gcm, sm2PublicKey, sm2Signature, sm2Verifies, sm3, sm4 } from '../support/sm.mjs';

const api = requireInstalled('weapp-opendata/api-security');
const core = requireInstalled('weapp-opendata');
const { createApiSecurity, OpenDataError } = api;

const now = { now: NOW };

function refuses(run, code, reason, message) {
  let error;
  try {
    run();
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof OpenDataError, `expected ${code}, got ${error?.stack ?? 'no error'}`);
  assert.equal(error.code, code, error.message);
  assert.equal(error.reason, reason, error.message);
  if (message !== undefined) assert.equal(error.message, message);
  return error;
}

const sides = Object.fromEntries(KINDS.map(([encryption, signature]) => [`${encryption}, ${signature}`, makeSides(encryption, signature)]));
const [aesRsa, aesSm2, , sm4Sm2] = Object.values(sides);

// ------------------------------------------------------------------------------------------------ what it is

test('import and require give the same, and any entry point knows the errors of any', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'api-security-'));
  try {
    fs.symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
    const file = path.join(folder, 'user.mjs');
    fs.writeFileSync(file, "export * from 'weapp-opendata/api-security';\n");
    const esm = await import(pathToFileURL(file).href);
    assert.deepEqual(Object.keys(esm).sort(), ['OpenDataError', 'createApiSecurity', 'init']);
    for (const name of Object.keys(api)) assert.equal(esm[name], api[name], name);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  const error = refuses(() => createApiSecurity(), 'INVALID_ARGUMENT', 'MISSING');
  assert.notEqual(core.OpenDataError, OpenDataError);
  assert.ok(error instanceof core.OpenDataError && error instanceof Error);
  assert.throws(() => core.decrypt(), (other) => other instanceof OpenDataError);
  class Narrower extends OpenDataError {}
  assert.ok(!(error instanceof Narrower));
  for (const other of [new Error('x'), null, undefined, 'INVALID_ARGUMENT', { code: 'INVALID_ARGUMENT' }, () => {}]) {
    assert.ok(!(other instanceof OpenDataError) && !(other instanceof core.OpenDataError));
  }
  assert.ok(errorCodes().includes(error.code));
  await api.init();
});

runApiSecuritySuite(api, { test, fixtures: makeFixtures() });

test('the oracle is that of the standards', () => {
  const vectors = JSON.parse(readSource('api-security/tests/vectors/primitives.json'));
  const hex = (text) => Buffer.from(text, 'hex');
  assert.equal(sm3(Buffer.from(vectors.sm3.message)).toString('hex'), vectors.sm3.digest);
  assert.equal(sm4(hex(vectors.sm4.key))(hex(vectors.sm4.plaintext)).toString('hex'), vectors.sm4.ciphertext);
  const [vector] = vectors.gcm;
  assert.equal(vector.cipher, 'SM4');
  const sealed = gcm(sm4(hex(vector.key)), hex(vector.iv), hex(vector.associatedData), hex(vector.plaintext));
  assert.deepEqual([sealed.output.toString('hex'), sealed.tag.toString('hex')], [vector.ciphertext, vector.tag]);
  const { identifier, message, privateKey, publicKey, r, s } = vectors.sm2;
  const point = sm2PublicKey(BigInt(`0x${privateKey}`));
  assert.equal(`04${point.map((x) => x.toString(16).padStart(64, '0')).join('')}`, publicKey);
  assert.ok(sm2Verifies(point, identifier, message, sm2Signature(BigInt(`0x${r}`), BigInt(`0x${s}`))));
});

test("WeChat's published answers and requests open", () => {
  const { url, appid, answers, requests, requestSignature } = published();
  const signer = makeRsa();
  const make = (key, sn, platform) =>
    createApiSecurity({
      appid,
      symmetricKey: { sn: key[sn], key: key.key, algorithm: key.algorithm },
      asymmetricKey: { sn: '1', privateKey: signer.privatePem, algorithm: 'RSAwithSHA256' },
      platformCertificate: platform,
    });
  for (const answer of answers) {
    const { sn, certificate, publicKey } = answer.platform;
    for (const platform of [{ sn, certificate }, ...(publicKey ? [{ sn, publicKey }] : [])]) {
      const security = make(answer, 'symmetricSn', platform);
      const at = Number(answer.headers['Wechatmp-TimeStamp']);
      for (const body of [answer.body, Buffer.from(answer.body), new Uint8Array(Buffer.from(answer.body))]) {
        assert.deepEqual(security.open(url, answer.headers, body, { now: at }), answer.params);
      }
      assert.deepEqual(security.open(`${url}?access_token=TOKEN#x`, new Headers(answer.headers), answer.body, { now: new Date(at * 1000) }), answer.params);
    }
  }
  // A request has an answer's form, but for the name of the header with the key's number.
  const [request] = requests;
  const { sn, publicKey, signature, timestamp, body } = requestSignature;
  const headers = { 'wechatmp-appid': appid, 'wechatmp-timestamp': `${timestamp}`, 'wechatmp-serial': sn, 'wechatmp-signature': signature };
  const opened = make(request, 'sn', { sn, publicKey }).open(url, headers, body, { now: timestamp });
  assert.deepEqual(opened, JSON.parse(request.params));
});

// ------------------------------------------------------------------------------------------- against the oracle

for (const [name, side] of Object.entries(sides)) {
  const security = createApiSecurity(side.config);
  const fast = name === 'AES256_GCM, RSAwithSHA256';
  // SM2 is slow on the oracle's side.
  const count = name.endsWith('RSAwithSHA256') ? 10000 : 1000;

  test(`${name}: ${count} random requests and answers`, () => {
    const random = seeded(1);
    const text = () => Array.from({ length: random.below(40) }, () => random.pick([...'aZ09"\\/\n é中😀'])).join('');
    for (let i = 0; i < count; i++) {
      const params = Object.fromEntries(Array.from({ length: random.below(4) }, () => [`k${text()}`, random.pick([text(), random.u32(), null, true, { text: text() }, [text()]])]));
      const timestamp = NOW + random.below(301) - 150;
      const sealed = security.seal(`${URL_OF_API}?access_token=${i}`, params, { now: timestamp });
      assert.deepEqual(Object.keys(sealed.headers), ['Wechatmp-Appid', 'Wechatmp-TimeStamp', 'Wechatmp-Signature']);
      assert.equal(sealed.headers['Wechatmp-TimeStamp'], String(timestamp));
      const { _n, _appid, _timestamp, ...received } = side.receive(sealed);
      assert.deepEqual({ _appid, _timestamp, received }, { _appid: APPID, _timestamp: timestamp, received: params });
      assert.match(_n, /^[A-Za-z0-9+/]{22,32}$/);
      const answer = side.answer(params, { timestamp, stamp: { _timestamp: timestamp } });
      assert.deepEqual(security.open(URL_OF_API, answer.headers, answer.body, now), params);
    }
  });

  test(`${name}: no byte of an answer may be another`, () => {
    const { headers, body } = side.answer({ errcode: 0, phone: '13580006666' });
    assert.deepEqual(security.open(URL_OF_API, headers, body, now), { errcode: 0, phone: '13580006666' });
    const other = (text, at) => text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
    for (let at = 0; at < body.length; at++) {
      refuses(() => security.open(URL_OF_API, headers, other(body, at), now), 'SIGNATURE_MISMATCH', undefined);
    }
    refuses(() => security.open(URL_OF_API, headers, body.slice(0, -1), now), 'SIGNATURE_MISMATCH', undefined);
    refuses(() => security.open(URL_OF_API, headers, `${body}\n`, now), 'SIGNATURE_MISMATCH', undefined);
    for (let at = 8; at < URL_OF_API.length; at++) {
      refuses(() => security.open(other(URL_OF_API, at), headers, body, now), 'SIGNATURE_MISMATCH', undefined);
    }
    const signature = headers['Wechatmp-Signature'];
    const raw = Buffer.from(signature, 'base64');
    const withSignature = (text) => () => security.open(URL_OF_API, { ...headers, 'Wechatmp-Signature': text }, body, now);
    for (let at = 0; at < raw.length; at++) {
      const changed = Buffer.from(raw);
      changed[at] ^= 1 << (at % 8);
      refuses(withSignature(changed.toString('base64')), 'SIGNATURE_MISMATCH', undefined);
    }
    for (let at = 0; at < signature.length; at++) refuses(withSignature(other(signature, at)), 'SIGNATURE_MISMATCH', undefined);
    for (const text of ['', ` ${signature}`, `${signature}\n`, signature.replace(/=+$/, ''), `${signature}=`, `${signature.slice(0, -4)}`, raw.toString('hex')]) {
      if (text !== signature) refuses(withSignature(text), 'SIGNATURE_MISMATCH', undefined);
    }
    for (let at = 0; at < 10; at++) {
      const changed = other(headers['Wechatmp-TimeStamp'], at);
      const run = () => security.open(URL_OF_API, { ...headers, 'Wechatmp-TimeStamp': changed }, body, now);
      if (!/^\d+$/.test(changed)) refuses(run, 'INVALID_ARGUMENT', 'OUT_OF_RANGE');
      else if (changed[0] === '0') refuses(run, 'INVALID_ARGUMENT', 'OUT_OF_RANGE');
      else if (Number(changed) < NOW - 300) refuses(run, 'WATERMARK_EXPIRED', undefined);
      else if (Number(changed) > NOW + 300) refuses(run, 'WATERMARK_IN_FUTURE', undefined);
      else refuses(run, 'SIGNATURE_MISMATCH', undefined);
    }
    for (let at = 0; at < APPID.length; at++) {
      refuses(() => security.open(URL_OF_API, { ...headers, 'Wechatmp-Appid': other(APPID, at) }, body, now), 'APPID_MISMATCH', undefined);
    }
    const sn = headers['Wechatmp-Serial'];
    for (let at = 0; at < sn.length; at++) {
      refuses(() => security.open(URL_OF_API, { ...headers, 'Wechatmp-Serial': other(sn, at) }, body, now), 'SIGNATURE_MISMATCH', 'UNKNOWN_SERIAL');
    }
  });

  test(`${name}: what WeChat's key signed but the symmetric key did not seal does not open, and all of it alike`, () => {
    const alike = new Set();
    const fails = (body, options = {}, configuration = security) => {
      const error = refuses(() => configuration.open(URL_OF_API, side.signed(body, options), body, now), 'DECRYPT_FAILED', undefined);
      alike.add(`${error.message} ${error.hint} ${error.errcode}`);
    };
    const text = side.stamped({ errcode: 0 });
    const envelope = JSON.parse(side.envelope(text));
    for (const field of ['iv', 'data', 'authtag']) {
      const raw = Buffer.from(envelope[field], 'base64');
      for (let at = 0; at < raw.length; at += fast ? 1 : 5) {
        const changed = Buffer.from(raw);
        changed[at] ^= 1 << (at % 8);
        fails(JSON.stringify({ ...envelope, [field]: changed.toString('base64') }));
      }
    }
    fails(JSON.stringify({ ...envelope, data: '' }));
    fails(JSON.stringify({ ...envelope, data: Buffer.from(envelope.data, 'base64').subarray(1).toString('base64') }));
    // Everything that GCM authenticates beside the text: URL, app, time, number of the key; and the key itself.
    fails(side.envelope(text, { url: `${URL_OF_API}2` }));
    fails(side.envelope(text, { timestamp: NOW - 1 }));
    fails(side.envelope(text, { key: bytes(side.symmetric.length) }));
    const other = (symmetricKey) => createApiSecurity({ ...side.config, symmetricKey: { ...side.config.symmetricKey, ...symmetricKey } });
    fails(side.envelope(text), {}, other({ sn: 'another' }));
    fails(side.envelope(text), {}, other({ key: bytes(side.symmetric.length).toString('base64') }));
    const elsewhere = createApiSecurity({ ...side.config, appid: 'wx1' });
    fails(side.envelope(text), { appid: 'wx1' }, elsewhere);
    // It opens, but is not what it should be.
    for (const inside of [
      side.stamped({}, { _appid: 'wx2' }),
      side.stamped({}, { _appid: [APPID] }),
      side.stamped({}, { _timestamp: NOW - 1 }),
      side.stamped({}, { _timestamp: String(NOW) }),
      side.stamped({}, { _timestamp: NOW + 0.5 }),
      `{"_appid":"${APPID}"}`,
      `{"_timestamp":${NOW}}`,
      `{"_appid":"wx2","_appid":"${APPID}","_timestamp":${NOW}}`,
      `["${APPID}",${NOW}]`,
      `{"_appid":"${APPID}","_timestamp":${NOW}`,
      `{"_appid":"${APPID}","_timestamp":${NOW}}{}`,
      'null',
      '',
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.concat([Buffer.from(`{"_appid":"${APPID}","_timestamp":${NOW},"x":"`), Buffer.from([0xc3]), Buffer.from('"}')]),
    ]) {
      fails(side.envelope(inside));
    }
    assert.equal(alike.size, 1, [...alike].join('\n'));
    // Signed, but no envelope: nothing secret in that.
    for (const body of [
      '',
      'null',
      '[]',
      '{}',
      '{"errcode":0}',
      `["${envelope.iv}","${envelope.data}","${envelope.authtag}"]`,
      JSON.stringify({ ...envelope, iv: bytes(16).toString('base64') }),
      JSON.stringify({ ...envelope, iv: '' }),
      JSON.stringify({ ...envelope, authtag: bytes(12).toString('base64') }),
      JSON.stringify({ ...envelope, authtag: bytes(17).toString('base64') }),
      JSON.stringify({ ...envelope, data: `${envelope.data}=` }),
      JSON.stringify({ ...envelope, data: 1 }),
      JSON.stringify({ iv: envelope.iv, data: envelope.data }),
      `${JSON.stringify(envelope).slice(0, -1)},"data":""}`,
    ]) {
      refuses(() => security.open(URL_OF_API, side.signed(body), body, now), 'ILLEGAL_BUFFER', 'WRONG_SHAPE');
    }
    // What JSON allows is WeChat's to choose.
    const slashes = side.envelope(text).replaceAll('/', '\\/').replace('{', '{ "more": [1], ');
    assert.deepEqual(security.open(URL_OF_API, side.signed(slashes), slashes, now), { errcode: 0 });
  });
}

test('no two requests share an iv or _n, and _n is of no fixed length', () => {
  const security = createApiSecurity(aesSm2.config);
  const seen = new Set();
  const lengths = new Set();
  for (let i = 0; i < 200; i++) {
    const sealed = security.seal(URL_OF_API, {}, now);
    const { _n } = aesSm2.receive(sealed);
    seen.add(JSON.parse(sealed.body).iv).add(_n);
    lengths.add(_n.length);
  }
  assert.equal(seen.size, 400);
  assert.deepEqual([...lengths].sort((a, b) => a - b), [22, 23, 24, 26, 27, 28, 30, 31, 32]);
  // The same bytes give the same request; SM2 signs without randomness.
  const fixed = { ...now, random: bytes(37) };
  assert.deepEqual(security.seal(URL_OF_API, { a: 1 }, fixed), security.seal(URL_OF_API, { a: 1 }, fixed));
  assert.equal(JSON.parse(security.seal(URL_OF_API, {}, fixed).body).iv, fixed.random.subarray(0, 12).toString('base64'));
});

test('the largest requests and answers pass, in time that follows their size', () => {
  for (const side of [aesRsa, sides['SM4_GCM, RSAwithSHA256']]) {
    const security = createApiSecurity(side.config);
    const timed = (length) => {
      const start = process.cpuUsage();
      security.seal(URL_OF_API, { text: 'é'.repeat(length) }, now);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    timed(1000);
    const [small, large] = [timed(100000), timed(1000000)];
    assert.ok(large < 40 * small + 50000, `${small} and ${large} microseconds`);
    // {"text":""} are the other 11 characters.
    const largest = { text: 'x'.repeat(1048576 - 11) };
    const sealed = security.seal(URL_OF_API, largest, now);
    if (side === aesRsa) assert.equal(side.receive(sealed).text, largest.text);
    refuses(() => security.seal(URL_OF_API, { text: `${largest.text}x` }, now), 'INVALID_ARGUMENT', 'OUT_OF_RANGE');
    if (side !== aesRsa) continue;
    const params = { text: 'x'.repeat(786000) };
    const answer = side.answer(params);
    assert.ok(answer.body.length > 1048000 && answer.body.length <= 1048576, String(answer.body.length));
    assert.deepEqual(security.open(URL_OF_API, answer.headers, answer.body, now), params);
  }
});

test('a request is of its time', () => {
  const security = createApiSecurity(aesSm2.config);
  const before = Math.floor(Date.now() / 1000);
  const stamp = Number(security.seal(URL_OF_API, {}).headers['Wechatmp-TimeStamp']);
  assert.ok(stamp >= before && stamp <= Math.floor(Date.now() / 1000));
  assert.equal(security.seal(URL_OF_API, {}, { now: new Date(NOW * 1000 + 999) }).headers['Wechatmp-TimeStamp'], String(NOW));
  const answer = aesSm2.answer({});
  refuses(() => security.open(URL_OF_API, answer.headers, answer.body), 'WATERMARK_EXPIRED', undefined);
  const at = (offset) => () => security.open(URL_OF_API, answer.headers, answer.body, { now: NOW + offset });
  at(300)();
  at(-300)();
  refuses(at(301), 'WATERMARK_EXPIRED', undefined, 'Wechatmp-TimeStamp is more than 300 seconds old');
  refuses(at(-301), 'WATERMARK_IN_FUTURE', undefined, 'Wechatmp-TimeStamp lies more than 300 seconds in the future');
});

// -------------------------------------------------------------------------------------------------- rotation

test('while WeChat rotates its certificate, each side may have either', () => {
  for (const [side, make] of [[aesRsa, makeRsa], [sm4Sm2, makeSm2]]) {
    const next = { pair: make(), sn: 'next' };
    const body = side.envelope(side.stamped({ errcode: 0 }));
    const old = side.signed(body);
    const current = side.signed(body, next);
    const headers = {
      ...current,
      'Wechatmp-Serial-Deprecated': old['Wechatmp-Serial'],
      'Wechatmp-Signature-Deprecated': old['Wechatmp-Signature'],
    };
    const oldKey = side.config.platformCertificate;
    const newKey = { sn: 'next', publicKey: next.pair.publicPem };
    const told = [];
    const with_ = (platformCertificate) =>
      createApiSecurity({ ...side.config, platformCertificate, onDeprecatedCertificate: (sn) => told.push(sn) });
    const open = (security, given = headers) => security.open(URL_OF_API, given, body, now);
    for (const [keys, expected] of [
      [oldKey, [oldKey.sn]],
      [[oldKey], [oldKey.sn]],
      [newKey, []],
      [[oldKey, newKey], []],
      [[newKey, oldKey], []],
    ]) {
      told.length = 0;
      assert.deepEqual(open(with_(keys)), { errcode: 0 });
      assert.deepEqual(told, expected);
    }
    // Before the rotation and after it.
    assert.deepEqual(open(with_([oldKey, newKey]), old), { errcode: 0 });
    assert.deepEqual(open(with_([oldKey, newKey]), current), { errcode: 0 });
    refuses(() => open(with_(newKey), old), 'SIGNATURE_MISMATCH', 'UNKNOWN_SERIAL');
    // A current signature that does not match is not saved by a deprecated one that does.
    const spoiled = { ...headers, 'Wechatmp-Signature': old['Wechatmp-Signature'] };
    refuses(() => open(with_([oldKey, newKey]), spoiled), 'SIGNATURE_MISMATCH', undefined);
    // A deprecated pair is verified as strictly, and its key goes with its number.
    refuses(() => open(with_(oldKey), { ...headers, 'Wechatmp-Signature-Deprecated': current['Wechatmp-Signature'] }), 'SIGNATURE_MISMATCH', undefined);
    refuses(() => open(with_(oldKey), { ...headers, 'Wechatmp-Signature-Deprecated': undefined }), 'SIGNATURE_MISMATCH', 'UNKNOWN_SERIAL');
    refuses(() => open(with_({ ...newKey, sn: oldKey.sn })), 'SIGNATURE_MISMATCH', undefined);
    refuses(() => open(with_({ sn: 'third', publicKey: newKey.publicKey })), 'SIGNATURE_MISMATCH', 'UNKNOWN_SERIAL');
    // What the hook throws is the caller's own.
    const throwing = createApiSecurity({ ...side.config, onDeprecatedCertificate() { throw new TypeError('mine'); } });
    assert.throws(() => open(throwing), { name: 'TypeError', message: 'mine' });
    assert.deepEqual(open(throwing, old), { errcode: 0 });
  }
});

// --------------------------------------------------------------------------------------------------- headers

test('headers come in every form in which HTTP clients give them', () => {
  const security = createApiSecurity(aesSm2.config);
  const { headers, body } = aesSm2.answer({ a: 1 });
  const renamed = (change) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [change(name), value]));
  for (const form of [
    headers,
    renamed((name) => name.toLowerCase()),
    renamed((name) => name.toUpperCase()),
    { ...headers, 'content-type': 'application/json', 'set-cookie': ['a', 'b'] },
    new Headers(headers),
    Object.assign(Object.create(null), headers),
    { get: (name) => renamed((each) => each.toLowerCase())[name] },
    Object.freeze({ ...headers, 'Wechatmp-Serial-Deprecated': undefined, 'Wechatmp-Signature-Deprecated': null }),
  ]) {
    assert.deepEqual(security.open(URL_OF_API, form, body, now), { a: 1 });
  }
  for (const [form, reason] of [
    [undefined, 'MISSING'],
    [null, 'WRONG_TYPE'],
    ['Wechatmp-Appid: x', 'WRONG_TYPE'],
    [Object.entries(headers), 'WRONG_TYPE'],
    [new Map(Object.entries(headers)), 'MISSING'],
    [{ ...headers, 'Wechatmp-Signature': [headers['Wechatmp-Signature']] }, 'WRONG_TYPE'],
    [{ ...headers, 'wechatmp-signature': headers['Wechatmp-Signature'] }, 'WRONG_TYPE'],
    [{ ...headers, 'Wechatmp-TimeStamp': NOW }, 'WRONG_TYPE'],
    [{ ...headers, 'Wechatmp-TimeStamp': `0${NOW}` }, 'OUT_OF_RANGE'],
    [{ ...headers, 'Wechatmp-TimeStamp': `+${NOW}` }, 'OUT_OF_RANGE'],
    [{ ...headers, 'Wechatmp-TimeStamp': `${NOW}000` }, 'OUT_OF_RANGE'],
    [{ ...headers, 'Wechatmp-TimeStamp': '' }, 'OUT_OF_RANGE'],
  ]) {
    refuses(() => security.open(URL_OF_API, form, body, now), 'INVALID_ARGUMENT', reason);
  }
  for (const name of Object.keys(headers)) {
    const { [name]: _, ...rest } = headers;
    refuses(() => security.open(URL_OF_API, rest, body, now), 'INVALID_ARGUMENT', 'MISSING', `headers['${name}']: expected a header of WeChat's answer, found nothing`);
  }
  const twice = new Headers(headers);
  twice.append('Wechatmp-Signature', headers['Wechatmp-Signature']);
  refuses(() => security.open(URL_OF_API, twice, body, now), 'SIGNATURE_MISMATCH', undefined);
});

test('a call that WeChat refused says why', () => {
  const security = createApiSecurity(aesSm2.config);
  const refusal = (errcode, errmsg) => () => security.open(URL_OF_API, { 'content-type': 'application/json' }, JSON.stringify({ errcode, errmsg }), now);
  const error = refuses(refusal(40234, 'invalid signature rid: 684a2fb9'), 'WECHAT_ERROR', undefined, 'WeChat answered with errcode 40234');
  assert.deepEqual([error.errcode, error.errmsg], [40234, 'invalid signature rid: 684a2fb9']);
  for (let errcode = 40230; errcode <= 40240; errcode++) assert.match(refuses(refusal(errcode, 'x'), 'WECHAT_ERROR').hint, /.+ \/ .+/);
  assert.match(refuses(refusal(40001, 'x'), 'WECHAT_ERROR').hint, /access_token/);
  assert.equal(refuses(refusal(99999), 'WECHAT_ERROR').hint, undefined);
  // An unsigned answer without a refusal is no answer at all.
  for (const body of ['{"errcode":0,"risk_rank":0}', '{"risk_rank":0}', '[40234]', 'errcode', '']) {
    refuses(() => security.open(URL_OF_API, {}, body, now), 'INVALID_ARGUMENT', 'MISSING');
  }
  // One with headers is judged by them.
  const { headers } = aesSm2.answer({});
  refuses(() => security.open(URL_OF_API, headers, '{"errcode":40234}', now), 'SIGNATURE_MISMATCH', undefined);
});

// ---------------------------------------------------------------------------------------------- configuration

const PEM = 'PEM (PKCS#1 or PKCS#8, not encrypted) for RSAwithSHA256';
const RSA = `config.asymmetricKey.privateKey: expected an RSA private key of at least 2048 bits in ${PEM}, found`;
const SM2 = 'config.asymmetricKey.privateKey: expected an SM2 private key in PEM (PKCS#8 or SEC1, not encrypted) for SM2withSM3, found';
const CERTIFICATE = 'config.platformCertificate.certificate: expected an X.509 certificate in PEM with an RSA key of at least 2048 bits or an SM2 key, found';
const PUBLIC = 'config.platformCertificate.publicKey: expected an RSA key of at least 2048 bits or an SM2 key in PEM (PUBLIC KEY), found';
const SN = "expected the key's number in WeChat's console: 1 to 128 printable ASCII characters without '|'";

const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const encrypted = makeRsa().pkcs8Pem.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY');
const { config } = aesRsa;
const symmetric = (more) => ({ ...config, symmetricKey: { ...config.symmetricKey, ...more } });
const asymmetric = (more) => ({ ...config, asymmetricKey: { ...config.asymmetricKey, ...more } });
const platform = (more) => ({ ...config, platformCertificate: more });
const sm2 = (privateKey) => asymmetric({ algorithm: 'SM2withSM3', privateKey });
const privatePem = (pair) => pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
const publicPem = (pair) => pair.publicKey.export({ type: 'spki', format: 'pem' });
const throwing = { get sn() { throw new Error('on purpose'); } };

const REFUSED = [
  [undefined, 'MISSING', 'config: expected an object, found nothing'],
  [null, 'WRONG_TYPE', 'config: expected an object, found null'],
  [[], 'WRONG_TYPE', 'config: expected an object, found an array'],
  [{}, 'MISSING', 'config.appid: expected a string, found nothing'],
  [{ get appid() { throw new Error('on purpose'); } }, 'UNREADABLE', 'config: reading it threw an exception'],
  [{ ...config, appid: 5 }, 'WRONG_TYPE', 'config.appid: expected a string, found a number'],
  ...['', 'wx|1', 'wx 1', 'wx\n1', '微信', `wx${'0'.repeat(127)}`].map((appid) => [
    { ...config, appid }, 'OUT_OF_RANGE', "config.appid: expected the appid of your mini-program: 1 to 128 of A-Z, a-z, 0-9, '_' and '-'",
  ]),
  [{ ...config, symmetricKey: undefined }, 'MISSING', 'config.symmetricKey: expected an object, found nothing'],
  [{ ...config, symmetricKey: throwing }, 'UNREADABLE', 'config.symmetricKey: reading it threw an exception'],
  [symmetric({ sn: undefined }), 'MISSING', 'config.symmetricKey.sn: expected a string, found nothing'],
  ...['', 'a|b', 'a b', 'a\n', 'é', 'x'.repeat(129)].map((sn) => [symmetric({ sn }), 'OUT_OF_RANGE', `config.symmetricKey.sn: ${SN}`]),
  [symmetric({ algorithm: undefined }), 'MISSING', 'config.symmetricKey.algorithm: expected a string, found nothing'],
  [symmetric({ algorithm: 'aes-256-gcm' }), 'OUT_OF_RANGE', "config.symmetricKey.algorithm: expected 'AES256_GCM' or 'SM4_GCM'"],
  [symmetric({ key: Buffer.alloc(32) }), 'WRONG_TYPE', 'config.symmetricKey.key: expected a string, found an object'],
  ...[bytes(16), bytes(31), bytes(33), bytes(0), bytes(64)].map((key) => [
    symmetric({ key: key.toString('base64') }), 'OUT_OF_RANGE', 'config.symmetricKey.key: expected base64 of 32 bytes for AES256_GCM',
  ]),
  [symmetric({ key: config.symmetricKey.key.replace('=', '') }), 'OUT_OF_RANGE', 'config.symmetricKey.key: expected base64 of 32 bytes for AES256_GCM'],
  [symmetric({ key: ` ${config.symmetricKey.key}` }), 'OUT_OF_RANGE', 'config.symmetricKey.key: expected base64 of 32 bytes for AES256_GCM'],
  [symmetric({ key: bytes(32).toString('hex') }), 'OUT_OF_RANGE', 'config.symmetricKey.key: expected base64 of 32 bytes for AES256_GCM'],
  [symmetric({ algorithm: 'SM4_GCM' }), 'OUT_OF_RANGE', 'config.symmetricKey.key: expected base64 of 16 bytes for SM4_GCM'],
  [{ ...config, asymmetricKey: 'x' }, 'WRONG_TYPE', 'config.asymmetricKey: expected an object, found a string'],
  [asymmetric({ sn: '' }), 'OUT_OF_RANGE', `config.asymmetricKey.sn: ${SN}`],
  [asymmetric({ algorithm: 'RSA' }), 'OUT_OF_RANGE', "config.asymmetricKey.algorithm: expected 'RSAwithSHA256' or 'SM2withSM3'"],
  [asymmetric({ privateKey: 7 }), 'WRONG_TYPE', 'config.asymmetricKey.privateKey: expected a string, found a number'],
  [asymmetric({ privateKey: '' }), 'WRONG_TYPE', `${RSA} text that is not PEM`],
  [asymmetric({ privateKey: config.asymmetricKey.privateKey.replaceAll('\n', '\\n') }), 'WRONG_TYPE', `${RSA} text that is not PEM`],
  [asymmetric({ privateKey: config.asymmetricKey.privateKey.slice(0, -9) }), 'WRONG_TYPE', `${RSA} text that is not PEM`],
  [asymmetric({ privateKey: aesRsa.app.publicPem }), 'WRONG_TYPE', `${RSA} a public key`],
  [asymmetric({ privateKey: published().answers[0].platform.certificate }), 'WRONG_TYPE', `${RSA} a certificate`],
  [asymmetric({ privateKey: encrypted }), 'WRONG_TYPE', `${RSA} an encrypted key`],
  [asymmetric({ privateKey: privatePem(small) }), 'WRONG_TYPE', `${RSA} an RSA key of fewer than 2048 bits`],
  [asymmetric({ privateKey: privatePem(p256) }), 'WRONG_TYPE', `${RSA} a key of another kind, or a damaged one`],
  [asymmetric({ privateKey: aesSm2.app.privatePem }), 'WRONG_TYPE', `${RSA} an SM2 key`],
  [asymmetric({ privateKey: '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----' }), 'WRONG_TYPE', `${RSA} a damaged key`],
  [asymmetric({ privateKey: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' }), 'WRONG_TYPE', `${RSA} a damaged key`],
  [asymmetric({ privateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----' }), 'WRONG_TYPE', `${RSA} PEM of another kind`],
  [sm2(aesRsa.app.privatePem), 'WRONG_TYPE', `${SM2} an RSA key`],
  [sm2(aesSm2.app.publicPem), 'WRONG_TYPE', `${SM2} a public key`],
  [sm2(privatePem(p256)), 'WRONG_TYPE', `${SM2} a key of another kind, or a damaged one`],
  [platform(undefined), 'MISSING', 'config.platformCertificate: expected an object or an array of them, found nothing'],
  [platform('x'), 'WRONG_TYPE', 'config.platformCertificate: expected an object or an array of them, found a string'],
  [platform([]), 'EMPTY', 'config.platformCertificate: expected a platform certificate, found an empty one'],
  [platform(Array(9).fill(config.platformCertificate)), 'TOO_MANY', 'config.platformCertificate: expected at most 8 certificates, found more'],
  [platform(Array(1e6)), 'TOO_MANY', 'config.platformCertificate: expected at most 8 certificates, found more'],
  [platform([null]), 'WRONG_TYPE', 'config.platformCertificate: expected an object, found null'],
  [platform(throwing), 'UNREADABLE', 'config.platformCertificate: reading it threw an exception'],
  [platform({ sn: '1' }), 'MISSING', 'config.platformCertificate: expected certificate or publicKey, found nothing'],
  [platform({ sn: '', publicKey: 'x' }), 'WRONG_TYPE', `${PUBLIC} text that is not PEM`],
  [platform({ ...config.platformCertificate, sn: '' }), 'OUT_OF_RANGE', `config.platformCertificate.sn: ${SN}`],
  [platform({ ...config.platformCertificate, certificate: 'x' }), 'OUT_OF_RANGE', 'config.platformCertificate: expected certificate or publicKey, not both'],
  [platform([config.platformCertificate, config.platformCertificate]), 'OUT_OF_RANGE', 'config.platformCertificate.sn: expected a number of its own each'],
  [platform({ sn: '1', publicKey: 5 }), 'WRONG_TYPE', 'config.platformCertificate.publicKey: expected a PEM text, found a number'],
  [platform({ sn: '1', publicKey: aesRsa.app.privatePem }), 'WRONG_TYPE', `${PUBLIC} a private key`],
  [platform({ sn: '1', publicKey: published().answers[0].platform.certificate }), 'WRONG_TYPE', `${PUBLIC} a certificate`],
  [platform({ sn: '1', publicKey: publicPem(small) }), 'WRONG_TYPE', `${PUBLIC} an RSA key of fewer than 2048 bits`],
  [platform({ sn: '1', publicKey: publicPem(p256) }), 'WRONG_TYPE', `${PUBLIC} a key of another curve, or a damaged one`],
  [platform({ sn: '1', publicKey: publicPem(generateKeyPairSync('ed25519')) }), 'WRONG_TYPE', `${PUBLIC} a key of another kind`],
  [platform({ sn: '1', certificate: aesRsa.app.publicPem }), 'WRONG_TYPE', `${CERTIFICATE} a public key`],
  [platform({ sn: '1', certificate: 'x'.repeat(16385) }), 'WRONG_TYPE', `${CERTIFICATE} text that is not PEM`],
  [platform({ sn: '1', certificate: '-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----' }), 'WRONG_TYPE', `${CERTIFICATE} a damaged certificate`],
  [{ ...config, onDeprecatedCertificate: true }, 'WRONG_TYPE', 'config.onDeprecatedCertificate: expected a function, found a boolean'],
];

test('a configuration is judged when it is made, in words that hold nothing of it', () => {
  const secrets = [config.symmetricKey.key, config.asymmetricKey.privateKey.slice(40, 80)];
  for (const [given, reason, message] of REFUSED) {
    const error = refuses(() => createApiSecurity(given), 'INVALID_ARGUMENT', reason, message);
    const shown = inspect(error, { showHidden: true });
    for (const secret of secrets) assert.ok(!shown.includes(secret), message);
  }
});

test('no byte of a platform certificate makes the module panic, and its key is the right one', () => {
  const { platform: real } = published().answers[1];
  const der = Buffer.from(real.certificate.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  let taken = 0;
  for (let at = 0; at < der.length; at++) {
    const changed = Buffer.from(der);
    changed[at] ^= 0x80;
    const certificate = `-----BEGIN CERTIFICATE-----${changed.toString('base64')}-----END CERTIFICATE-----`;
    try {
      createApiSecurity(platform({ sn: '1', certificate }));
      taken++;
    } catch (error) {
      assert.ok(error instanceof OpenDataError, String(error));
      assert.equal(error.code, 'INVALID_ARGUMENT');
    }
  }
  // What is not the key's is not looked at.
  assert.ok(taken > 0 && taken < der.length, String(taken));
});

test('keys are taken as WeChat and OpenSSL write them', () => {
  const { sm2KeyPair } = published();
  const answerOf = (security, sn, publicKey, sealed) =>
    createApiSecurity({ ...aesSm2.config, platformCertificate: { sn, publicKey } }).open(URL_OF_API, { ...sealed.headers, 'Wechatmp-Serial': sn }, sealed.body, now);
  const sealWith = (asymmetricKey) => createApiSecurity({ ...aesSm2.config, asymmetricKey }).seal(URL_OF_API, { a: 1 }, now);
  const rsa = makeRsa();
  for (const [privateKey, publicKey, algorithm] of [
    [rsa.privatePem, rsa.publicPem, 'RSAwithSHA256'],
    [rsa.pkcs8Pem, rsa.publicPem, 'RSAwithSHA256'],
    [rsa.pkcs8Pem.replaceAll('\n', '\r\n'), rsa.publicPem.replaceAll('\n', ' '), 'RSAwithSHA256'],
    [sm2KeyPair.privateKey, sm2KeyPair.publicKey, 'SM2withSM3'],
    [`  ${sm2KeyPair.privateKey.replace('\n', '\n    ')}\n`, sm2KeyPair.publicKey, 'SM2withSM3'],
  ]) {
    const sealed = sealWith({ sn: 'n', privateKey, algorithm });
    assert.deepEqual(answerOf(null, 'n', publicKey, sealed), { a: 1 });
  }
});

test('what is made shows no key', () => {
  for (const side of Object.values(sides)) {
    const security = createApiSecurity(side.config);
    assert.deepEqual(Object.keys(security), ['seal', 'open']);
    assert.ok(Object.isFrozen(security));
    const shown = [
      inspect(security, { showHidden: true, depth: null, getters: true }),
      JSON.stringify(security),
      String(security),
      inspect(Object.getOwnPropertyDescriptors(security), { showHidden: true, depth: 9 }),
    ].join('\n');
    for (const secret of [side.config.symmetricKey.key, side.symmetric.toString('hex'), side.app.privatePem.split('\n')[1]]) {
      assert.ok(!shown.includes(secret));
    }
  }
});

test('a configuration is read once, when it is made', () => {
  const reads = [];
  const counted = (object, name) =>
    new Proxy(object, {
      get(target, key) {
        if (typeof key === 'string') reads.push(`${name}.${key}`);
        const value = target[key];
        return typeof value === 'object' && value !== null ? counted(value, `${name}.${key}`) : value;
      },
    });
  const security = createApiSecurity(counted({ ...aesSm2.config, onDeprecatedCertificate: undefined }, 'config'));
  assert.deepEqual([...new Set(reads)].sort(), reads.slice().sort());
  assert.equal(reads.length, 5 + 3 + 3 + 3);
  reads.length = 0;
  const { headers, body } = aesSm2.answer({});
  security.open(URL_OF_API, headers, body, now);
  assert.deepEqual(aesSm2.receive(security.seal(URL_OF_API, { a: 1 }, now)).a, 1);
  assert.deepEqual(reads, []);
});

// --------------------------------------------------------------------------------------------- hostile calls

const URL = 'url: expected the URL that is called, with https://, at most 8192 characters, percent-encoded';
const circular = {};
circular.self = circular;
const CALLS = [
  [(s) => s.seal(), 'MISSING', 'url: expected a string, found nothing'],
  [(s) => s.seal(5, {}), 'WRONG_TYPE', 'url: expected a string, found a number'],
  ...['', 'api.weixin.qq.com/x', 'ftp://x/y', 'https://', 'https:///x', 'https://x/|', 'https://x/a b', 'https://x/中', 'https://x/\n', '?https://x', `https://x/${'y'.repeat(8192)}`].map((url) => [
    (s) => s.seal(url, {}), 'OUT_OF_RANGE', URL,
  ]),
  [(s) => s.seal(URL_OF_API), 'MISSING', 'params: expected an object, found nothing'],
  [(s) => s.seal(URL_OF_API, null), 'WRONG_TYPE', 'params: expected an object, found null'],
  [(s) => s.seal(URL_OF_API, '{}'), 'WRONG_TYPE', 'params: expected an object, found a string'],
  [(s) => s.seal(URL_OF_API, [1]), 'WRONG_TYPE', 'params: expected an object, found an array'],
  [(s) => s.seal(URL_OF_API, { toJSON: () => undefined }), 'MISSING', 'params: expected an object that JSON can hold, found nothing'],
  [(s) => s.seal(URL_OF_API, new Date(0)), 'OUT_OF_RANGE', 'params: expected an object of at most 1048576 characters of JSON'],
  [(s) => s.seal(URL_OF_API, { toJSON: () => [1] }), 'OUT_OF_RANGE', 'params: expected an object of at most 1048576 characters of JSON'],
  [(s) => s.seal(URL_OF_API, { a: 'x'.repeat(1048576) }), 'OUT_OF_RANGE', 'params: expected an object of at most 1048576 characters of JSON'],
  [(s) => s.seal(URL_OF_API, { a: 1n }), 'UNREADABLE', 'params: reading it threw an exception'],
  [(s) => s.seal(URL_OF_API, circular), 'UNREADABLE', 'params: reading it threw an exception'],
  [(s) => s.seal(URL_OF_API, { get a() { throw new Error('on purpose'); } }), 'UNREADABLE', 'params: reading it threw an exception'],
  ...['_n', '_appid', '_timestamp', 'access_token'].map((name) => [
    (s) => s.seal(URL_OF_API, { openid: 1, [name]: 1 }), 'RESERVED', `params.${name}: this name is not for the caller to give`,
  ]),
  [(s) => s.seal(URL_OF_API, { get '\u005fn'() { return 1; } }), 'RESERVED', 'params._n: this name is not for the caller to give'],
  [(s) => s.seal(URL_OF_API, {}, null), 'WRONG_TYPE', 'options: expected an object, found null'],
  [(s) => s.seal(URL_OF_API, {}, { now: NOW * 1000 }), 'MILLISECONDS', 'options.now: expected seconds since 1970 or a Date, found what can only be milliseconds'],
  [(s) => s.seal(URL_OF_API, {}, { now: new Date(NaN) }), 'OUT_OF_RANGE', 'options.now: expected seconds since 1970 or a Date'],
  [(s) => s.seal(URL_OF_API, {}, { random: 'x' }), 'WRONG_TYPE', 'options.random: expected a Uint8Array of 37 random bytes, found a string'],
  [(s) => s.seal(URL_OF_API, {}, { random: new Uint8Array(36) }), 'OUT_OF_RANGE', 'options.random: expected a Uint8Array of 37 random bytes'],
  [(s) => s.seal(URL_OF_API, {}, { random: new Uint16Array(37) }), 'WRONG_TYPE', 'options.random: expected a Uint8Array of 37 random bytes, found an object'],
  [(s) => s.open(), 'MISSING', 'url: expected a string, found nothing'],
  [(s, a) => s.open('x', a.headers, a.body), 'OUT_OF_RANGE', URL],
  [(s, a) => s.open(URL_OF_API, a.headers), 'MISSING', 'body: expected the body as it was received: a string or a Uint8Array, not parsed, found nothing'],
  [(s, a) => s.open(URL_OF_API, a.headers, JSON.parse(a.body)), 'WRONG_TYPE', 'body: expected the body as it was received: a string or a Uint8Array, not parsed, found an object'],
  [(s, a) => s.open(URL_OF_API, a.headers, 'x'.repeat(1048577)), 'TOO_LONG', 'body: expected at most 1048576 characters, found a longer text'],
  [(s, a) => s.open(URL_OF_API, a.headers, new Uint8Array(1048577)), 'TOO_LONG', 'body: expected at most 1048576 characters, found a longer text'],
  [(s, a) => s.open(URL_OF_API, new Proxy({}, { ownKeys() { throw new Error('on purpose'); } }), a.body), 'UNREADABLE', 'headers: reading it threw an exception'],
  [(s, a) => s.open(URL_OF_API, { get() { throw new Error('on purpose'); } }, a.body), 'UNREADABLE', 'headers: reading it threw an exception'],
  [(s, a) => s.open(URL_OF_API, a.headers, a.body, 5), 'WRONG_TYPE', 'options: expected an object, found a number'],
  [(s, a) => s.open(URL_OF_API, a.headers, a.body, { now: -1 }), 'OUT_OF_RANGE', 'options.now: expected seconds since 1970 or a Date'],
];

test('hostile calls are refused in exact words, and the next call works', () => {
  for (const side of [aesRsa, sm4Sm2]) {
    const security = createApiSecurity(side.config);
    const answer = side.answer({ a: 1 });
    for (const [run, reason, message] of CALLS) {
      refuses(() => run(security, answer), 'INVALID_ARGUMENT', reason, message);
      assert.deepEqual(security.open(URL_OF_API, answer.headers, answer.body, now), { a: 1 });
    }
  }
});

test('a caller that calls again while it is read harms nothing', () => {
  const security = createApiSecurity(aesSm2.config);
  const answer = aesSm2.answer({ a: 1 });
  let inner;
  const params = {
    get a() {
      inner = security.open(URL_OF_API, answer.headers, answer.body, now);
      return 2;
    },
  };
  assert.equal(aesSm2.receive(security.seal(URL_OF_API, params, now)).a, 2);
  assert.deepEqual(inner, { a: 1 });
});

test('names of prototypes are names like others', () => {
  const security = createApiSecurity(aesSm2.config);
  const text = aesSm2.stamped({}).replace(/}$/, ',"__proto__":{"polluted":1},"constructor":1}');
  const body = aesSm2.envelope(text);
  const opened = security.open(URL_OF_API, aesSm2.signed(body), body, now);
  assert.deepEqual(Object.keys(opened), ['__proto__', 'constructor']);
  assert.equal(Object.getPrototypeOf(opened), Object.prototype);
  assert.equal({}.polluted, undefined);
});

// ------------------------------------------------------------------------------------------------ the package

test('the types declare what the entry exports, to import and to require', () => {
  const types = readPackageFile('api-security.d.ts');
  assert.equal(readPackageFile('api-security.d.cts'), types.replaceAll("'./index.js'", "'./index.cjs'"));
  for (const name of Object.keys(api)) assert.match(types, new RegExp(`^export (function |\\{[^}]*\\b)${name}\\b`, 'm'));
});

for (const [format, target] of [['esm', '.mjs'], ['cjs', '.cjs']]) {
  test(`one bundled file works by itself, as ${format}`, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'api-security-'));
    try {
      const outfile = path.join(folder, `bundle${target}`);
      const contents = `
        import { createApiSecurity, OpenDataError } from 'weapp-opendata/api-security';
        const { config, answer, url, now } = JSON.parse(process.argv[2]);
        const security = createApiSecurity(config);
        let code;
        try { security.open(url, answer.headers, answer.body); } catch (error) { code = error instanceof OpenDataError && error.code; }
        console.log(JSON.stringify({ params: security.open(url, answer.headers, answer.body, { now }), code }));`;
      await build({ stdin: { contents, resolveDir: project }, bundle: true, platform: 'node', format, outfile, minify: true, logLevel: 'silent' });
      for (const side of [aesRsa, sm4Sm2]) {
        const argument = JSON.stringify({ config: side.config, answer: side.answer({ a: 1 }), url: URL_OF_API, now: NOW });
        const output = execFileSync(process.execPath, [outfile, argument], { cwd: folder, encoding: 'utf8' });
        assert.deepEqual(JSON.parse(output), { params: { a: 1 }, code: 'WATERMARK_EXPIRED' });
      }
      // Nobody carries what is not used.
      assert.ok(!fs.readFileSync(outfile, 'utf8').includes('decryptUserInfo'));
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
}

test('the main entry carries nothing of it', () => {
  for (const name of ['node.cjs', 'node-bundle.js', 'inline.js', 'miniprogram/index.js']) {
    assert.doesNotMatch(readPackageFile(name), /Wechatmp|createApiSecurity|createPrivateKey/i, name);
  }
  assert.ok(!fs.readFileSync(path.join(packageFolder, 'wasm/modern.wasm')).includes('Wechatmp-'));
});
