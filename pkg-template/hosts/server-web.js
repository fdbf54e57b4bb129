// `weapp-opendata/server` wherever there is the Web Cryptography API: workerd, Deno Deploy, other edges.

import { createClientApi } from '../server/client.js';

export { OpenDataError } from 'weapp-opendata';
export const createClient = createClientApi(async (text) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
});
