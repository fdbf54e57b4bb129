// `weapp-opendata/server` in bundles for Node that are ES modules.

import { createHash } from 'node:crypto';

import { createClientApi } from '../server/client.js';

export { OpenDataError } from 'weapp-opendata';
export const createClient = createClientApi((text) => createHash('sha256').update(text).digest('hex'));
