// The same package as a CommonJS module sees it.

import opendata = require('weapp-opendata');

const payload: opendata.EncryptedPayload = { encryptedData: '', iv: '' };
const data: Record<string, unknown> = opendata.decrypt(payload, { sessionKey: 'x', appid: 'wx' });
const diagnosis: opendata.Diagnosis = opendata.diagnose(payload, { sessionKey: 'x', appid: null });
const code: opendata.ErrorCode | undefined = diagnosis.code;
const stamp: opendata.Watermark = { appid: 'wx', timestamp: 1 };
opendata.checkWatermark({ watermark: stamp }, { appid: 'wx' });
opendata.readCloudData({ data }, { appid: 'wx' });
const channelKey: opendata.ChannelKey = { encryptKey: '', version: 1 };
opendata.openChannel(opendata.sealChannel('x', { key: channelKey, context: '' }), { key: channelKey, context: '' });
void opendata.init().then(() => code);

try {
  opendata.decryptMany([{ ...payload, sessionKey: 'x' }], { appid: 'wx' });
} catch (error) {
  if (error instanceof opendata.OpenDataError) error.code satisfies opendata.ErrorCode;
}

// @ts-expect-error appid may be null, but not left out
opendata.decrypt(payload, { sessionKey: 'x' });
// @ts-expect-error only the package makes these
new opendata.OpenDataError();
// @ts-expect-error there is no default export
opendata.default;
