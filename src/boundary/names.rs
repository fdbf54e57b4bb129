//! What JavaScript calls the fields that errors of the core name.

/// Names of the core and of JavaScript. A table takes a quarter of the module's bytes that a `match` takes.
const NAMES: [(&str, &str); 14] = [
    ("encrypted_data", "encryptedData"),
    ("session_key", "sessionKey"),
    ("max_age", "maxAge"),
    ("clock_skew", "clockSkew"),
    ("app_key", "appKey"),
    // Of message push.
    ("token", "config.token"),
    ("encoding_aes_key", "config.encodingAESKey"),
    ("appid", "config.appid"),
    ("nonce", "options.nonce"),
    ("timestamp", "options.timestamp"),
    ("random", "options.random"),
    // Of the channel.
    ("keys", "options.key"),
    ("encrypt_key", "options.key.encryptKey"),
    ("context", "options.context"),
];

/// The path that a JavaScript caller knows a field by. `iv`, `sealed`, `encrypt`, `message`, `uri`, `url` and `size` are the same in
/// both languages.
pub(super) fn in_javascript(field: &'static str) -> &'static str {
    NAMES.iter().find(|names| names.0 == field).map_or(field, |names| names.1)
}
