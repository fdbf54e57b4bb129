// What the page shows, worked out by the package: no document, no text of the page. Pure but for the clock.

/** @typedef {typeof import('../hosts/browser.js')} Api */

/**
 * The fields as they stand on the page.
 * @typedef {object} Fields
 * @property {string} encryptedData
 * @property {string} iv
 * @property {string} sessionKeys one a line
 * @property {string} appid one or several; none for any app
 * @property {string} maxAge seconds, or nothing
 * @property {boolean} optional whether data without a watermark is accepted
 * @property {boolean} strict
 * @property {string} rawData
 * @property {string} signature
 */

/**
 * @typedef {object} Outcome
 * @property {'empty' | 'incomplete' | 'opened' | 'refused' | 'failed' | 'code'} state `refused`: it opens, and a check says no
 * @property {string[]} [missing] fields to fill in
 * @property {any} [value] the opened object
 * @property {any} [error] an OpenDataError
 * @property {any} [diagnosis] of diagnose()
 * @property {number} [keys] how many session keys were given
 * @property {boolean} [anyApp] whether the appid was compared with nothing
 * @property {any} [phone] of parsePhoneNumber, with `masked`
 * @property {any} [avatar] of parseAvatar
 * @property {boolean | { error: any }} [signature] of verifySignature
 */

/** @param {string} text */
const words = (text) => text.split(/[\s,，;；]+/).filter((word) => word !== '');

/** @param {Fields} fields */
export const keysOf = (fields) => fields.sessionKeys.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');

/** @param {Fields} fields */
function policyOf(fields) {
  const apps = words(fields.appid);
  return {
    sessionKey: keysOf(fields),
    appid: apps.length === 0 ? null : apps,
    maxAge: fields.maxAge.trim() === '' ? undefined : Number(fields.maxAge),
    watermark: fields.optional ? 'optional' : 'required',
    strict: fields.strict,
  };
}

/**
 * Runs something and returns its failure as a value.
 * @template T
 * @param {Api} api
 * @param {() => T} run
 * @returns {{ value: T, error?: undefined } | { error: any, value?: undefined }}
 */
function attempt(api, run) {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof api.OpenDataError)) throw error;
    return { error };
  }
}

/** Phone number and avatar of an opened object. @param {Api} api @param {any} value @returns {Partial<Outcome>} */
function parts(api, value) {
  /** @type {Partial<Outcome>} */
  const more = {};
  const { purePhoneNumber, countryCode, avatarUrl } = value;
  if (typeof purePhoneNumber === 'string' && countryCode !== undefined) {
    const { value: phone, error } = attempt(api, () => api.parsePhoneNumber({ countryCode, purePhoneNumber }, undefined));
    more.phone = error ? { error } : { ...phone, masked: api.maskPhoneNumber(/** @type {any} */ (phone)) };
  }
  if (typeof avatarUrl === 'string' && avatarUrl !== '') {
    const { value: avatar, error } = attempt(api, () => api.parseAvatar(avatarUrl));
    more.avatar = error ? { error } : avatar;
  }
  return more;
}

/** @param {Api} api @param {Fields} fields @returns {Partial<Outcome>} */
function signatureOf(api, fields) {
  const { rawData } = fields;
  const signature = fields.signature.trim();
  const sessionKey = keysOf(fields);
  if (rawData === '' || signature === '' || sessionKey.length === 0) return {};
  const { value, error } = attempt(api, () => api.verifySignature({ rawData, signature }, { sessionKey }));
  return { signature: error ? { error } : value };
}

/**
 * @param {Api} api
 * @param {Fields} fields
 * @returns {Outcome}
 */
export function judge(api, fields) {
  const keys = keysOf(fields);
  const anyApp = words(fields.appid).length === 0;
  const texts = { encryptedData: fields.encryptedData, iv: fields.iv, sessionKey: keys.join('') };
  const missing = Object.entries(texts).filter(([, text]) => text.trim() === '').map(([name]) => name);
  const signed = signatureOf(api, fields);
  if (missing.length === 3) return { state: 'empty', ...signed };
  if (missing.length > 0) return { state: 'incomplete', missing, ...signed };

  const payload = { encryptedData: fields.encryptedData, iv: fields.iv };
  const policy = policyOf(fields);
  const { value, error } = attempt(api, () => api.decrypt(payload, /** @type {any} */ (policy)));
  const diagnosis = attempt(api, () => api.diagnose(payload, /** @type {any} */ (policy))).value;
  const common = { keys: keys.length, anyApp, diagnosis, ...signed };
  if (!error) return { state: 'opened', value, ...common, ...parts(api, value) };
  if (!diagnosis || diagnosis.sessionKeyIndex === undefined) return { state: 'failed', error, ...common };
  // The developer's own data, on the developer's own machine: what is inside tells which check was right.
  const lax = { sessionKey: policy.sessionKey, appid: null, watermark: 'optional', clockSkew: Number.MAX_SAFE_INTEGER };
  const inside = attempt(api, () => api.decrypt(payload, /** @type {any} */ (lax))).value;
  return { state: 'refused', error, value: inside, ...common };
}

/**
 * What was pasted and holds no encryptedData.
 * @param {Api} api
 * @param {{ kind: string, value: any }} other
 * @param {Fields} fields
 * @returns {Outcome}
 */
export function judgeOther(api, { kind, value }, fields) {
  if (kind === 'code') return { state: 'code' };
  const policy = /** @type {any} */ (policyOf(fields));
  const anyApp = policy.appid === null;
  const { value: read, error } = attempt(api, () => {
    if (kind === 'cloud') return api.readCloudData(value, policy);
    if (kind === 'phone') {
      const { phone, ...data } = api.readPhoneNumberResponse(value, policy);
      return data;
    }
    api.checkWatermark(value, policy);
    return value;
  });
  return error ? { state: 'failed', error } : { state: 'opened', value: read, anyApp, ...parts(api, read) };
}
