// Any other host, and bundles for one that nobody named: the modern module is inlined and loads by itself, synchronously, on first use.

import { loadOnUse } from '../core/host.js';
import { moduleRefused } from '../core/errors.js';
import { startModern } from '../core/modern.js';
import { bytesOfBase64, hostCodec } from '../core/text.js';
import modern from '../generated/modern.js';

function load() {
  try {
    return startModern(new WebAssembly.Module(bytesOfBase64(modern)));
  } catch (_) {
    // Too old a host, or one that compiles nothing: a page's policy, workerd.
    throw moduleRefused();
  }
}

loadOnUse(load, hostCodec);

export * from '../core/api.js';
