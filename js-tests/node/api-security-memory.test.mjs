// After every call, whatever came of it, the memory of the API security module holds nothing of keys, requests and answers.
//
// Two kinds of proof, as in memory.test.mjs: a scan for known forms of the secrets, and two fresh instances that are put through the
// same calls with different secrets of one shape, whose memories must then be the same, byte by byte.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { KINDS, NOW, URL_OF_API, bytes, makeRsa, makeSides } from '../support/api-security.mjs';
import { freshInstance } from '../support/instances.mjs';
import { Scanner, differences, quietly } from '../support/scan.mjs';

const fresh = (wrap) => freshInstance(wrap, 'weapp-opendata/api-security');
const now = { now: NOW };

const RSA_KEYS = (() => {
  // Of one length each, as text and within: numbers have fewer bytes now and then.
  const shape = ({ privatePem }) => Buffer.from(privatePem.replace(/-----[^-]+-----|\s/g, ''), 'base64').length;
  const keys = [];
  while (keys.length < 4) {
    const key = makeRsa();
    if (shape(key) === 1191) keys.push(key);
  }
  return keys;
})();

/** Everything secret for one kind of keys, of one shape every time. */
function makeSecrets(encryption, signature, which) {
  const side = makeSides(encryption, signature);
  Object.assign(side.sns, { symmetric: 'symmetric', app: 'app', platform: 'platform' });
  side.config.symmetricKey.sn = 'symmetric';
  side.config.asymmetricKey.sn = 'app';
  side.config.platformCertificate.sn = 'platform';
  if (signature === 'RSAwithSHA256') {
    side.config.asymmetricKey.privateKey = RSA_KEYS[which].privatePem;
  }
  const word = bytes(24).toString('hex');
  const params = { openid: word, escaped: `"${word}"` };
  const stamp = { _n: bytes(16).toString('hex') };
  const answers = {
    good: side.answer(params, { stamp }),
    otherApp: side.answer(params, { stamp: { ...stamp, _appid: 'wx2' } }),
    otherTime: side.answer(params, { stamp: { ...stamp, _timestamp: NOW - 1 } }),
    otherKey: side.answer(params, { stamp, key: bytes(side.symmetric.length) }),
  };
  const broken = side.envelope(`{"openid":"${word}",}`);
  answers.noJson = { headers: side.signed(broken), body: broken };
  // The thirteenth byte gives the length of `_n`.
  const random = Buffer.concat([bytes(12), Buffer.alloc(1), bytes(24)]);
  return { side, word, params, answers, random };
}

const CALLS = {
  'seal': (s, secrets) => s.seal(URL_OF_API, secrets.params, { ...now, random: secrets.random }),
  'seal, a name that is reserved': (s, secrets) => s.seal(URL_OF_API, { ...secrets.params, access_token: secrets.word }, { ...now, random: secrets.random }),
  'seal, no URL': (s, secrets) => s.seal('x', secrets.params, { ...now, random: secrets.random }),
  'open': (s, secrets) => s.open(URL_OF_API, secrets.answers.good.headers, secrets.answers.good.body, now),
  'open, bytes': (s, secrets) => s.open(URL_OF_API, secrets.answers.good.headers, Buffer.from(secrets.answers.good.body), now),
  'open, too old': (s, secrets) => s.open(URL_OF_API, secrets.answers.good.headers, secrets.answers.good.body),
  'open, another URL': (s, secrets) => s.open(`${URL_OF_API}2`, secrets.answers.good.headers, secrets.answers.good.body, now),
  'open, no signature': (s, secrets) => s.open(URL_OF_API, {}, secrets.answers.good.body, now),
  'open, another app within': (s, secrets) => s.open(URL_OF_API, secrets.answers.otherApp.headers, secrets.answers.otherApp.body, now),
  'open, another time within': (s, secrets) => s.open(URL_OF_API, secrets.answers.otherTime.headers, secrets.answers.otherTime.body, now),
  'open, another key': (s, secrets) => s.open(URL_OF_API, secrets.answers.otherKey.headers, secrets.answers.otherKey.body, now),
  'open, no JSON within': (s, secrets) => s.open(URL_OF_API, secrets.answers.noJson.headers, secrets.answers.noJson.body, now),
};

