//! WeChat's server API signing and encryption: requests sealed, answers verified and opened.
//!
//! # What it protects, and what not
//!
//! A mini-program can have its calls to WeChat's server API encrypted with a symmetric key and signed with a private key, and WeChat's
//! answers encrypted and signed likewise. Both are authenticated: an answer that was altered, made for another app, another URL or
//! another time does not open. An answer that is played again within 300 seconds does open: what must happen once, the caller counts.
//!
//! # The way of one call
//!
//! [`Endpoint`] is what both directions are bound to: URL without its query, appid, time. [`Endpoint::seal`] encrypts a request with a
//! [`SymmetricKey`]; [`Endpoint::signed_text`] is what is signed then, by [`Sm2Signer`] or, for RSA, by the host. An answer goes
//! through [`Answer::check`], its signature through [`PlatformKey::verify`] (or the host), and [`Endpoint::open`] decrypts it.
//!
//! ```
//! use weapp_opendata_api_security::{Encryption, Endpoint, RANDOM, SecretBuffer, SymmetricKey};
//!
//! // The key that WeChat published in its sample; in real life the bytes come from a generator, anew for every request.
//! let key = SymmetricKey::new("fa05fe1e5bcc79b81ad5ad4b58acf787", Encryption::Sm4Gcm, "YXBwaWRkdXNlZm9ydGVzdA==")?;
//! let random = [7; RANDOM];
//!
//! let url = "https://api.weixin.qq.com/wxa/getuserriskrank?access_token=ACCESS_TOKEN";
//! let endpoint = Endpoint::new(url, "wxba6223c06417af7b", 1_692_932_963)?;
//! let body = endpoint.seal(&key, r#"{"scene":0}"#, &random)?;
//! assert!(endpoint.signed_text(&body).starts_with("https://api.weixin.qq.com/wxa/getuserriskrank\nwxba6223c06417af7b\n1692932963\n{"));
//!
//! let mut plaintext = SecretBuffer::default();
//! endpoint.open(&key, &body, &mut plaintext)?;
//! assert!(plaintext.as_slice().ends_with(br#","_appid":"wxba6223c06417af7b","_timestamp":1692932963,"scene":0}"#));
//! # Ok::<(), weapp_opendata_api_security::Error>(())
//! ```
//!
//! Initialisation vectors are random, so one symmetric key should encrypt fewer than 2^32 requests (NIST SP 800-38D, section 8.3).
//!
//! # What it does not know
//!
//! No clock, no randomness, no I/O, no JavaScript, and no RSA: hosts have that, and a pure Rust implementation would be the greater part
//! of the module. Everything about RSA but the arithmetic is decided here.
//!
//! # Secrets
//!
//! Keys and plaintext lie in memory that is wiped, and nothing that is printed holds them. AES, GHASH and SM2 signing take no branch and
//! no table index from a secret; SM4 looks up its S-box in a table, as RustCrypto's `sm4` does; PEM, base64 and JSON are not read in
//! constant time.
//!
//! Source: WeChat documentation, 服务端 API 签名加密指南.
#![forbid(clippy::print_stdout, clippy::print_stderr)]
#![no_std]

extern crate alloc;

mod answer;
mod base64;
#[cfg(all(target_arch = "wasm32", feature = "standalone"))]
mod bindings;
mod boundary;
mod endpoint;
mod envelope;
mod keys;
mod pem;
mod plaintext;
#[doc(hidden)]
pub mod protocol;

pub use answer::{Answer, Headers, MAX_AGE, Source};
pub use boundary::ApiSecurity;
pub use endpoint::{Endpoint, RANDOM};
pub use keys::{
    Encryption, MAX_PLATFORM_KEYS, PlatformKey, PlatformKeys, RsaPrivateKey, SignatureAlgorithm, SigningKey, Sm2Signer,
    SymmetricKey,
};
/// The rows of all modules of this crate, for the test that walks them.
#[doc(hidden)]
pub const ROWS: &[&[&weapp_opendata::internals::Row]] = &[answer::ROWS, envelope::ROWS, keys::ROWS, plaintext::ROWS];

pub use weapp_opendata::internals::SecretBuffer;
pub use weapp_opendata::{Error, ErrorCode};
