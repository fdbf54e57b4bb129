// Serves the playground on this machine alone. Logs nothing, and has no path but two: nothing that is pasted ever comes here.

import { createServer } from 'node:http';

import { COMMON_HEADERS, makePages } from './pages.js';

/** A page for secrets, over plain HTTP: not for a network. */
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** This machine as a browser on it names it. With any port: a forwarded one has another number. */
const OWN_NAME = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Starts the playground.
 *
 * @param {object} [options]
 * @param {number} [options.port] 0, the default, is any free port
 * @param {string} [options.host] an address of this machine only: `127.0.0.1` (the default), `::1` or `localhost`
 * @returns {Promise<{ url: string, close(): Promise<void> }>} the address to open, and what ends it
 * @throws {TypeError} for a host that others can reach, and a port that is none
 * @throws {Error} the system's own, such as EADDRINUSE
 */
export async function servePlayground({ port = 0, host = '127.0.0.1' } = {}) {
  if (!LOOPBACK.includes(host)) throw new TypeError(`host: expected ${LOOPBACK.join(', ')}, for the page is not for a network`);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new TypeError('port: expected a whole number from 0 to 65535');
  const { frame, page } = makePages();
  /** @type {Record<string, import('./pages.js').Page>} */
  const paths = { '/': frame, '/page': page };
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();

  const server = createServer((request, response) => {
    /** @param {number} status @param {Record<string, string>} headers @param {string} body */
    const answer = (status, headers, body) => {
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    /** @param {number} status @param {string} body @param {Record<string, string>} [more] */
    const refuse = (status, body, more) => {
      const headers = { ...COMMON_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'content-security-policy': "default-src 'none'", connection: 'close' };
      answer(status, { ...headers, ...more }, `${body}\n`);
    };
    // A name of somebody else's that leads here would make this page one of theirs.
    if (!OWN_NAME.test(String(request.headers.host))) return refuse(421, 'this server has another name');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'GET and HEAD only', { allow: 'GET, HEAD' });
    const wanted = Object.prototype.hasOwnProperty.call(paths, String(request.url)) ? paths[String(request.url)] : undefined;
    if (!wanted) return refuse(404, 'there is nothing here');
    // Outside its frame the page could be led away. Browsers that do not say what they fetch for are let in.
    const purpose = request.headers['sec-fetch-dest'];
    if (wanted === page && purpose !== undefined && purpose !== 'iframe') return refuse(403, 'open / instead');
    return answer(200, wanted.headers, wanted.body);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(undefined));
  });

  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  const shown = host === '::1' ? '[::1]' : host;
  return {
    url: `http://${shown}:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
