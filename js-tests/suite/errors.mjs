// Every code that can be raised, with its exact words. `message` may be reworded: then this table is reworded with it.

const NOW = 1700000100;

/** Raised only where loading is asynchronous; a test of the glue holds its words. */
const NOT_RAISED_HERE = ['NOT_INITIALIZED'];
/** The functions that the table covers. One more here asks for rows below, and perhaps for a shorter list above. */
const COVERED = [
  'MessagePush', 'OpenDataError', 'checkWatermark', 'decrypt', 'decryptMany', 'decryptPhoneNumber', 'decryptUserInfo', 'diagnose', 'init',
  'maskPhoneNumber', 'openChannel', 'parseAvatar', 'parsePhoneNumber', 'readCloudData', 'readPhoneNumberResponse', 'resizeAvatar', 'sealChannel',
  'signPayment', 'signWithSessionKey', 'verifySignature',
];

export default function (api, { test, assert, fixtures, errorCodes, policy }) {
  const { watermarks, repairs, keys, appid } = fixtures;
  const valid = watermarks.valid;
  const plain = repairs.plain;

  const open = (texts, more, fixture = plain) => () => {
    const all = { ...fixture, ...texts };
    return api.decrypt({ encryptedData: all.encryptedData, iv: all.iv }, policy({ sessionKey: all.sessionKey, ...more }));
  };
  const of = (fixture, more) => open({}, more, fixture);
  const check = (data, more) => () => api.checkWatermark(data, policy(more));
  const cloud = (value, more) => () => api.readCloudData(value, policy(more));
  const many = (records, more) => () => api.decryptMany(records, policy(more));
  const one = (record) => () => {
    const [result] = api.decryptMany([record], policy());
    throw result.reason;
  };

  const argument = (reason, message, run, hinted = false) => ['INVALID_ARGUMENT', reason, undefined, message, run, hinted];
  const wrong = (field, expected, found) => `${field}: expected ${expected}, found ${found}`;
  const text16 = 'base64 of 16 bytes';
  const SECONDS = 'a number of seconds, zero or more';
  const NOWS = 'seconds since 1970 or a Date';
  const APPID = 'an appid, a list of appids, or null';
  const KEYS = 'a session_key or a list of them';
  const throwing = (field) => Object.defineProperty({}, field, { get: () => { throw new Error('secret'); } });

  // [code, reason, errcode, message, call, has it a hint]
  const rows = [
    argument('MISSING', wrong('payload', 'an object', 'nothing'), () => api.decrypt()),
    argument('WRONG_TYPE', wrong('payload', 'an object', 'null'), () => api.decrypt(null, policy())),
    argument('WRONG_TYPE', wrong('payload', 'an object', 'an array'), () => api.decrypt([1, [2]], policy())),
    argument('WRONG_TYPE', wrong('payload', 'an object', 'a string'), () => api.decrypt('{}', policy())),
    argument('WRONG_TYPE', wrong('payload', 'an object', 'a string'), () => api.diagnose('x'.repeat(1048577), policy())),
    argument('UNREADABLE', 'payload: reading it threw an exception', () => api.decrypt(throwing('iv'), policy())),
    argument('MISSING', wrong('payload.encryptedData', 'a string', 'nothing'), open({ encryptedData: undefined })),
    argument('WRONG_TYPE', wrong('payload.encryptedData', 'a string', 'an object'), open({ encryptedData: {} })),
    argument('MISSING', wrong('payload.iv', 'a string', 'nothing'), open({ iv: undefined })),
    argument('WRONG_TYPE', wrong('payload.iv', 'a string', 'an array'), open({ iv: ['x'] })),
    argument('MISSING', wrong('policy', 'an object', 'nothing'), () => api.decrypt(plain)),
    argument('WRONG_TYPE', wrong('policy', 'an object', 'a function'), () => api.decrypt(plain, () => {})),
    argument('UNREADABLE', 'policy: reading it threw an exception', () => api.decrypt(plain, throwing('now'))),
    argument('MISSING', wrong('policy.sessionKey', KEYS, 'nothing'), open({ sessionKey: undefined })),
    argument('WRONG_TYPE', wrong('policy.sessionKey', KEYS, 'null'), open({ sessionKey: null })),
    argument('WRONG_TYPE', wrong('policy.sessionKey', 'a string', 'a number'), open({ sessionKey: [plain.sessionKey, 7] })),
    argument('EMPTY', `policy.sessionKey: expected ${KEYS}, found an empty one`, open({ sessionKey: [] })),
    argument('TOO_MANY', 'policy.sessionKey: expected at most 8 session keys, found more', open({ sessionKey: Array(9).fill('x') })),
    argument('WRONG_TYPE', wrong('policy.strict', 'true or false', 'a number'), open({}, { strict: 1 })),
    argument('MISSING', wrong('policy.appid', APPID, 'nothing'), open({}, { appid: undefined }), true),
    argument('WRONG_TYPE', wrong('policy.appid', APPID, 'a number'), open({}, { appid: 7 })),
    argument('WRONG_TYPE', wrong('policy.appid[]', 'an appid', 'null'), open({}, { appid: [appid, null] })),
    argument('EMPTY', 'policy.appid: expected an appid, found an empty one', open({}, { appid: '' })),
    argument('EMPTY', `policy.appid: expected ${APPID}, found an empty one`, open({}, { appid: [] })),
    argument('TOO_MANY', 'policy.appid: expected at most 1000 appids, found more', open({}, { appid: Array(1001).fill(appid) })),
    argument('WRONG_TYPE', wrong('policy.maxAge', SECONDS, 'a string'), open({}, { maxAge: '60' })),
    argument('OUT_OF_RANGE', `policy.maxAge: expected ${SECONDS}`, open({}, { maxAge: -1 })),
    argument('WRONG_TYPE', wrong('policy.clockSkew', SECONDS, 'a bigint'), open({}, { clockSkew: 1n })),
    argument('OUT_OF_RANGE', `policy.clockSkew: expected ${SECONDS}`, open({}, { clockSkew: NaN })),
    argument('WRONG_TYPE', wrong('policy.now', NOWS, 'a symbol'), open({}, { now: Symbol('x') })),
    argument('OUT_OF_RANGE', `policy.now: expected ${NOWS}`, open({}, { now: new Date(NaN) })),
    argument('MILLISECONDS', wrong('policy.now', NOWS, 'what can only be milliseconds'), open({}, { now: NOW * 1000 }), true),
    argument('WRONG_TYPE', wrong('policy.watermark', "'required' or 'optional'", 'a boolean'), open({}, { watermark: true })),
    argument('OUT_OF_RANGE', "policy.watermark: expected 'required' or 'optional'", open({}, { watermark: 'maybe' })),
    argument('OUT_OF_RANGE', "policy.watermark: expected 'required' or 'optional'", open({}, { watermark: 'x'.repeat(1048577) })),
    argument('MISSING', wrong('records', 'an array', 'nothing'), many()),
    argument('WRONG_TYPE', wrong('records', 'an array', 'an object'), many({ length: 0 })),
    argument('TOO_MANY', 'records: expected at most 100000 records, found more', many(Array(100001))),
    argument('MISSING', wrong('record', 'an object', 'nothing'), one()),
    argument('WRONG_TYPE', wrong('record', 'an object', 'an array'), one([])),
    argument('UNREADABLE', 'record: reading it threw an exception', one(throwing('iv'))),
    argument('MISSING', wrong('record.encryptedData', 'a string', 'nothing'), one({})),
    argument('WRONG_TYPE', wrong('record.iv', 'a string', 'null'), one({ ...plain, iv: null })),
    argument('MISSING', wrong('record.sessionKey', KEYS, 'nothing'), one({ ...plain, sessionKey: undefined })),
    argument('WRONG_TYPE', wrong('record.sessionKey', 'a string', 'a boolean'), one({ ...plain, sessionKey: [true] })),
    argument('EMPTY', `record.sessionKey: expected ${KEYS}, found an empty one`, one({ ...plain, sessionKey: [] })),
    argument('TOO_MANY', 'record.sessionKey: expected at most 8 session keys, found more', one({ ...plain, sessionKey: Array(9).fill('x') })),
    argument('MISSING', wrong('data', 'an object', 'nothing'), check()),
    argument('WRONG_TYPE', wrong('data', 'an object', 'a string'), check('{}')),
    argument('UNREADABLE', 'data: reading it threw an exception', check(throwing('watermark'))),
    argument('MISSING', wrong('value', 'what stands in place of a CloudID', 'nothing'), cloud()),
    argument('WRONG_TYPE', wrong('value', 'what stands in place of a CloudID', 'a number'), cloud(7)),
    argument('UNREADABLE', 'value: reading it threw an exception', cloud(throwing('errCode'))),
    argument('WRONG_TYPE', wrong('value.errCode', 'a number', 'a string'), cloud({ errCode: '-1' })),
    argument('WRONG_TYPE', wrong('value.data', 'an object of at most 1048576 characters of JSON', 'a number'), cloud({ data: 7 })),
    argument('OUT_OF_RANGE', 'value.data: expected an object of at most 1048576 characters of JSON', cloud({ json: 'x'.repeat(1048577) })),

    argument('MISSING', wrong('input', 'an object', 'nothing'), () => api.parsePhoneNumber()),
    argument('WRONG_TYPE', wrong('input', 'an object', 'a number'), () => api.parsePhoneNumber(13000000000)),
    argument('UNREADABLE', 'input: reading it threw an exception', () => api.parsePhoneNumber(throwing('countryCode'))),
    argument('MISSING', wrong('input.countryCode', 'a string or a number', 'nothing'), () => api.parsePhoneNumber({})),
    argument('MISSING', wrong('input.purePhoneNumber', 'a string', 'nothing'), () => api.parsePhoneNumber({ countryCode: 86 })),
    argument('WRONG_TYPE', wrong('options', 'an object', 'a string'), () => api.parsePhoneNumber('13000000000', '86')),
    argument('WRONG_TYPE', wrong('options.defaultCountryCode', 'a string or a number', 'an array'), () => api.parsePhoneNumber('13000000000', { defaultCountryCode: ['86'] })),
    argument('MISSING', wrong('phone', 'a string', 'nothing'), () => api.maskPhoneNumber()),
    argument('MISSING', wrong('phone.e164', 'a string', 'nothing'), () => api.maskPhoneNumber({})),
    argument('MISSING', wrong('url', 'a string', 'nothing'), () => api.parseAvatar()),
    argument('TOO_LONG', 'url: expected at most 8192 bytes, or 1048576 of a picture in base64, found a longer text', () => api.parseAvatar('x'.repeat(8193)), true),
    argument('MISSING', wrong('size', '0, 46, 64, 96 or 132', 'nothing'), () => api.resizeAvatar('x')),
    argument('OUT_OF_RANGE', 'size: expected 0, 46, 64, 96 or 132', () => api.resizeAvatar('x', 47)),
    argument('WRONG_TYPE', wrong('size', '0, 46, 64, 96 or 132', 'a string'), () => api.resizeAvatar('x', '46')),
    argument('MISSING', wrong('response', 'an object', 'nothing'), () => api.readPhoneNumberResponse()),
    argument('WRONG_TYPE', wrong('response.errcode', 'a number', 'a string'), () => api.readPhoneNumberResponse({ errcode: '0' }, policy())),
    argument('MISSING', wrong('response.phone_info', 'an object of at most 1048576 characters of JSON', 'nothing'), () => api.readPhoneNumberResponse({ errcode: 0 }, policy())),

    ...[
      ['EMPTY', 'expected digits, found an empty text', ''],
      ['MASKED', 'some digits are hidden', '130****0000'],
      ['NOT_A_NUMBER', 'expected digits, found something else', 'secret'],
      ['TOO_SHORT', 'fewer digits than any number of its calling code has', '1300'],
      ['TOO_LONG', 'more digits than any number of its calling code has', '13000000000000000'],
      ['INVALID_COUNTRY_CODE', 'the calling code is not in use, or not that of the number', '+99913000000000'],
    ].map(([reason, words, text]) => ['INVALID_PHONE_NUMBER', reason, undefined, `phone number: ${words}`, () => api.parsePhoneNumber(text), undefined]),

    ['WATERMARK_MISSING', 'WRONG_SHAPE', -41003, 'the watermark is not an object with a text appid and a whole number of seconds as timestamp', check({ watermark: 1n }), true],
    ['DECRYPT_FAILED', undefined, -41003, 'encryptedData does not open with the given sessionKey and iv', of(valid, { sessionKey: keys.stale }), true],
    ['WATERMARK_MISSING', 'ABSENT', -41003, 'the data holds no watermark', of(watermarks.absent), true],
    ['WATERMARK_MISSING', 'WRONG_SHAPE', -41003, 'the watermark is not an object with a text appid and a whole number of seconds as timestamp', of(fixtures.wrongShapes[0]), true],
    ['WATERMARK_MISSING', 'MILLISECONDS', -41003, 'watermark.timestamp can only be milliseconds; WeChat writes seconds', of(watermarks.milliseconds), true],
    ['APPID_MISMATCH', undefined, -41003, 'watermark.appid is not the expected app', of(watermarks.otherApp), true],
    ['WATERMARK_EXPIRED', undefined, undefined, 'watermark.timestamp is older than maxAge allows', of(valid, { maxAge: 1 }), true],
    ['WATERMARK_IN_FUTURE', undefined, undefined, 'watermark.timestamp lies further in the future than clockSkew allows', of(valid, { now: 0 }), true],
    ['WECHAT_ERROR', undefined, -601006, 'WeChat answered with errcode -601006', cloud({ errCode: -601006, errMsg: 'x' }), true],
    ['WECHAT_ERROR', undefined, 40001, 'WeChat answered with errcode 40001', cloud({ errCode: 40001 }), true],
    ['WECHAT_ERROR', undefined, 12345, 'WeChat answered with errcode 12345', cloud({ errCode: 12345 }), false],
    ['CLOUD_ID_NOT_RESOLVED', undefined, undefined, 'the CloudID was not replaced with data', cloud('43_x'), true],
  ];

  const { config, query, opened, otherApp, notOpened, noCiphertext } = fixtures.push;
  const verify = (payload, more) => () => api.verifySignature({ rawData: '', signature: '', ...payload }, { sessionKey: plain.sessionKey, ...more });
  const make = (more) => () => new api.MessagePush({ ...config, ...more });
  const push = (run) => () => run(new api.MessagePush(config));
  const reply = (more) => push((one) => one.encrypt('', { timestamp: 5, nonce: 'n', random: new Uint8Array(16), ...more }));
  const frame = (one, more) => push((instance) => instance.decrypt(one.encrypt, { ...one.query, ...more }));
  const TIME = 'seconds since 1970';
  rows.push(
    argument('MISSING', wrong('payload.rawData', 'a string', 'nothing'), verify({ rawData: undefined })),
    argument('WRONG_TYPE', wrong('payload.rawData', 'a string', 'an object'), verify({ rawData: {} })),
    argument('TOO_LONG', 'payload.rawData: expected at most 1048576 characters, found a longer text', verify({ rawData: 'x'.repeat(1048577) }), true),
    argument('WRONG_TYPE', wrong('payload.signature', 'a string', 'null'), verify({ signature: null })),
    argument('MISSING', wrong('policy.sessionKey', KEYS, 'nothing'), verify({}, { sessionKey: undefined })),
    ['ILLEGAL_SESSION_KEY', 'MISSING_PADDING', -41001, "sessionKey: '=' at the end is missing", verify({}, { sessionKey: 'A'.repeat(22) }), true],
    argument('MISSING', wrong('sessionKey', 'a string', 'nothing'), () => api.signWithSessionKey()),
    argument('WRONG_TYPE', wrong('data', 'a string', 'an object'), () => api.signWithSessionKey(plain.sessionKey, {})),
    argument('EMPTY', 'appKey: expected the appKey of virtual payment, found an empty one', () => api.signPayment('', 'u', 'd')),
    argument('EMPTY', 'uri: expected a uri, found an empty one', () => api.signPayment('k', '', 'd')),
    argument('MISSING', wrong('signData', 'a string', 'nothing'), () => api.signPayment('k', 'u')),
    argument('MISSING', wrong('config', 'an object', 'nothing'), () => new api.MessagePush()),
    argument('UNREADABLE', 'config: reading it threw an exception', () => new api.MessagePush(throwing('token'))),
    argument('WRONG_TYPE', wrong('config.token', 'a string', 'a number'), make({ token: 7 })),
    argument('EMPTY', 'config.token: expected a token, found an empty one', make({ token: '' })),
    argument('EMPTY', 'config.appid: expected an appid, found an empty one', make({ appid: '' })),
    argument('WRONG_LENGTH', 'config.encodingAESKey: expected 43 letters and digits, found 44 bytes', make({ encodingAESKey: 'secret12345'.repeat(4) }), true),
    argument('ILLEGAL_CHARACTER', 'config.encodingAESKey: a character outside the base64 alphabet', make({ encodingAESKey: `${'secret'.repeat(7)}-` }), true),
    argument('MISSING', wrong('this', 'a MessagePush', 'nothing'), push(({ verify }) => verify(query))),
    argument('WRONG_TYPE', wrong('query.nonce', 'a string', 'an array'), push((one) => one.verify({ ...query, nonce: ['x'] }))),
    argument('MISSING', wrong('query.signature', 'a string', 'nothing'), push((one) => one.verify({}))),
    argument('MISSING', wrong('encrypt', 'a string', 'nothing'), push((one) => one.decrypt())),
    argument('MISSING', wrong('query.msg_signature', 'a string', 'nothing'), frame(opened[0], { msg_signature: undefined })),
    argument('MISSING', wrong('message', 'a string', 'nothing'), push((one) => one.encrypt())),
    argument('TOO_LONG', 'message: expected what makes at most 1048576 characters of Encrypt, found a longer text', push((one) => one.encrypt('x'.repeat(786432), { timestamp: 5, nonce: 'n', random: new Uint8Array(16) })), true),
    argument('OUT_OF_RANGE', `options.timestamp: expected ${TIME}`, reply({ timestamp: 'secret' })),
    argument('MILLISECONDS', wrong('options.timestamp', TIME, 'what can only be milliseconds'), reply({ timestamp: NOW * 1000 }), true),
    argument('EMPTY', 'options.nonce: expected a nonce, found an empty one', reply({ nonce: '' })),
    argument('OUT_OF_RANGE', 'options.random: expected a Uint8Array of 16 random bytes', reply({ random: new Uint8Array(15) })),
    argument('WRONG_TYPE', wrong('options.random', 'a Uint8Array of 16 random bytes', 'an object'), reply({ random: new DataView(new ArrayBuffer(16)) })),
    ['SIGNATURE_MISMATCH', undefined, undefined, 'msg_signature does not match token, timestamp, nonce and encrypt', frame(opened[0], { nonce: 'x' }), true],
    ['DECRYPT_FAILED', undefined, -41003, 'the Encrypt text does not open with the given encodingAESKey', frame(notOpened[0]), true],
    ['APPID_MISMATCH', undefined, -41003, 'the message is for another app than config.appid', frame(otherApp[0]), true],
    ['ILLEGAL_BASE64', 'ILLEGAL_CHARACTER', -41004, 'encrypt: a character outside the base64 alphabet', frame(noCiphertext.ILLEGAL_CHARACTER), true],
    ['ILLEGAL_BUFFER', 'EMPTY', -41003, 'encrypt: expected base64 of a multiple of 32 bytes, found an empty text', frame(noCiphertext.EMPTY), true],
    ['ILLEGAL_BUFFER', 'WRONG_LENGTH', -41003, 'encrypt: expected base64 of a multiple of 32 bytes, found 48 bytes', frame(noCiphertext.WRONG_LENGTH), true],
  );

  // The channel.
  const [sealedVector] = fixtures.channel;
  const key = { encryptKey: sealedVector.encryptKey, version: sealedVector.version };
  const CHANNEL_KEY = 'a channel key';
  const CHANNEL_KEYS = 'a channel key or a list of them';
  const VERSION = 'a whole number from 0 to 4294967295';
  const RANDOM = 'a Uint8Array of 12 bytes';
  const sealing = (more) => () => api.sealChannel('x', { key, context: '', random: new Uint8Array(12), ...more });
  const opening = (sealed, more) => () => api.openChannel(sealed, { key, context: '', ...more });
  const keyed = (more) => opening('', { key: { ...key, ...more } });
  rows.push(
    argument('MISSING', wrong('message', 'a string', 'nothing'), () => api.sealChannel()),
    argument('WRONG_TYPE', wrong('message', 'a string', 'an object'), () => api.sealChannel({}, {})),
    argument('TOO_LONG', 'message: expected at most 786399 bytes of UTF-8, found a longer text', () => api.sealChannel('x'.repeat(1048577), {})),
    argument('MISSING', wrong('options', 'an object', 'nothing'), () => api.sealChannel('secret')),
    argument('UNREADABLE', 'options: reading it threw an exception', () => api.sealChannel('secret', throwing('context'))),
    argument('MISSING', wrong('options.key', CHANNEL_KEY, 'nothing'), sealing({ key: undefined })),
    argument('WRONG_TYPE', wrong('options.key', CHANNEL_KEY, 'an array'), sealing({ key: [key] })),
    argument('UNREADABLE', 'options.key: reading it threw an exception', sealing({ key: throwing('version') })),
    argument('MISSING', wrong('options.context', 'a string', 'nothing'), sealing({ context: undefined })),
    argument('TOO_LONG', 'options.context: expected at most 1048576 bytes of UTF-8, found a longer text', sealing({ context: 'x'.repeat(1048577) })),
    argument('WRONG_TYPE', wrong('options.random', RANDOM, 'null'), sealing({ random: null })),
    argument('WRONG_TYPE', wrong('options.random', RANDOM, 'an array'), sealing({ random: Array(12).fill(1) })),
    argument('WRONG_TYPE', wrong('options.random', RANDOM, 'an object'), sealing({ random: new ArrayBuffer(12) })),
    argument('OUT_OF_RANGE', `options.random: expected ${RANDOM}`, sealing({ random: new Uint8Array(11) })),
    argument('OUT_OF_RANGE', `options.random: expected ${RANDOM}`, sealing({ random: new Uint8Array(13) })),
    argument('OUT_OF_RANGE', `options.random: expected ${RANDOM}`, sealing({ random: new Uint8Array(1048577) })),
    argument('MISSING', wrong('sealed', 'a string', 'nothing'), () => api.openChannel()),
    argument('MISSING', wrong('options', 'an object', 'nothing'), () => api.openChannel('x')),
    argument('MISSING', wrong('options.key', CHANNEL_KEYS, 'nothing'), opening('', { key: undefined })),
    argument('WRONG_TYPE', wrong('options.key', CHANNEL_KEYS, 'a string'), opening('', { key: key.encryptKey })),
    argument('EMPTY', `options.key: expected ${CHANNEL_KEYS}, found an empty one`, opening('', { key: [] })),
    argument('TOO_MANY', 'options.key: expected at most 8 channel keys, found more', opening('', { key: Array(9).fill(key) })),
    argument('WRONG_TYPE', wrong('options.key[]', CHANNEL_KEY, 'null'), opening('', { key: [key, null] })),
    argument('UNREADABLE', 'options.key[]: reading it threw an exception', opening('', { key: [key, throwing('version')] })),
    argument('MISSING', wrong('options.context', 'a string', 'nothing'), opening('', { context: undefined })),
    argument('WRONG_TYPE', wrong('options.key.encryptKey', 'a string', 'an object'), keyed({ encryptKey: new Uint8Array(16) })),
    argument('OUT_OF_RANGE', 'options.key.encryptKey: expected base64 of 16 bytes', keyed({ encryptKey: key.encryptKey.slice(0, 22) })),
    argument('OUT_OF_RANGE', 'options.key.encryptKey: expected base64 of 16 bytes', keyed({ encryptKey: '6003f73ec441c386' })),
    argument('OUT_OF_RANGE', 'options.key.encryptKey: expected base64 of 16 bytes', keyed({ encryptKey: 'x'.repeat(1048577) })),
    argument('MISSING', wrong('options.key.version', VERSION, 'nothing'), keyed({ version: undefined })),
    argument('WRONG_TYPE', wrong('options.key.version', VERSION, 'a string'), keyed({ version: '1' })),
    ...[-1, 0.5, 4294967296, NaN, Infinity].map((version) => argument('OUT_OF_RANGE', `options.key.version: expected ${VERSION}`, keyed({ version }))),
    ['ILLEGAL_BASE64', 'NOT_BASE64URL', -41004, 'sealed: expected base64url without padding, found something else', opening('secret secret'), true],
    ['ILLEGAL_BUFFER', 'WRONG_LENGTH', -41003, 'sealed: expected at least 33 bytes in base64url, found 0 bytes', opening(''), true],
    ['ILLEGAL_BUFFER', 'WRONG_LENGTH', -41003, 'sealed: expected at least 33 bytes in base64url, found 32 bytes', opening('A'.repeat(43)), true],
    ['ILLEGAL_BUFFER', 'TOO_LONG', -41003, 'sealed: expected at most 1048576 characters, found a longer text', opening('A'.repeat(1048577)), false],
    ['ILLEGAL_BUFFER', 'FORMAT_VERSION', -41003, 'sealed: expected version 1 of the format, found version 0', opening('A'.repeat(44)), true],
    ['DECRYPT_FAILED', 'KEY_VERSION', -41003, 'sealed: no key of version 4294967295 was given', opening(`Af____8${'A'.repeat(37)}`), true],
    ['DECRYPT_FAILED', undefined, -41003, 'sealed: does not open with the given key and context', opening(sealedVector.sealed, { context: 'secret' }), true],
  );

  // The three texts of a payload fail in the same ways, each under its own code.
  const texts = [
    ['encryptedData', 'ILLEGAL_BASE64', -41004, 'ILLEGAL_BUFFER', -41003, 'base64 of a multiple of 16 bytes'],
    ['iv', 'ILLEGAL_IV', -41002, 'ILLEGAL_IV', -41002, text16],
    ['sessionKey', 'ILLEGAL_SESSION_KEY', -41001, 'ILLEGAL_SESSION_KEY', -41001, text16],
  ];
  for (const [field, code, errcode, lengthCode, lengthErrcode, expected] of texts) {
    const bad = (value, more) => open({ [field]: value }, more);
    const text = repairs.keyAndIvHold[field].replace(/=+$/, '').slice(0, 22);
    const strict = { strict: true };
    rows.push(
      [code, 'LOST_PLUS', errcode, `${field}: spaces stand where '+' was lost on the way`, bad(`${text.slice(0, 4)} AAAAAAAAAAAAAAAAA==`, strict), true],
      [code, 'WHITESPACE', errcode, `${field}: line breaks, tabs or spaces within or around the text`, bad(`AAAA\n${'A'.repeat(18)}==`, strict), true],
      [code, 'PERCENT_ENCODING', errcode, `${field}: percent-encoded text`, bad('%', {}), true],
      [code, 'URL_SAFE_ALPHABET', errcode, `${field}: URL-safe base64 ('-' and '_')`, bad(`-_${'A'.repeat(20)}==`, strict), true],
      [code, 'MISSING_PADDING', errcode, `${field}: '=' at the end is missing`, bad('A'.repeat(22), strict), true],
      [code, 'ILLEGAL_CHARACTER', errcode, `${field}: a character outside the base64 alphabet`, bad('!'), true],
      [code, 'MISPLACED_PADDING', errcode, `${field}: '=' in the wrong place`, bad('A=AA'), true],
      [code, 'TRAILING_BITS', errcode, `${field}: the last character has bits that no encoder writes`, bad(`${'A'.repeat(21)}B==`), true],
      [code, 'TRUNCATED', errcode, `${field}: a number of characters that no base64 text has`, bad('AAAAA'), true],
      [lengthCode, 'EMPTY', lengthErrcode, `${field}: expected ${expected}, found an empty text`, bad(''), true],
      [lengthCode, 'WRONG_LENGTH', lengthErrcode, `${field}: expected ${expected}, found 3 bytes`, bad('AAAA'), true],
      [lengthCode, 'TOO_LONG', lengthErrcode, `${field}: expected at most 1048576 characters, found a longer text`, bad('A'.repeat(1048577)), true],
    );
  }
  const session = (sessionKey) => open({ sessionKey });
  rows.push(
    ['ILLEGAL_SESSION_KEY', 'HEXADECIMAL', -41001, `sessionKey: expected ${text16}, found 32 hexadecimal digits`, session('0123456789abcdef'.repeat(2)), true],
    ['ILLEGAL_SESSION_KEY', 'ENCODED_TWICE', -41001, `sessionKey: expected ${text16}, found base64 of 24 characters of base64`, session('QUFBQUFBQUFBQUFBQUFBQUFBQUFBQT09'), true],
    ['ILLEGAL_SESSION_KEY', 'ENCODING_AES_KEY', -41001, `sessionKey: expected ${text16}, found 32`, session(`${'A'.repeat(42)}E=`), true],
  );

  const raised = new Set();
  for (const [code, reason, errcode, message, run, hinted] of rows) {
    test(`${code} ${reason || ''}: ${message}`, () => {
      const what = message;
      const errmsg = code === 'WECHAT_ERROR' ? (errcode === -601006 ? 'x' : '') : undefined;
      const error = assert.refuses(api, run, { name: 'OpenDataError', code, reason, errcode, errmsg, message }, what);
      raised.add(code);
      assert.ok(error instanceof Error, 'an Error');
      assert.equal(error.cause, undefined, 'cause');
      assert.equal(typeof error.stack, 'string', 'stack');
      assert.equal(error.stack.split('\n')[0], `OpenDataError: ${message}`, 'first line of the stack');
      if (hinted !== undefined) assert.equal(error.hint !== undefined, hinted, `hint ${error.hint}`);
      if (error.hint !== undefined) assert.ok(/^[A-Za-z`_]+.* \/ .*[\u4e00-\u9fff]/.test(error.hint), error.hint);
      // What may be logged: these fields and no others, and in them nothing that was passed in.
      const fields = ['code', 'errcode', 'errmsg', 'reason', 'hint'].filter((field) => error[field] !== undefined);
      assert.same(Object.keys(error).sort(), fields.sort(), 'enumerable properties');
      const logged = `${error.stack}${JSON.stringify(error)}${error.message}`;
      for (const secret of [config.token, config.encodingAESKey, 'secret12345', plain.sessionKey, plain.iv, valid.sessionKey, valid.iv, plain.encryptedData.slice(0, 16), fixtures.channel[0].encryptKey, '13000000000', 'secret', '43_x']) {
        assert.ok(!logged.includes(secret), 'nothing that was passed in');
      }
    });
  }

  test('every code of index.d.ts stands in the table or in a list of what cannot be raised', () => {
    assert.ok(errorCodes.length >= 15, 'the codes of index.d.ts');
    const expected = [...raised, ...NOT_RAISED_HERE];
    assert.same([...expected].sort(), [...errorCodes].sort());
  });

  test('the table covers every function that there is', () => {
    assert.same(Object.keys(api).filter((name) => name !== 'default' && name !== 'module.exports').sort(), COVERED);
  });
}
