// What is measured: functions as users call them, each beside what one would take instead.

import { contenders, nodeCrypto } from './contenders.mjs';
import { AND_PHONE_LIBRARY, BASELINE, NODE, OURS, PHONE_LIBRARY } from './names.mjs';
import { APPID, batch, payloads } from './payloads.mjs';
import { DIFFER, isValid, numbers, sameResult } from './phone-numbers.mjs';

/** For one record each: the policy is made anew, as in a server that looks up the key. */
const policy = (sessionKey) => ({ sessionKey, appid: APPID });

/** As decryptMany: a bad record does not end it. */
const inLoop = (open) => (records) =>
  records.map((record) => {
    try {
      return { status: 'fulfilled', value: open(record, record.sessionKey) };
    } catch (reason) {
      return { status: 'rejected', reason };
    }
  });

/** What decryptPhoneNumber gives, from WeChat's sample and the phone library. */
function phoneByOthers(payload, sessionKey) {
  const data = nodeCrypto(payload, sessionKey);
  return { ...data, phone: sameResult(`+${data.countryCode}${data.purePhoneNumber}`) };
}

/**
 * A work: records, and by contender what is done with one, ours first. `expected` says what of our result another has to give: by
 * default all of it. `differ` are the records for which another is known to give something else, `perRun` how many payloads a record is.
 *
 * @param {any} modern @param {any} baseline the package's entries
 */
export function makeWorks(modern, baseline) {
  const opens = {
    [OURS]: (payload, sessionKey) => modern.decrypt(payload, policy(sessionKey)),
    [BASELINE]: (payload, sessionKey) => baseline.decrypt(payload, policy(sessionKey)),
    ...contenders,
  };
  /** Payload and key in one record. */
  const ofRecord = (open) => ({ payload, sessionKey }) => open(payload, sessionKey);
  const works = {};
  const add = (id, records, runs, more) => {
    works[id] = { records, runs, perRun: 1, expected: {}, differ: new Set(), ...more };
  };

  for (const [kind, records] of Object.entries(payloads)) {
    add(kind, records, Object.fromEntries(Object.entries(opens).map(([name, open]) => [name, ofRecord(open)])), { bytes: records[0].bytes });
  }

  const { phone, userInfo2019, userProfile2022 } = payloads;
  add('decryptPhoneNumber', phone, {
    [OURS]: ofRecord((payload, sessionKey) => modern.decryptPhoneNumber(payload, policy(sessionKey))),
    [NODE]: ofRecord(nodeCrypto),
    [AND_PHONE_LIBRARY]: ofRecord(phoneByOthers),
  }, { bytes: phone[0].bytes, expected: { [NODE]: ({ phone: _, ...data }) => data } });

  const withoutAvatar = ({ avatar: _, isAnonymous: __, ...data }) => data;
  for (const [id, records] of Object.entries({ decryptUserInfo2019: userInfo2019, decryptUserInfo: userProfile2022 })) {
    add(id, records, {
      [OURS]: ofRecord((payload, sessionKey) => modern.decryptUserInfo(payload, policy(sessionKey))),
      [NODE]: ofRecord(nodeCrypto),
    }, { bytes: records[0].bytes, expected: { [NODE]: withoutAvatar } });
  }

  add('decryptMany', [batch.map(({ payload, sessionKey }) => ({ ...payload, sessionKey }))], {
    [OURS]: (records) => modern.decryptMany(records, { appid: APPID }),
    [BASELINE]: (records) => baseline.decryptMany(records, { appid: APPID }),
    ...Object.fromEntries(Object.entries(contenders).map(([name, open]) => [name, inLoop(open)])),
  }, { bytes: batch[0].bytes, perRun: batch.length });

  for (const [kind, texts] of Object.entries(numbers)) {
    add(`isValid.${kind}`, texts.filter((text) => !DIFFER.has(text)), {
      [OURS]: (text) => modern.parsePhoneNumber(text).isValid,
      [PHONE_LIBRARY]: isValid,
    });
    add(`phoneNumber.${kind}`, texts, {
      [OURS]: (text) => modern.parsePhoneNumber(text),
      [PHONE_LIBRARY]: sameResult,
    }, { differ: DIFFER });
  }
  return works;
}
