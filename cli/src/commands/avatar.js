import { parseAvatar, resizeAvatar } from 'weapp-opendata';

import { oneOf } from '../values.js';
import { each } from './each.js';

/** @type {import('./index.js').RecordCommand} */
export const avatar = {
  values: { name: '[url...]', text: 'urls' },
  keyed: false,
  options(command, texts) {
    command.option('--size <pixels>', texts.size, oneOf(['0', '46', '64', '96', '132']));
  },
  given: (_options, urls) => urls.map((url) => ({ url })),
  settings: ({ size }) => ({ size: size === undefined ? undefined : Number(size) }),
  run: (records, { size }) =>
    // WeChat's own name for it is avatarUrl.
    each(records, ({ url, avatarUrl = undefined }) => {
      const given = url === undefined ? avatarUrl : url;
      return parseAvatar(size === undefined ? given : resizeAvatar(given, size));
    }),
  good: () => true,
  show: (value, page) => page.table(value),
};
