//! Every number that JavaScript and this module have to agree on. `cargo xtask protocol` writes
//! pkg-template/core/api-security-protocol.js from it; the form of requests and replies is that of the core's boundary.

use weapp_opendata::numbered;

/// Random bytes of one request: the initialisation vector, the length of `_n`, `_n`.
pub const RANDOM: usize = 37;

/// Most platform certificates at a time. Two are valid during a rotation.
pub const MAX_PLATFORM_KEYS: usize = 8;

numbered! {
    /// What a call does. «symmetricKey» is three texts: sn, key, algorithm; «asymmetricKey» as well: sn, privateKey, algorithm;
    /// «platform» three of each key: sn, certificate, publicKey, one of the two absent.
    Operation {
        /// Nothing: a host's first call, by which it compiles the module's way in.
        Nothing = 0,
        /// number of platform keys; appid, symmetricKey, asymmetricKey, platform. Parts: what the host has to make RSA keys of, in base64 of
        /// DER: the private key, then each public key; none for SM2. [`Detail`].
        Check = 1,
        /// now, whether an asymmetricKey is there; appid, symmetricKey, asymmetricKey, url, JSON of the params, [`RANDOM`] bytes. Parts:
        /// body, timestamp, signature or the text before the body that the host signs with it. [`Detail`].
        Seal = 2,
        /// now, number of platform keys; appid, url, the six headers, body, platform. Parts: timestamp, sn of the key; where the host has to
        /// verify, also the text before the body that was signed with it, and the signature in base64. [`Detail`].
        CheckAnswer = 3,
        /// whether the signature matches; appid, symmetricKey, url, timestamp as checked, body. Plaintext.
        Open = 4,
        /// Which key the host's crypto does not take: 0 for the private one. Fails.
        RefuseKey = 5,
    }
}

numbered! {
    /// Bits of the number beside a reply.
    Detail {
        /// The host has to sign or verify with RSA.
        ByHost = 1,
        /// The private key is PKCS#1.
        IsPkcs1 = 2,
        /// The certificate is about to be replaced.
        IsDeprecated = 4,
    }
}

/// Where the number of the platform key begins, beside the bits.
pub const KEY_SHIFT: u32 = 8;

/// The headers of an answer, in the order of the request.
pub const HEADERS: [&str; 6] = [
    "Wechatmp-Appid",
    "Wechatmp-TimeStamp",
    "Wechatmp-Serial",
    "Wechatmp-Signature",
    "Wechatmp-Serial-Deprecated",
    "Wechatmp-Signature-Deprecated",
];

/// Names and values for JavaScript, beside those of the enums.
pub const CONSTANTS: &[(&str, u64)] =
    &[("RANDOM", RANDOM as u64), ("MAX_PLATFORM_KEYS", MAX_PLATFORM_KEYS as u64), ("KEY_SHIFT", KEY_SHIFT as u64)];
