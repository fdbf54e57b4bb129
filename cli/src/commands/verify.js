import { MessagePush, OpenDataError, verifySignature } from 'weapp-opendata';

import { UsageError } from '../failures.js';
import { fromEnvironment } from '../values.js';
import { each } from './each.js';

/**
 * A pushed message that is signed as a whole, or the address check and plain mode.
 * @param {MessagePush} push
 * @param {any} record
 */
function verifyPush(push, { Encrypt, msg_signature, signature, timestamp, nonce }) {
  if (Encrypt === undefined && msg_signature === undefined) return push.verify({ signature, timestamp, nonce });
  try {
    // Whatever else is wrong with it comes after the signature, and is a failure of its own.
    push.decrypt(Encrypt, { msg_signature, timestamp, nonce });
    return true;
  } catch (error) {
    if (error instanceof OpenDataError && error.code === 'SIGNATURE_MISMATCH') return false;
    throw error;
  }
}

/** @param {any} options */
function pushConfig({ tokenEnv, encodingAesKeyEnv, appid }) {
  if (!tokenEnv || !encodingAesKeyEnv || !appid) throw new UsageError('pushIncomplete');
  const config = {
    token: fromEnvironment(tokenEnv, '--token-env'),
    encodingAESKey: fromEnvironment(encodingAesKeyEnv, '--encoding-aes-key-env'),
    appid,
  };
  try {
    new MessagePush(config);
  } catch (error) {
    if (error instanceof OpenDataError) throw new UsageError('refused', error.message);
    throw error;
  }
  return config;
}

/** @type {import('./index.js').RecordCommand} */
export const verify = {
  keyed: true,
  options(command, texts) {
    command
      .option('--raw-data <text>', texts.rawData)
      .option('--signature <hex>', texts.signature)
      .option('--push', texts.push)
      .option('--token-env <name>', texts.tokenEnv)
      .option('--encoding-aes-key-env <name>', texts.encodingAesKeyEnv)
      .option('--appid <appid>', texts.pushAppid);
  },
  given: ({ rawData, signature }) => (rawData === undefined && signature === undefined ? [] : [{ rawData, signature }]),
  settings: (options) => ({ push: options.push ? pushConfig(options) : undefined }),
  run(records, { push: config, sessionKeys }) {
    if (config) {
      const push = new MessagePush(config);
      return each(records, (record) => ({ valid: verifyPush(push, record) }));
    }
    return each(records, ({ rawData, signature, sessionKey }) => ({
      valid: verifySignature({ rawData, signature }, { sessionKey: sessionKeys.length > 0 ? sessionKeys : sessionKey }),
    }));
  },
  good: ({ valid }) => valid,
  show: ({ valid }, page) => (valid ? page.good(page.texts.signatureMatches) : page.bad(page.texts.signatureDiffers)),
};
