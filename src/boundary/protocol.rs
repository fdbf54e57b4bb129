//! Every number that JavaScript and the module have to agree on. `cargo xtask protocol` writes pkg-template/core/protocol.js from it.
//!
//! # Request
//! The length of the head as u32; the head, which is numbers as f64, then the length of each text as u32; the texts, one after the
//! other. All are little-endian. [`Operation`] says how many numbers and texts an operation has, and in which order.
//!
//! # Reply
//! [`Frame`](super::exchange::Frame), at the address that `call` returns.

use crate::channel::{MAX_CHANNEL_KEYS, MAX_MESSAGE};
use crate::session::MAX_SESSION_KEYS;
pub use crate::templates::{NOT_ASCII, TEMPLATES, Template, Value};
use crate::transport::MAX_TEXT;
use crate::watermark::FIRST_MILLISECONDS;

/// In place of the length of a text: there is no such text.
pub const ABSENT: u32 = u32::MAX;
/// In place of the length of a text: it is longer than [`MAX_TEXT`] and was not copied.
pub const OVERSIZE: u32 = u32::MAX - 1;

/// Declares an enum whose variants have numbers, and a list of them for the build.
#[doc(hidden)]
#[macro_export]
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $number:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum $name {
            $($(#[$item])* $variant = $number,)+
        }

        impl $name {
            /// Names and numbers.
            pub const ALL: &[(&str, u32)] = &[$((stringify!($variant), $number)),+];

            /// The variant of this number.
            #[must_use]
            pub const fn of(number: u32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

numbered! {
    /// What a call does. «policy» is five numbers: [`flags`](PolicyFlag), now, maxAge and clockSkew (NaN where the policy has none), the
    /// number of appids. «stamp» is two: [`Stamp`], timestamp.
    Operation {
        /// Nothing: a host's first call, by which it compiles the module's way in.
        Nothing = 0,
        /// policy, number of session keys; `encryptedData`, `iv`, session keys, appids. Plaintext, with its offsets.
        Decrypt = 1,
        /// The same. Beside the plaintext the number: [`PHONE`].
        DecryptPhoneNumber = 2,
        /// The same. Beside the plaintext the avatar: parts, [`AvatarFlag`].
        DecryptUserInfo = 3,
        /// policy, number of records, and of each its number of session keys; appids, and of each record `encryptedData`, `iv`, session
        /// keys. For each record the length of its plaintext, its offsets and the plaintext, or [`ABSENT`] where it failed. The detail is
        /// the address of the errors of those.
        DecryptMany = 4,
        /// As [`Decrypt`](Self::Decrypt). Parts: code, reason, repairs with commas between, notes. The detail: 1 if it opened, plus 256
        /// times the number of the key, from 1.
        Diagnose = 5,
        /// policy, stamp; the stamp's appid, appids.
        CheckWatermark = 6,
        /// policy, stamp; the stamp's appid, `countryCode`, `purePhoneNumber`, appids. The number: [`PHONE`].
        ReadPhoneNumber = 7,
        /// errcode; errmsg. Fails with `WECHAT_ERROR`.
        RefuseByWechat = 8,
        /// Fails with `CLOUD_ID_NOT_RESOLVED`.
        RefuseCloudId = 9,
        /// text, `defaultCountryCode`. The number: [`PHONE`].
        ParsePhoneText = 10,
        /// `countryCode`, `purePhoneNumber`, `defaultCountryCode`. The number: [`PHONE`].
        ParsePhoneFields = 11,
        /// text. Text.
        MaskPhone = 12,
        /// url. Parts, [`AvatarFlag`].
        ParseAvatar = 13,
        /// size; url. Text.
        ResizeAvatar = 14,
        /// number of session keys; `rawData`, `signature`, session keys. The detail: 1 if it matches.
        VerifySignature = 15,
        /// session key, data. Text.
        SignWithSessionKey = 16,
        /// `appKey`, `uri`, `signData`. Text.
        SignPayment = 17,
        /// «config»: token, `encodingAESKey`, appid.
        CheckPush = 18,
        /// config, `signature`, `timestamp`, `nonce`. The detail: 1 if it matches.
        VerifyPush = 19,
        /// config, `encrypt`, `msg_signature`, `timestamp`, `nonce`. Text.
        DecryptPush = 20,
        /// timestamp, and whether the nonce is bytes to make a number of; config, message, nonce, 16 random bytes. Parts: Encrypt,
        /// MsgSignature, TimeStamp, Nonce.
        EncryptPush = 21,
        /// version; message, `encryptKey`, context, 12 random bytes. Text.
        SealChannel = 22,
        /// number of keys, version of each; sealed, context, `encryptKey` of each. Text.
        OpenChannel = 23,
    }
}

numbered! {
    /// Bits of a policy's flags.
    PolicyFlag {
        /// `strict: true`.
        Strict = 1,
        /// `watermark: 'optional'`.
        WatermarkOptional = 2,
        /// `appid: null`.
        AnyAppid = 4,
    }
}

numbered! {
    /// What stands where a watermark is looked for.
    Stamp {
        /// Nothing.
        StampAbsent = 0,
        /// Something else than an object with a text appid and a number as timestamp.
        StampWrongShape = 1,
        /// Appid and timestamp.
        StampPresent = 2,
    }
}

numbered! {
    /// Bits of the detail beside an avatar's parts (kind, url, extension, file name). The bits below them are the size in pixels.
    AvatarFlag {
        /// `needsUpload`
        AvatarNeedsUpload = 0x10000,
        /// `isDefault`
        AvatarIsDefault = 0x20000,
        /// `isAnonymous`, of a profile.
        ProfileIsAnonymous = 0x40000,
        /// The data has no texts `nickName` and `avatarUrl`. There are no parts.
        ProfileMissing = 0x80000,
    }
}

/// The pixels among an avatar's flags.
pub const AVATAR_PIXELS: u32 = 0xFFFF;

/// A phone number is one text, E.164, region and type one after the other, and a detail: from the lowest byte the length of E.164,
/// of `+` with the calling code, of the region, and 1 if the number is valid. The shifts, in this order.
pub const PHONE: [(&str, u32); 4] =
    [("PHONE_E164", 0), ("PHONE_PREFIX", 8), ("PHONE_REGION", 16), ("PHONE_IS_VALID", 24)];

/// Most appids of a policy: a service provider's apps fit, and a hostile list does not cost much.
pub const MAX_APPIDS: usize = 1000;
/// Most records of one call.
pub const MAX_RECORDS: usize = 100_000;
/// Random bytes of a sealed text and of a pushed reply.
pub const CHANNEL_RANDOM: usize = 12;
/// As above.
pub const PUSH_RANDOM: usize = 16;

/// Names and values for JavaScript, beside those of the enums.
pub const CONSTANTS: &[(&str, u64)] = &[
    ("ABSENT", ABSENT as u64),
    ("OVERSIZE", OVERSIZE as u64),
    ("NOT_ASCII", NOT_ASCII as u64),
    ("MAX_TEXT", MAX_TEXT as u64),
    ("MAX_SESSION_KEYS", MAX_SESSION_KEYS as u64),
    ("MAX_APPIDS", MAX_APPIDS as u64),
    ("MAX_RECORDS", MAX_RECORDS as u64),
    ("MAX_CHANNEL_KEYS", MAX_CHANNEL_KEYS as u64),
    ("MAX_CHANNEL_MESSAGE", MAX_MESSAGE as u64),
    ("CHANNEL_RANDOM", CHANNEL_RANDOM as u64),
    ("PUSH_RANDOM", PUSH_RANDOM as u64),
    ("FIRST_MILLISECONDS", FIRST_MILLISECONDS as u64),
    ("AVATAR_PIXELS", AVATAR_PIXELS as u64),
];
