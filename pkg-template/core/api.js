// The whole API, over whatever engine the host's loader provides.

import { createChannelApi } from './channel.js';
import { createCommonApi } from './common.js';
import { connect, init } from './host.js';
import { createPushApi } from './push.js';
import { random } from './random.js';
import { createSessionApi } from './session.js';
import { createSignaturesApi } from './signatures.js';

export { OpenDataError } from './errors.js';
export { init };
export const { checkWatermark, maskPhoneNumber, parseAvatar, parsePhoneNumber, resizeAvatar } = createCommonApi(connect);
export const { openChannel, sealChannel } = createChannelApi(connect, random);
export const {
  decrypt,
  decryptMany,
  decryptPhoneNumber,
  decryptUserInfo,
  diagnose,
  readCloudData,
  readPhoneNumberResponse,
} = createSessionApi(connect);
export const { signPayment, signWithSessionKey, verifySignature } = createSignaturesApi(connect);
export const { MessagePush } = createPushApi(connect);
