// What `decrypt` and `diagnose` have in common: where the payload comes from, and the policy.

import { OpenDataError, decryptMany } from 'weapp-opendata';

import { UsageError } from '../failures.js';
import { several, wholeNumber } from '../values.js';

/**
 * @param {import('commander').Command} command
 * @param {import('../texts/index.js').Texts} texts
 */
export function policyOptions(command, texts) {
  command
    .option('--encrypted-data <text>', texts.encryptedData)
    .option('--iv <text>', texts.iv)
    .option('--appid <appid>', texts.appid, several)
    .option('--any-appid', texts.anyAppid)
    .option('--max-age <seconds>', texts.maxAge, wholeNumber)
    .option('--clock-skew <seconds>', texts.clockSkew, wholeNumber)
    .option('--now <seconds>', texts.now, wholeNumber)
    .option('--watermark-optional', texts.watermarkOptional)
    .option('--strict', texts.strict);
}

/** @param {any} options */
export function payloadGiven({ encryptedData, iv }) {
  return encryptedData === undefined && iv === undefined ? [] : [{ encryptedData, iv }];
}

/**
 * The policy comes from the command line alone: nothing in a file can loosen a check.
 * @param {any} options
 */
export function policyOf({ appid, anyAppid, maxAge, clockSkew, now, watermarkOptional, strict }) {
  if (appid === undefined && !anyAppid) throw new UsageError('appidMissing');
  if (appid !== undefined && anyAppid) throw new UsageError('appidTwice');
  const watermark = /** @type {'optional' | 'required'} */ (watermarkOptional ? 'optional' : 'required');
  const policy = { appid: anyAppid ? null : appid, maxAge, clockSkew, now, watermark, strict: Boolean(strict) };
  try {
    decryptMany([], policy);
  } catch (error) {
    // Says what is wrong with which field, and holds no value.
    if (error instanceof OpenDataError) throw new UsageError('refused', error.message);
    throw error;
  }
  return policy;
}

/**
 * The keys given on the command line count, and a record's own where there are none: who wrote the file must not choose the key.
 * @param {any} record
 * @param {string[]} sessionKeys
 */
export const keyed = ({ encryptedData, iv, sessionKey }, sessionKeys) => ({
  encryptedData,
  iv,
  sessionKey: sessionKeys.length > 0 ? sessionKeys : sessionKey,
});
