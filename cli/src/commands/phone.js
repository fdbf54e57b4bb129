import { maskPhoneNumber, parsePhoneNumber } from 'weapp-opendata';

import { RecordError } from '../failures.js';
import { each } from './each.js';

/** @type {import('./index.js').RecordCommand} */
export const phone = {
  values: { name: '[number...]', text: 'numbers' },
  keyed: false,
  options(command, texts) {
    command.option('--country-code <code>', texts.countryCode).option('--mask', texts.mask);
  },
  given: (_options, numbers) => numbers.map((number) => ({ number })),
  settings: ({ countryCode, mask }) => ({ options: countryCode === undefined ? {} : { defaultCountryCode: countryCode }, mask }),
  run: (records, { options, mask }) =>
    each(records, ({ number, countryCode, purePhoneNumber }) => {
      const asText = number !== undefined;
      if (asText && purePhoneNumber !== undefined) {
        throw new RecordError('TOO_MANY', 'record: expected either number, or countryCode and purePhoneNumber');
      }
      const parsed = parsePhoneNumber(asText ? number : { countryCode, purePhoneNumber }, options);
      return mask ? { masked: maskPhoneNumber(parsed), region: parsed.region, type: parsed.type, isValid: parsed.isValid } : parsed;
    }),
  good: () => true,
  show: (value, page) => page.table(value),
};
