// Any host with WebAssembly 1.0: the baseline module is inlined and loads by itself, synchronously, on first use.

import { moduleRefused } from '../core/errors.js';
import { loadOnUse } from '../core/host.js';
import { startBaseline } from '../core/modern.js';
import '../core/node-random.js';
import { bytesOfBase64, hostCodec } from '../core/text.js';
import baseline from '../generated/baseline.js';

function load() {
  try {
    return startBaseline(new WebAssembly.Module(bytesOfBase64(baseline)));
  } catch (_) {
    // Not compiled under a page's policy nor by workerd, and there may be no WebAssembly at all.
    throw moduleRefused();
  }
}

loadOnUse(load, hostCodec);

export * from '../core/api.js';
