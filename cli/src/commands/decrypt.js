import { decryptMany, decryptPhoneNumber, decryptUserInfo } from 'weapp-opendata';

import { failureOf } from '../failures.js';
import { oneOf } from '../values.js';
import { each } from './each.js';
import { keyed, payloadGiven, policyOf, policyOptions } from './policy.js';

/** @type {Record<string, typeof decryptPhoneNumber | typeof decryptUserInfo>} */
const KINDS = { phone: decryptPhoneNumber, user: decryptUserInfo };

/** @type {import('./index.js').RecordCommand} */
export const decrypt = {
  keyed: true,
  options(command, texts) {
    policyOptions(command, texts);
    command.option('--as <kind>', texts.as, oneOf(Object.keys(KINDS)));
  },
  given: payloadGiven,
  settings: (options) => ({ policy: policyOf(options), as: options.as }),
  run(records, { policy, as, sessionKeys }) {
    const payloads = records.map((record) => keyed(record, sessionKeys));
    if (as) return each(payloads, ({ sessionKey, ...payload }) => KINDS[as](payload, { ...policy, sessionKey }));
    return decryptMany(payloads, policy).map((result) =>
      result.status === 'fulfilled' ? result : { status: 'rejected', reason: failureOf(result.reason) },
    );
  },
  good: () => true,
  show: (value, page) => page.json(value),
};