/** The memory after creation and then a call; how they went. */
function after(secrets, call) {
  const { api, bytes: memory } = fresh();
  const security = api.createApiSecurity(secrets.side.config);
  const outcome = call && quietly(() => call(security, secrets));
  return { outcome, memory: memory() };
}

function scannerFor({ side, word, params, answers, random }) {
  const scanner = new Scanner();
  const { key } = side.config.symmetricKey;
  const { privateKey } = side.config.asymmetricKey;
  const pem = privateKey.replace(/-----[^-]+-----|\s/g, '');
  const der = Buffer.from(pem, 'base64');
  // The numbers of the key; around them stands what all keys of a kind have.
  const inner = side.config.asymmetricKey.algorithm === 'SM2withSM3' ? der.subarray(-32) : der.subarray(290, -16);
  scanner.add('symmetric key', side.symmetric, 8).addText('symmetric key as text', key, 8);
  scanner.add('private key', inner, 8).add('private key, turned round', Buffer.from(inner).reverse(), 8);
  scanner.addText('private key as text', pem.slice(-Math.floor(inner.length * 1.3)), 8);
  scanner.addText('word', word, 8).addText('params', JSON.stringify(params), 16).add('random', random, 8);
  for (const { body, headers } of Object.values(answers)) {
    const envelope = JSON.parse(body);
    scanner.addText('data', envelope.data, 16).add('data, decoded', Buffer.from(envelope.data, 'base64'), 8);
    scanner.addText('signature', headers['Wechatmp-Signature'], 16);
  }
  return scanner.except(fresh().bytes());
}

const found = (scanner, memory) => scanner.find(memory).map(({ at, name }) => `${name} at ${at}`);
const told = (one, other) =>
  differences(one, other).map(({ start, end }) => {
    const hex = (memory) => Buffer.from(memory.subarray(start, Math.min(end, start + 32))).toString('hex');
    return `${end - start} bytes at ${start}: ${hex(one)} and ${hex(other)}`;
  });

for (const [encryption, signature] of KINDS) {
  const [secrets, others] = [0, 1].map((which) => makeSecrets(encryption, signature, which));
  const scanner = scannerFor(secrets);

  test(`${encryption}, ${signature}: control: during a call the secrets are in memory, and the scanner finds them there`, () => {
    const seen = { before: [], after: [] };
    const look = (exports) => scanner.find(new Uint8Array(exports.memory.buffer), Infinity).map(({ name }) => name);
    const instance = fresh({
      exports: (exports) => ({
        ...exports,
        call(operation, length) {
          seen.before.push(...look(exports));
          const result = exports.call(operation, length);
          seen.after.push(...look(exports));
          return result;
        },
      }),
    });
    const security = instance.api.createApiSecurity(secrets.side.config);
    CALLS.open(security, secrets);
    for (const name of ['symmetric key as text', 'private key as text', 'data']) assert.ok(seen.before.some((hit) => hit.startsWith(`${name} from`)), name);
    assert.ok(seen.after.some((hit) => hit.startsWith('word from')), 'the reply holds the answer');
    assert.deepEqual(found(scanner, instance.bytes()), []);
  });

  for (const [name, call] of [['creation', undefined], ...Object.entries(CALLS)]) {
    test(`${encryption}, ${signature}: after ${name}: nothing is found, and two memories are the same`, () => {
      const [one, other] = [secrets, others].map((each) => after(each, call));
      assert.equal(one.outcome, other.outcome);
      assert.deepEqual(found(scanner, one.memory), []);
      assert.deepEqual(told(one.memory, other.memory), []);
    });
  }
}

test('the two sets of secrets have one shape and nothing else in common', () => {
  for (const [encryption, signature] of KINDS) {
    const [one, other] = [0, 1].map((which) => makeSecrets(encryption, signature, which));
    assert.equal(one.side.config.asymmetricKey.privateKey.length, other.side.config.asymmetricKey.privateKey.length);
    assert.notEqual(one.side.config.asymmetricKey.privateKey, other.side.config.asymmetricKey.privateKey);
    for (const name of Object.keys(one.answers)) assert.equal(one.answers[name].body.length, other.answers[name].body.length, name);
  }
});
