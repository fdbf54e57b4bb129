// The suite: what the package does, on whatever host. A host hands in the package and a way to register tests:
//
//   runSuite(api, { test, vectors, fixtures, errorCodes })
//
// `vectors` is tests/vectors/open-data.json, `fixtures` what fixtures.mjs makes, `errorCodes` the ErrorCode union of index.d.ts.

import * as assert from './assert.mjs';
import avatar from './avatar.mjs';
import channel from './channel.mjs';
import cloud from './cloud.mjs';
import diagnose from './diagnose.mjs';
import errors from './errors.mjs';
import hostile from './hostile.mjs';
import keys from './keys.mjs';
import many from './many.mjs';
import phone from './phone.mjs';
import push from './push.mjs';
import repairs from './repairs.mjs';
import shapes from './shapes.mjs';
import signatures from './signatures.mjs';
import vectors from './vectors.mjs';
import watermark from './watermark.mjs';

const PARTS = { vectors, shapes, keys, repairs, watermark, many, cloud, phone, avatar, channel, diagnose, signatures, push, hostile, errors };

export function runSuite(api, host) {
  const official = host.vectors.find((vector) => vector.id === 'official-demo');
  const platform = {
    ...host,
    assert,
    official,
    /** Policies whose clock stands still: the fixtures' data is a hundred seconds old. */
    policy: (more) => ({ appid: host.fixtures.appid, now: host.fixtures.timestamp + 100, ...more }),
    payload: ({ encryptedData, iv }) => ({ encryptedData, iv }),
    /** The module works as before: to be called after whatever might have harmed it. */
    stillWorks() {
      const value = api.decrypt(official, { appid: official.appid, sessionKey: official.sessionKey, strict: true });
      assert.same(value, JSON.parse(official.plaintext), 'the official vector');
    },
  };
  for (const name of Object.keys(PARTS)) {
    PARTS[name](api, { ...platform, test: (title, run) => host.test(`${name}: ${title}`, run) });
  }
}
