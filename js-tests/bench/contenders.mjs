// What one would take instead of decrypt. Each does the same work: three base64 texts in, the checked object out.

import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { cbc } from '@noble/ciphers/aes.js';
import aesJs from 'aes-js';
import CryptoJS from 'crypto-js';

import { CONVENTIONAL, NODE, PHONE_LIBRARY } from './names.mjs';
import { APPID } from './payloads.mjs';

const bytes = (base64) => Buffer.from(base64, 'base64');

/** The object, if it is stamped for the app: all that WeChat's sample asks of it. */
function checked(text) {
  const data = JSON.parse(text);
  if (data.watermark.appid !== APPID) throw new Error('data of another app');
  return data;
}

/** The calls of WeChat's sample for Node. */
export function nodeCrypto({ encryptedData, iv }, sessionKey) {
  const decipher = createDecipheriv('aes-128-cbc', bytes(sessionKey), bytes(iv));
  decipher.setAutoPadding(true);
  const start = decipher.update(bytes(encryptedData), undefined, 'utf8');
  return checked(start + decipher.final('utf8'));
}

function noble({ encryptedData, iv }, sessionKey) {
  const plaintext = cbc(bytes(sessionKey), bytes(iv)).decrypt(bytes(encryptedData));
  return checked(Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length).toString('utf8'));
}

const words = (base64) => CryptoJS.enc.Base64.parse(base64);

function cryptoJs({ encryptedData, iv }, sessionKey) {
  const plaintext = CryptoJS.AES.decrypt({ ciphertext: words(encryptedData) }, words(sessionKey), {
    iv: words(iv), mode: CryptoJS.mode.CBC, padding: CryptoJS.pad.Pkcs7,
  });
  return checked(plaintext.toString(CryptoJS.enc.Utf8));
}

function aesJsCbc({ encryptedData, iv }, sessionKey) {
  const mode = new aesJs.ModeOfOperation.cbc(bytes(sessionKey), bytes(iv));
  const plaintext = aesJs.padding.pkcs7.strip(mode.decrypt(bytes(encryptedData)));
  return checked(Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length).toString('utf8'));
}

/** benches/conventional, built by `cargo xtask bench` into the folder that CONVENTIONAL names. */
export const conventional = createRequire(import.meta.url)(path.resolve(process.env.CONVENTIONAL, 'conventional.js'));

const installed = (name) => JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
const { node, bun, openssl } = process.versions;

/** By name. */
export const contenders = {
  [NODE]: nodeCrypto,
  [CONVENTIONAL]: (payload, sessionKey) => conventional.decrypt(payload, { sessionKey, appid: APPID }),
  '@noble/ciphers': noble,
  'aes-js': aesJsCbc,
  'crypto-js': cryptoJs,
};

/** Of what is called. */
export const versions = {
  [NODE]: bun ? `Bun ${bun}` : `Node ${node}, OpenSSL ${openssl}`,
  '@noble/ciphers': installed('@noble/ciphers'),
  'aes-js': installed('aes-js'),
  'crypto-js': installed('crypto-js'),
  [PHONE_LIBRARY]: installed('libphonenumber-js'),
};
