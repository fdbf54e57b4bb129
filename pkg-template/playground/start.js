// The playground by itself: `node playground/start.js [PORT]`.

import { servePlayground } from './serve.js';

const [, , port = '0'] = process.argv;
const { url, close } = await servePlayground({ port: Number(port) });
console.log(`Playground: ${url}\nCtrl-C ends it. / 按 Ctrl-C 结束。`);
process.once('SIGINT', close);
process.once('SIGTERM', close);
