// Contenders by name, as they stand in the results.

export const OURS = 'weapp-opendata';
export const BASELINE = 'weapp-opendata/baseline';
export const NODE = 'node:crypto';
export const CONVENTIONAL = 'conventional build';
export const PHONE_LIBRARY = 'libphonenumber-js';
export const AND_PHONE_LIBRARY = `${NODE} and ${PHONE_LIBRARY}`;

/** What the READMEs show of, beside the other runtimes. */
export const MAIN = 'Node 20';

/**
 * What is compared, in the order of the READMEs' first table, and the least ratio that the package is built for. What is not `shown`
 * there is for the terminal.
 */
export const COMPARISONS = [
  { work: 'decryptPhoneNumber', beside: NODE, least: 1.8, shown: true },
  { work: 'decryptPhoneNumber', beside: AND_PHONE_LIBRARY, least: 8, shown: true },
  { work: 'decryptUserInfo', beside: NODE, least: 1.5, shown: true },
  { work: 'decryptUserInfo2019', beside: NODE, shown: true },
  { work: 'phone', beside: NODE, least: 2, shown: true },
  { work: 'userInfo2024', beside: NODE, least: 2.1, shown: true },
  { work: 'userInfo2019', beside: NODE, least: 1.5, shown: true },
  { work: 'userInfo2019Chinese', beside: NODE, least: 1.4, shown: true },
  { work: 'userProfile2022', beside: NODE, least: 2, shown: true },
  { work: 'userProfile2021', beside: NODE, least: 2, shown: true },
  { work: 'weRun', beside: NODE, shown: true },
  { work: 'share', beside: NODE, least: 1.8, shown: true },
  { work: 'group', beside: NODE, least: 1.8, shown: true },
  { work: 'unknown', beside: NODE, least: 1.4, shown: true },
  { work: 'decryptMany', beside: NODE, least: 2.1, shown: true },
  { work: 'isValid.mainland', beside: PHONE_LIBRARY, least: 12, shown: true },
  { work: 'phone', beside: CONVENTIONAL },
  { work: 'userInfo2019', beside: CONVENTIONAL },
  { work: 'userProfile2022', beside: CONVENTIONAL },
  { work: 'phone', beside: '@noble/ciphers', least: 2.5 },
  { work: 'phone', beside: 'crypto-js', least: 15 },
  { ours: BASELINE, work: 'phone', beside: 'crypto-js', least: 5 },
  { ours: BASELINE, work: 'userInfo2019', beside: 'crypto-js', least: 5 },
];
