// What parsePhoneNumber is given, and how libphonenumber-js is asked for the same.

import { readFileSync } from 'node:fs';

import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

const examples = JSON.parse(readFileSync(new URL('../../tests/data/phone_examples.json', import.meta.url), 'utf8'));

export const numbers = {
  mainland: Array.from({ length: 1000 }, (_, i) => `1358000${String(i).padStart(4, '0')}`),
  e164: examples.map(([, , code, national]) => `+${code}${national}`),
  typed: ['+86 (0)135-8000-6666', '０１０ ６２７８ １２３４', '0086 13580006666', '135 8000 6666', '+852 5123 4567'],
};

/** Where libphonenumber-js judges otherwise than Google's own library, whose judgement ours is in all of these. */
export const DIFFER = new Set(['+22985751234', '+22981123456', '+2908999', '+2631312345']);

const TYPES = { MOBILE: 'MOBILE', FIXED_LINE: 'FIXED_LINE', FIXED_LINE_OR_MOBILE: 'FIXED_LINE_OR_MOBILE' };

/** Nothing but the verdict. */
export const isValid = (text) => parsePhoneNumberFromString(text, 'CN').isValid();

/** All that parsePhoneNumber gives. It judges lazily, so each has to be asked for. */
export function sameResult(text) {
  const number = parsePhoneNumberFromString(text, 'CN');
  const valid = number.isValid();
  return {
    e164: number.number,
    countryCode: number.countryCallingCode,
    nationalNumber: number.nationalNumber,
    region: number.country ?? null,
    type: valid ? (TYPES[number.getType()] ?? 'OTHER') : 'UNKNOWN',
    isValid: valid,
  };
}
