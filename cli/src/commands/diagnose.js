import { diagnose as diagnosisOf } from 'weapp-opendata';

import { each } from './each.js';
import { keyed, payloadGiven, policyOf, policyOptions } from './policy.js';

/** @type {import('./index.js').RecordCommand} */
export const diagnose = {
  keyed: true,
  options: policyOptions,
  given: payloadGiven,
  settings: (options) => ({ policy: policyOf(options) }),
  run: (records, { policy, sessionKeys }) =>
    each(records, (record) => {
      const { sessionKey, ...payload } = keyed(record, sessionKeys);
      return diagnosisOf(payload, { ...policy, sessionKey });
    }),
  good: ({ ok }) => ok,
  show({ ok, code, reason, notes }, page) {
    const title = ok ? page.good(page.texts.opens) : page.bad([code, reason].filter(Boolean).join(' '));
    return [title, ...notes.map((/** @type {string} */ note) => `  ${page.inLanguage(note)}`)].join('\n');
  },
};
