// Starts the playground and keeps it running until Ctrl-C.

import { INTERRUPTED, OK } from '../exit.js';
import { UsageError } from '../failures.js';

/** What stands beside the command line in the package. */
const SERVER = new URL('../playground/serve.js', import.meta.url);

/**
 * @param {{ host: string, port: number }} options
 * @param {import('../output.js').Page} page
 */
export async function playground({ host, port }, page) {
  const { servePlayground } = await import(SERVER.href);
  const interrupted = new Promise((resolve) => {
    process.once('SIGINT', () => resolve(INTERRUPTED));
    process.once('SIGTERM', () => resolve(OK));
  });
  let server;
  try {
    server = await servePlayground({ host, port });
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EADDRINUSE') throw new UsageError('portTaken');
    // So it refuses an address that others can reach.
    if (error instanceof TypeError || code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') throw new UsageError('addressRefused');
    throw error;
  }
  process.stdout.write(page.people ? `${page.texts.playgroundAt} ${server.url}\n${page.texts.playgroundEnd}\n` : `${JSON.stringify({ url: server.url })}\n`);
  const code = await interrupted;
  await server.close();
  return code;
}
