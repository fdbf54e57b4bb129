// The same entry as a CommonJS module sees it.

import opendata = require('weapp-opendata');
import { OpenDataError, createClient, type ClientOptions, type Session } from 'weapp-opendata/server';

declare const options: ClientOptions;
createClient(options).code2Session('x') satisfies Promise<Session>;

declare const error: unknown;
if (error instanceof OpenDataError) error satisfies opendata.OpenDataError;
createClient(options)
  .getUserEncryptKeys('o', 'k')
  .then((keys) => opendata.openChannel('x', { key: keys, context: '' }) satisfies string);
