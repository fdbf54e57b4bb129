// Written by `cargo xtask protocol` from src/boundary/protocol.rs, which says what the numbers mean.

// Operations.
export const NOTHING = 0;
export const DECRYPT = 1;
export const DECRYPT_PHONE_NUMBER = 2;
export const DECRYPT_USER_INFO = 3;
export const DECRYPT_MANY = 4;
export const DIAGNOSE = 5;
export const CHECK_WATERMARK = 6;
export const READ_PHONE_NUMBER = 7;
export const REFUSE_BY_WECHAT = 8;
export const REFUSE_CLOUD_ID = 9;
export const PARSE_PHONE_TEXT = 10;
export const PARSE_PHONE_FIELDS = 11;
export const MASK_PHONE = 12;
export const PARSE_AVATAR = 13;
export const RESIZE_AVATAR = 14;
export const VERIFY_SIGNATURE = 15;
export const SIGN_WITH_SESSION_KEY = 16;
export const SIGN_PAYMENT = 17;
export const CHECK_PUSH = 18;
export const VERIFY_PUSH = 19;
export const DECRYPT_PUSH = 20;
export const ENCRYPT_PUSH = 21;
export const SEAL_CHANNEL = 22;
export const OPEN_CHANNEL = 23;

// Flags of a policy.
export const STRICT = 1;
export const WATERMARK_OPTIONAL = 2;
export const ANY_APPID = 4;

// What stands where a watermark is looked for.
export const STAMP_ABSENT = 0;
export const STAMP_WRONG_SHAPE = 1;
export const STAMP_PRESENT = 2;

// Where the words of a reply's frame are.
export const FRAME_STATUS = 0;
export const FRAME_REPLY = 4;
export const FRAME_REPLY_LEN = 8;
export const FRAME_DETAIL = 12;
export const FRAME_PLAINTEXT = 16;
export const FRAME_PLAINTEXT_LEN = 20;
export const FRAME_OFFSETS = 24;

// Bits beside an avatar.
export const AVATAR_NEEDS_UPLOAD = 65536;
export const AVATAR_IS_DEFAULT = 131072;
export const PROFILE_IS_ANONYMOUS = 262144;
export const PROFILE_MISSING = 524288;

// Shifts of the lengths beside a phone number.
export const PHONE_E164 = 0;
export const PHONE_PREFIX = 8;
export const PHONE_REGION = 16;
export const PHONE_IS_VALID = 24;

// Marks and limits.
export const ABSENT = 4294967295;
export const OVERSIZE = 4294967294;
export const NOT_ASCII = 2147483648;
export const MAX_TEXT = 1048576;
export const MAX_SESSION_KEYS = 8;
export const MAX_APPIDS = 1000;
export const MAX_RECORDS = 100000;
export const MAX_CHANNEL_KEYS = 8;
export const MAX_CHANNEL_MESSAGE = 786399;
export const CHANNEL_RANDOM = 12;
export const PUSH_RANDOM = 16;
export const FIRST_MILLISECONDS = 100000000000;
export const AVATAR_PIXELS = 65535;

// The codes of errors that the module raises, for tests.
export const CODES = [
  'INVALID_ARGUMENT',
  'ILLEGAL_SESSION_KEY',
  'ILLEGAL_IV',
  'ILLEGAL_BASE64',
  'ILLEGAL_BUFFER',
  'DECRYPT_FAILED',
  'WATERMARK_MISSING',
  'APPID_MISMATCH',
  'WATERMARK_EXPIRED',
  'WATERMARK_IN_FUTURE',
  'INVALID_PHONE_NUMBER',
  'WECHAT_ERROR',
  'CLOUD_ID_NOT_RESOLVED',
  'SIGNATURE_MISMATCH',
];

// Their reasons, for tests.
export const REASONS = [
  'ABSENT',
  'EMPTY',
  'ENCODED_TWICE',
  'ENCODING_AES_KEY',
  'FORMAT_VERSION',
  'HEXADECIMAL',
  'ILLEGAL_CHARACTER',
  'INVALID_COUNTRY_CODE',
  'KEY_VERSION',
  'LOST_PLUS',
  'MASKED',
  'MILLISECONDS',
  'MISPLACED_PADDING',
  'MISSING',
  'MISSING_PADDING',
  'NOT_A_NUMBER',
  'NOT_BASE64URL',
  'OUT_OF_RANGE',
  'PERCENT_ENCODING',
  'TOO_LONG',
  'TOO_MANY',
  'TOO_SHORT',
  'TRAILING_BITS',
  'TRUNCATED',
  'URL_SAFE_ALPHABET',
  'WHITESPACE',
  'WRONG_LENGTH',
  'WRONG_SHAPE',
  'WRONG_TYPE',
];
