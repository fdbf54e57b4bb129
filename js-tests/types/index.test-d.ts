// What TypeScript accepts and what it does not, as an ES module sees the package. Nothing here is run.

import {
  MessagePush,
  OpenDataError,
  checkWatermark,
  decrypt,
  decryptMany,
  decryptPhoneNumber,
  decryptUserInfo,
  diagnose,
  init,
  maskPhoneNumber,
  openChannel,
  parseAvatar,
  parsePhoneNumber,
  readCloudData,
  readPhoneNumberResponse,
  resizeAvatar,
  sealChannel,
  signPayment,
  signWithSessionKey,
  verifySignature,
  type Avatar,
  type ChannelKey,
  type DecryptPolicy,
  type Diagnosis,
  type EncryptedPayload,
  type ErrorCode,
  type MessagePushConfig,
  type PhoneNumber,
  type PhoneNumberData,
  type UnixSeconds,
  type Watermark,
  type WatermarkPolicy,
} from 'weapp-opendata';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<T extends true>(...same: T[]): void;

const payload: EncryptedPayload = { encryptedData: '', iv: '' };
const policy = { sessionKey: 'x', appid: 'wx' } as const satisfies DecryptPolicy;

// decrypt
const data = decrypt(payload, policy);
expect<Same<typeof data, Record<string, unknown>>>();
interface Phone {
  phoneNumber: string;
  watermark: Watermark;
}
const phone = decrypt<Phone>(payload, policy);
expect<Same<typeof phone, Phone>>();
decrypt({ encryptedData: '', iv: '', more: 1 } as EncryptedPayload, policy);
decrypt(payload, { sessionKey: ['a', 'b'] as const, appid: ['wx', 'wy'] as const });
decrypt(payload, { sessionKey: 'x', appid: null, maxAge: 1, clockSkew: 2, now: new Date(), watermark: 'optional', strict: true });
decrypt(payload, { sessionKey: 'x', appid: 'wx', now: 1 satisfies UnixSeconds, watermark: 'required' });
// @ts-expect-error appid may be null, but not left out
decrypt(payload, { sessionKey: 'x' });
// @ts-expect-error appid is not optional either
decrypt(payload, { sessionKey: 'x', appid: undefined });
// @ts-expect-error the session key is needed
decrypt(payload, { appid: 'wx' });
// @ts-expect-error the policy is needed
decrypt(payload);
// @ts-expect-error text, not bytes
decrypt({ encryptedData: new Uint8Array(), iv: '' }, policy);
// @ts-expect-error the iv is needed
decrypt({ encryptedData: '' }, policy);
// @ts-expect-error seconds or a Date, not text
decrypt(payload, { ...policy, now: '2024-01-01' });
// @ts-expect-error one of two words
decrypt(payload, { ...policy, watermark: 'maybe' });
// @ts-expect-error no truthy values
decrypt(payload, { ...policy, strict: 1 });
// @ts-expect-error no such option: a misspelt check would not be made
decrypt(payload, { sessionKey: 'x', appid: 'wx', maxage: 1 });
// @ts-expect-error the session key does not come from the client
decrypt({ encryptedData: '', iv: '', sessionKey: '' }, { appid: 'wx' });
// @ts-expect-error a JSON object, not text
decrypt<string>(payload, policy);

// decryptMany
const { sessionKey: _, ...shared } = policy;
const results = decryptMany<Phone>([{ ...payload, sessionKey: ['x'] }], shared);
for (const result of results) {
  if (result.status === 'fulfilled') expect<Same<typeof result.value, Phone>>();
  else expect<Same<typeof result.reason, OpenDataError>>();
  // @ts-expect-error there is a value only where it is fulfilled
  result.value;
}
decryptMany([] as const, shared);
// @ts-expect-error each record has its own session key, not the policy
decryptMany([{ ...payload, sessionKey: 'x' }], { appid: 'wx', sessionKey: 'x' });
// @ts-expect-error a record without a session key
decryptMany([payload], shared);
// @ts-expect-error a list
decryptMany({ ...payload, sessionKey: 'x' }, shared);

// diagnose
const diagnosis = diagnose(payload, policy);
expect<Same<typeof diagnosis, Diagnosis>>();
expect<Same<typeof diagnosis.code, ErrorCode | undefined>>();
expect<Same<typeof diagnosis.sessionKeyIndex, number | undefined>>();
expect<Same<typeof diagnosis.notes, string[]>>();

// checkWatermark and readCloudData
const watermarkPolicy: WatermarkPolicy = { appid: null };
const nothing = checkWatermark(phone, watermarkPolicy);
expect<Same<typeof nothing, void>>();
checkWatermark({}, watermarkPolicy);
// @ts-expect-error seconds are a number
checkWatermark({ watermark: { appid: 'wx', timestamp: '1' } }, watermarkPolicy);
// @ts-expect-error no session key is needed, and none is taken
checkWatermark({}, { appid: 'wx', sessionKey: 'x' });
const event: unknown = {};
const cloud = readCloudData<Phone>(event, watermarkPolicy);
expect<Same<typeof cloud, Phone>>();
// @ts-expect-error appid may be null, but not left out
readCloudData(event, {});

