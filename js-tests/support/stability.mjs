// Run in a process of its own by stability.test.mjs, which looks at how the process ends: what is tested here is whether the
// JavaScript engine survives. Prints JSON.

import assert from 'node:assert/strict';

import { APPID, OTHER_APPID, TIMESTAMP, makeFixtures } from '../fixtures.mjs';
import { freshInstance } from './instances.mjs';
import { requireInstalled, vectors } from './installed.mjs';
import { seeded } from './prng.mjs';

const [official] = vectors();
const fixtures = makeFixtures();
const policy = (more) => ({ appid: APPID, now: TIMESTAMP, ...more });

const attempt = (OpenDataError, run) => {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof OpenDataError)) throw error;
    return error;
  }
};

const SCRIPTS = {
  // A few errors, a few calls of everything else, then one function in a long loop.
  loop() {
    const api = requireInstalled('weapp-opendata');
    const { sessionKey, appid } = official;
    const fixture = fixtures.watermarks.otherApp;
    for (let i = 0; i < 5; i++) {
      attempt(api.OpenDataError, () => api.decrypt(fixture, policy({ sessionKey: fixture.sessionKey })));
      attempt(api.OpenDataError, () => api.decrypt(null, policy()));
      api.diagnose(fixture, policy({ sessionKey: fixture.sessionKey }));
      api.decryptMany([fixture, fixtures.watermarks.valid, null], policy());
      attempt(api.OpenDataError, () => api.readCloudData({ errCode: -1, errMsg: 'x' }, policy()));
      api.readCloudData({ data: { watermark: { appid: APPID, timestamp: TIMESTAMP } } }, policy());
    }
    let opened = 0;
    for (let i = 0; i < 200000; i++) opened += api.decrypt(official, { sessionKey, appid }).nickName === 'Band' ? 1 : 0;
    return { opened };
  },

  // Successes and failures in no order, through closures: the errors' own way out of the module gets hot as well.
  failures() {
    const api = requireInstalled('weapp-opendata');
    const random = seeded(1);
    const payloads = [...Object.values(fixtures.watermarks), ...fixtures.notObjects, ...fixtures.oddObjects, ...fixtures.notUtf8];
    const expected = new Map();
    let opened = 0;
    let refused = 0;
    for (let i = 0; i < 100000; i++) {
      const payload = random.pick(payloads);
      const strict = random.below(2) === 1;
      const appid = random.pick([APPID, [OTHER_APPID, APPID], null, OTHER_APPID]);
      const result = attempt(api.OpenDataError, () => api.decrypt(payload, policy({ sessionKey: payload.sessionKey, strict, appid })));
      const outcome = result instanceof api.OpenDataError ? result.message : JSON.stringify(result);
      const key = `${payload.plaintext} ${appid}`;
      // The engine must not only survive, it must go on computing the same.
      if (!expected.has(key)) expected.set(key, outcome);
      assert.equal(outcome, expected.get(key), key);
      if (result instanceof api.OpenDataError) refused++;
      else opened++;
    }
    return { opened, refused };
  },

  // Everything in turn: memory is as large afterwards as after the first thousand calls.
  mixed() {
    const { api, memory } = freshInstance();
    const large = { ...fixtures.watermarks.valid, encryptedData: 'A'.repeat(100000) };
    const sessionKey = fixtures.watermarks.valid.sessionKey;
    const keys = [fixtures.keys.stale, fixtures.keys.passesPadding, sessionKey];
    const records = Object.values(fixtures.watermarks);
    const calls = [
      () => api.decrypt(official, { sessionKey: official.sessionKey, appid: official.appid }),
      () => api.decrypt(fixtures.watermarks.valid, policy({ sessionKey: keys })),
      () => api.decrypt(fixtures.watermarks.valid, policy({ sessionKey: keys.slice(0, 2) })),
      () => api.decrypt(fixtures.watermarks.otherApp, policy({ sessionKey })),
      () => api.decrypt({ encryptedData: '!', iv: '' }, policy({ sessionKey })),
      () => api.decrypt(undefined, policy({ sessionKey })),
      () => api.diagnose(fixtures.watermarks.valid, policy({ sessionKey: keys[0] })),
      () => api.diagnose(fixtures.watermarks.valid, policy({ sessionKey })),
      () => api.decryptMany(records.slice(0, 3), policy()),
      () => api.checkWatermark({ watermark: { appid: APPID, timestamp: TIMESTAMP } }, policy()),
      () => api.readCloudData({ data: { watermark: { appid: APPID, timestamp: TIMESTAMP } } }, policy()),
      () => api.readCloudData('cloud-id', policy()),
    ];
    const rare = [() => api.decryptMany(records, policy()), () => api.decrypt(large, policy({ sessionKey: keys }))];
    let first = 0;
    for (let i = 0; i < 300000; i++) {
      const list = i % 200 === 7 ? rare : calls;
      attempt(api.OpenDataError, list[i % list.length]);
      if (i === 999) first = memory.buffer.byteLength;
    }
    return { first, last: memory.buffer.byteLength };
  },
};

process.stdout.write(JSON.stringify(SCRIPTS[process.argv[2]]()));
