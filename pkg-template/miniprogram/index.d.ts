/**
 * weapp-opendata in the mini-program: everything but what needs a session_key, which belongs on the server.
 *
 * @packageDocumentation
 */

import type { Avatar, ChannelKey, ErrorCode, PhoneNumber, UnixSeconds, Watermark, WatermarkPolicy } from './contract';

export type { Avatar, ChannelKey, ErrorCode, PhoneNumber, UnixSeconds, Watermark, WatermarkPolicy };
export {
  OpenDataError,
  checkWatermark,
  maskPhoneNumber,
  openChannel,
  parseAvatar,
  parsePhoneNumber,
  resizeAvatar,
  sealChannel,
} from './contract';

/**
 * Loads the module; await it before anything else, or that throws NOT_INITIALIZED. Safe to call any number of times: concurrent calls
 * share one load, and a failed one can be tried again.
 *
 * @param path where the `.wasm.br` lies in the code package, if not in `/miniprogram_npm/weapp-opendata/`
 */
export function init(path?: string): Promise<void>;