// the channel
const channelKey: ChannelKey = { encryptKey: '', version: 1 };
const latestUserKey = { encryptKey: '', iv: '', version: 1, expireTime: 1, errMsg: '' };
const sealed = sealChannel('x', { key: latestUserKey, context: '', random: new Uint8Array(12) });
expect<Same<typeof sealed, string>>();
const message: string = openChannel(sealed, { key: [channelKey, latestUserKey] as const, context: '' });
void message;
openChannel(sealed, { key: channelKey, context: '' });
// @ts-expect-error the context may be empty, but not left out
sealChannel('x', { key: channelKey });
// @ts-expect-error one key seals
sealChannel('x', { key: [channelKey], context: '' });
// @ts-expect-error a version is a number
openChannel(sealed, { key: { encryptKey: '', version: '1' }, context: '' });
// @ts-expect-error text is sealed, not objects
sealChannel({}, { key: channelKey, context: '' });

// OpenDataError
function handle(error: unknown): ErrorCode | undefined {
  if (!(error instanceof OpenDataError)) return undefined;
  expect<Same<typeof error.name, 'OpenDataError'>>();
  expect<Same<typeof error.errcode, number | undefined>>();
  expect<Same<typeof error.reason, string | undefined>>();
  const asError: Error = error;
  // @ts-expect-error what went wrong does not change
  error.code = 'DECRYPT_FAILED';
  // @ts-expect-error no such code
  if (error.code === 'DECRYPTION_FAILED') return undefined;
  return asError instanceof OpenDataError ? asError.code : undefined;
}
handle(undefined);
// @ts-expect-error only the package makes these
new OpenDataError();
// @ts-expect-error and nobody derives from it
class Mine extends OpenDataError {}
void Mine;

const ready = init();
expect<Same<typeof ready, Promise<void>>>();

// phones and avatars
expect<Same<ReturnType<typeof decryptPhoneNumber>, PhoneNumberData>>();
const number: PhoneNumber = parsePhoneNumber('+8613580006666');
parsePhoneNumber({ countryCode: 86, purePhoneNumber: '13580006666' }, { defaultCountryCode: '86' });
// @ts-expect-error a number loses leading zeros
parsePhoneNumber(13580006666);
// @ts-expect-error WeChat's fields go together
parsePhoneNumber({ purePhoneNumber: '13580006666' });
const masked: string = maskPhoneNumber(number) + maskPhoneNumber('13580006666');
void masked;
const { avatar, isAnonymous } = decryptUserInfo(payload, policy);
expect<Same<typeof avatar, Avatar>>();
expect<Same<typeof isAnonymous, boolean>>();
expect<Same<ReturnType<typeof parseAvatar>, Avatar>>();
const resized: string = resizeAvatar(avatar.url, 132);
void resized;
// @ts-expect-error WeChat has pictures of these sizes only
resizeAvatar(avatar.url, 100);
const answer: PhoneNumberData = readPhoneNumberResponse(event, watermarkPolicy);
expect<Same<typeof answer.phone.region, string | null>>();

// signatures
expect<Same<ReturnType<typeof verifySignature>, boolean>>();
verifySignature({ rawData: '', signature: '' }, { sessionKey: ['x'] as const });
// @ts-expect-error the session key does not come from the client
verifySignature({ rawData: '', signature: '', sessionKey: 'x' }, {});
// @ts-expect-error the text, not what was parsed of it
verifySignature({ rawData: {}, signature: '' }, { sessionKey: 'x' });
expect<Same<ReturnType<typeof signWithSessionKey>, string>>();
signWithSessionKey('x', 'data');
signWithSessionKey('x');
// @ts-expect-error one key signs
signWithSessionKey(['x'], '');
expect<Same<ReturnType<typeof signPayment>, string>>();
// @ts-expect-error what is signed is needed
signPayment('k', 'u');

// message push
const config: MessagePushConfig = { token: 't', encodingAESKey: 'k', appid: 'wx' };
const push = new MessagePush(config);
expect<Same<ReturnType<typeof push.verify>, boolean>>();
expect<Same<ReturnType<typeof push.decrypt>, string>>();
push.decrypt('', { msg_signature: '', timestamp: '', nonce: '' });
const reply = push.encrypt('', { timestamp: '1', nonce: '2', random: new Uint8Array(16) });
expect<Same<typeof reply, { Encrypt: string; MsgSignature: string; TimeStamp: UnixSeconds; Nonce: string }>>();
push.encrypt('', { timestamp: new Date() });
push.encrypt('', { timestamp: 1 });
// @ts-expect-error signature is that of plain mode
push.decrypt('', { signature: '', timestamp: '', nonce: '' });
// @ts-expect-error a class
MessagePush(config);
// @ts-expect-error all three settings are needed
new MessagePush({ token: 't', encodingAESKey: 'k' });
// @ts-expect-error nothing of the settings can be read
push.token;
