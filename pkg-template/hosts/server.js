// `weapp-opendata/server` on Node, by `require` and, through it, by `import`. The core is that of `weapp-opendata` itself, which stays
// outside of this file: one module, one class of errors. node:crypto is loaded when it is first needed, as in node-random.js.

import { createClientApi } from '../server/client.js';

export { OpenDataError } from 'weapp-opendata';
export const createClient = createClientApi((text) => require('node:crypto').createHash('sha256').update(text).digest('hex'));
