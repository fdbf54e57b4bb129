// Node's generator, for files that are `require`d: Node 16 and 18 have no global `crypto`. Loaded when it is first needed, since that
// takes longer than all else at the start. Where there is no `require`, or it knows no Node, the Web's is taken.

import { provideRandom } from './random.js';

provideRandom((bytes) => {
  let node;
  try {
    node = require('node:crypto');
  } catch (_) {
    return crypto.getRandomValues(bytes);
  }
  return node.randomFillSync(bytes);
});
