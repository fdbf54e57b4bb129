// Vectors that others have published, through the installed package in all its builds. tests/conformance has more of them, through the
// primitives.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { seal } from '../fixtures.mjs';
import { readSource, requireInstalled } from '../support/installed.mjs';

const BUILDS = ['weapp-opendata', 'weapp-opendata/baseline', 'weapp-opendata/js'];
const POLICY = { appid: null, watermark: 'optional', strict: true };

const report = (suite, vectors, agree, build) => console.log(`conformance: ${suite}: ${vectors} vectors, ${vectors} run, ${agree} agree [${build}]`);

/** What a call gives: a value, or the one refusal. */
function outcome(api, payload) {
  try {
    return { value: api.decrypt(payload, { ...POLICY, sessionKey: payload.sessionKey }) };
  } catch (error) {
    assert.ok(error instanceof api.OpenDataError, String(error));
    assert.equal(error.code, 'DECRYPT_FAILED');
    return 'refused';
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The same as JSON.parse has it: an object, or refused. */
function expected(bytes) {
  try {
    const value = JSON.parse(utf8.decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { value } : 'refused';
  } catch {
    return 'refused';
  }
}

/** JSONTestSuite's texts, each as it is and as the value of a field. */
function jsonTexts() {
  const { cases } = JSON.parse(readSource('tests/vectors/json-test-suite.json'));
  const bytes = (text) => Buffer.from(text, 'base64');
  return cases.flatMap(({ name, expect, base64, repeat, tailBase64 }) => {
    const text = repeat ? Buffer.concat([...Array(repeat.count).fill(bytes(repeat.base64)), bytes(tailBase64)]) : bytes(base64);
    return [
      { name, expect, text },
      { name: `${name}, in a field`, text: Buffer.concat([Buffer.from('{"v":'), text, Buffer.from('}')]) },
    ];
  });
}

for (const build of BUILDS) {
  const api = requireInstalled(build);

  test(`${build}: JSONTestSuite, as JSON.parse`, () => {
    const texts = jsonTexts();
    let opened = 0;
    for (const { name, expect, text } of texts) {
      const ours = outcome(api, seal(text, Buffer.alloc(16, 7), Buffer.alloc(16, 9)));
      assert.deepStrictEqual(ours, expected(text), name);
      if (ours !== 'refused') opened++;
      // The suite's own word, where it has one: a text that is to be rejected is no object.
      if (expect === 'reject') assert.equal(ours, 'refused', name);
    }
    assert.equal(texts.length, 2 * 318);
    assert.ok(opened > 100, `${opened} opened`);
    report('jsontestsuite, as JSON.parse', texts.length, texts.length, build);
  });

  // CBC adds the iv to the first block. So one block of a vector opens to any 16 bytes that one likes, under the iv that is the sum of
  // these, the vector's plaintext, and what the vector adds: if and only if the cipher gives the vector's plaintext, bit by bit.
  test(`${build}: NIST's known answers and multi-block messages, AES-128-CBC`, () => {
    let vectors = 0;
    let blocks = 0;
    for (const file of ['GFSbox', 'KeySbox', 'VarTxt', 'VarKey', 'MMT']) {
      const records = readSource(`tests/vectors/nist/CBC${file}128.rsp`).matchAll(/^KEY = (.*)\nIV = (.*)\n(?:PLAINTEXT|CIPHERTEXT) = .*\n(?:PLAINTEXT|CIPHERTEXT) = .*$/gm);
      for (const [record, ...hex] of records) {
        const [key, iv] = hex.map((text) => Buffer.from(text, 'hex'));
        const [plaintext, ciphertext] = ['PLAINTEXT', 'CIPHERTEXT'].map((name) => Buffer.from(new RegExp(`^${name} = (.*)$`, 'm').exec(record)[1], 'hex'));
        assert.equal(plaintext.length, ciphertext.length);
        vectors++;
        for (let at = 0; at < ciphertext.length; at += 16) {
          const n = 10000 + blocks++;
          const wanted = Buffer.concat([Buffer.from(`{"n":${n}}`), Buffer.alloc(5, 5)]);
          const before = at === 0 ? iv : ciphertext.subarray(at - 16, at);
          const ours = wanted.map((byte, i) => byte ^ plaintext[at + i] ^ before[i]);
          const payload = { sessionKey: key.toString('base64'), iv: ours.toString('base64'), encryptedData: ciphertext.subarray(at, at + 16).toString('base64') };
          assert.deepStrictEqual(outcome(api, payload), { value: { n } }, `${file} ${record}`);
        }
      }
    }
    assert.deepEqual({ vectors, blocks }, { vectors: 2 * (7 + 21 + 128 + 128 + 10), blocks: 2 * (7 + 21 + 128 + 128 + 55) });
    report('nist aes-128-cbc known answers and multi-block messages', vectors, vectors, build);
  });
}
