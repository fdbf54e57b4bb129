// Written by `cargo xtask protocol` from api-security/src/protocol.rs, which says what the numbers mean.

// Operations.
export const NOTHING = 0;
export const CHECK = 1;
export const SEAL = 2;
export const CHECK_ANSWER = 3;
export const OPEN = 4;
export const REFUSE_KEY = 5;

// Bits beside a reply, and where a key's number begins.
export const BY_HOST = 1;
export const IS_PKCS1 = 2;
export const IS_DEPRECATED = 4;

// Limits.
export const RANDOM = 37;
export const MAX_PLATFORM_KEYS = 8;
export const KEY_SHIFT = 8;

// The headers of an answer, in the order of the request.
export const HEADERS = [
  'Wechatmp-Appid',
  'Wechatmp-TimeStamp',
  'Wechatmp-Serial',
  'Wechatmp-Signature',
  'Wechatmp-Serial-Deprecated',
  'Wechatmp-Signature-Deprecated',
];
