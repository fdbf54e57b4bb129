/// <reference path="./ambient.d.ts" />

// The mini-program: a package path is all that WXWebAssembly takes. Without it, the same module as plain JavaScript, if its file was
// not deleted.

import { createChannelApi } from '../core/channel.js';
import { createCommonApi } from '../core/common.js';
import { moduleRefused } from '../core/errors.js';
import { connect, init, loadByInit } from '../core/host.js';
import { plainCodec } from '../core/text.js';

const PATH = '/miniprogram_npm/weapp-opendata/weapp-opendata.wasm.br';

/** @param {string} [path] */
async function load(path) {
  if (typeof WXWebAssembly === 'undefined') {
    try {
      return require('./weapp-opendata-js.js');
    } catch (_) {
      throw moduleRefused();
    }
  }
  // Older Android clients crash without an imports object; what comes back has been the instance, and an object that holds it.
  const result = await WXWebAssembly.instantiate(path === undefined ? PATH : path, {});
  return (result.instance || result).exports;
}

loadByInit(load, plainCodec);

export { OpenDataError } from '../core/errors.js';
export { init };
export const { checkWatermark, maskPhoneNumber, parseAvatar, parsePhoneNumber, resizeAvatar } = createCommonApi(connect);
// Its generator answers later, by a callback: the caller hands over what came.
export const { openChannel, sealChannel } = createChannelApi(connect, () => undefined);
