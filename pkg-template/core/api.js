// The whole API, over whatever engine the host's loader provides.

import { createChannelApi } from './channel.js';
import { createClientApi } from './client.js';
import { connect, init } from './host.js';
import { random } from './random.js';
import { createServerApi } from './server.js';

export { OpenDataError } from './errors.js';
export { init };
export const { checkWatermark, maskPhoneNumber, parseAvatar, parsePhoneNumber, resizeAvatar } = createClientApi(connect);
export const { openChannel, sealChannel } = createChannelApi(connect, random);
export const {
  decrypt,
  decryptMany,
  decryptPhoneNumber,
  decryptUserInfo,
  diagnose,
  readCloudData,
  readPhoneNumberResponse,
} = createServerApi(connect);
