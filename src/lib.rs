//! Opens what WeChat hands to mini-programs encrypted (`encryptedData`), checks it, and says plainly why when it cannot.
//!
//! # The threat first
//!
//! The data is AES-128-CBC under the user's session_key. CBC is not authenticated: whoever can alter the ciphertext can alter the
//! plaintext. The watermark inside is no signature: whoever holds the session_key can make any payload. So the session_key stays on
//! the server, and every failure of decryption is answered alike: one code and one message for padding, UTF-8 and JSON.
//!
//! # The way of one payload
//!
//! [`decrypt`] decodes the texts, putting right what transit is known to do to them ([`Repair`]), decrypts with each session_key in
//! turn, makes sure that the plaintext is one JSON object and checks its watermark ([`WatermarkPolicy`]). The text comes back as
//! WeChat wrote it. [`diagnose`] tells a developer why a payload does not open.
//!
//! ```
//! use weapp_opendata::{DecryptPolicy, Payload, WatermarkPolicy, decrypt};
//!
//! // Synthetic data under the session_key and appid that WeChat published in its sample code.
//! let payload = Payload {
//!     encrypted_data: "xT8p8W6jIVdEWQ+ccHuD2bmG5RSiwg14VWRFw/UGVh6Aj+jDIadafJ4xdCIBQ/uxDiyw/MZWvpFyRn3pP3xxVfNQxFtzghvK+Pj5JQI7x412Zc+UKBdZyt5yiQboroSxabTum1k4MMOlnoCxhJ46cxPDT2EuLbNUf2McwNtGO0/9E+Xj/ZwENw48ucueL3UqNoKpXxFYvqH6eawrR2MXnA==",
//!     iv: "r7BXXKkLb8qrSNn05n0qiA==",
//! };
//! let policy = DecryptPolicy {
//!     session_keys: &["tiihtNczf5v6AKRyjwEUhQ=="],
//!     strict: false,
//!     watermark: WatermarkPolicy::new(&["wx4f4bc4dec97d474b"], 1_477_314_200),
//! };
//! let opened = decrypt(payload, &policy)?;
//! assert!(opened.as_str().starts_with(r#"{"phoneNumber":"13580006666""#));
//! # Ok::<(), weapp_opendata::Error>(())
//! ```
//!
//! [`verify_signature`] and [`sign_with_session_key`] are the signatures under a session_key; [`MessagePush`] is WeChat's message push
//! in secure mode.
//!
//! [`phone`] brings numbers into one canonical form with libphonenumber's judgement; [`avatar`] tells apart every kind of avatar
//! path; [`channel`] seals and opens text between mini-program and backend.
//!
//! # What it does not know
//!
//! No clock (the caller passes `now`), no randomness, no I/O, no JavaScript. `no_std` with `alloc`. The features `bindgen`,
//! `baseline`, `miniprogram` and `standalone` are for the npm package's build and mean something on `wasm32` only; `internals` is
//! for the other modules of the package and its build.
//!
//! # Secrets
//!
//! Keys and plaintext are kept in memory that is wiped ([`SessionKey`], [`OpenData`]), and nothing that is printed holds them.
//! Lengths, and which character of a text is not base64, count as public. AES reads no table at a secret address and the padding
//! check looks at every byte alike; base64 decoding and JSON reading are not constant-time.
#![forbid(clippy::print_stdout, clippy::print_stderr)]
#![no_std]

extern crate alloc;

#[cfg(feature = "assurance")]
#[doc(hidden)]
pub mod assurance;
pub mod avatar;
#[cfg(all(target_arch = "wasm32", any(feature = "bindgen", feature = "baseline", feature = "internals")))]
mod bindings;
// Reachable through a binding only.
#[cfg_attr(
    not(any(fuzzing, all(target_arch = "wasm32", any(feature = "bindgen", feature = "baseline")))),
    allow(dead_code)
)]
mod boundary;
pub mod channel;
mod cipher;
mod cloud;
mod diagnosis;
mod error;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
#[doc(hidden)]
pub mod internals;
mod json;
mod message_push;
mod open_data;
pub mod phone;
mod secret;
mod session;
mod signature;
mod templates;
mod transport;
mod watermark;
mod wechat;
mod workspace;

pub use cloud::{CloudValue, check_watermark, read_cloud_data};
pub use diagnosis::{Diagnosis, diagnose};
pub use error::{Error, ErrorCode};
pub use message_push::{MessagePush, PushMessage, PushReply};
pub use open_data::{DecryptPolicy, OpenData, Payload, decrypt};
pub use session::{Iv, MAX_SESSION_KEYS, SessionKey};
pub use signature::{sign_payment, sign_with_session_key, verify_signature};
pub use transport::{MAX_TEXT, Repair, Repairs};
pub use watermark::{DEFAULT_CLOCK_SKEW, ExpectedApp, Presence, UnixSeconds, Watermark, WatermarkPolicy};
