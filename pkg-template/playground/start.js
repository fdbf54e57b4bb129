// The playground by itself: `node playground/start.js [PORT]`.

import { servePlayground } from './serve.js';

/** What the system says of an address that cannot be listened on. / 端口无法使用时的提示 */
const REFUSED = new Map([
  ['EADDRINUSE', 'the port is taken / 端口已被占用'],
  ['EACCES', 'the port needs more rights / 没有使用该端口的权限'],
]);

const [, , port = '0'] = process.argv;
try {
  const { url, close } = await servePlayground({ port: port === '' ? NaN : Number(port) });
  console.log(`Playground: ${url}\nCtrl-C ends it. / 按 Ctrl-C 结束。`);
  process.once('SIGINT', close);
  process.once('SIGTERM', close);
} catch (error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  const words = error instanceof TypeError ? message : REFUSED.get(String(code));
  if (words === undefined) throw error;
  console.error(`Playground: ${words}`);
  process.exitCode = 2;
}
