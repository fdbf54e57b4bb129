//! What both directions of a call are bound to, and the sealing and opening under it.

use alloc::string::String;
use alloc::vec::Vec;

use weapp_opendata::Error;
use weapp_opendata::internals::{Actual, SecretBuffer, argument, decimal};
use zeroize::Zeroizing;

use crate::base64;
use crate::envelope::{self, IV};
use crate::keys::{SymmetricKey, is_plain};
use crate::plaintext;
pub use crate::protocol::RANDOM;

const _: () = assert!(RANDOM == IV + 1 + MAX_NONCE);

/// `_n` is made of 16 to 24 bytes, which are 22 to 32 characters of base64. WeChat recommends 16 to 32, of no fixed length.
const MIN_NONCE: usize = 16;
const MAX_NONCE: usize = 24;

/// Longest URL.
const MAX_URL: usize = 8192;
/// Longest appid. WeChat's have 18 characters.
const MAX_APPID: usize = 128;

/// URL, app and time of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint<'a> {
    url: &'a str,
    appid: &'a str,
    timestamp: u64,
}

/// Whether a text can be an appid here.
///
/// # Errors
///
/// `InvalidArgument` naming `appid`.
pub(crate) fn check_appid(appid: &str) -> Result<(), Error> {
    let in_shape = |character: u8| character.is_ascii_alphanumeric() || matches!(character, b'_' | b'-');
    if matches!(appid.len(), 1..=MAX_APPID) && appid.bytes().all(in_shape) {
        return Ok(());
    }
    let expected = "the appid of your mini-program: 1 to 128 of A-Z, a-z, 0-9, '_' and '-'";
    Err(Error::of(&argument::OUT_OF_RANGE, "appid", expected, Actual::Nothing))
}

impl<'a> Endpoint<'a> {
    /// The URL is that of the call, with its scheme; query and fragment are cut off, as WeChat defines. `timestamp` is in seconds.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for what is no URL of `http` or `https`, and for an appid of another shape.
    pub fn new(url: &'a str, appid: &'a str, timestamp: u64) -> Result<Self, Error> {
        check_appid(appid)?;
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let after_scheme = path.strip_prefix("https://").or_else(|| path.strip_prefix("http://")).unwrap_or_default();
        if url.len() > MAX_URL || !is_plain(after_scheme) || after_scheme.starts_with('/') {
            let expected = "the URL that is called, with https://, at most 8192 characters, percent-encoded";
            return Err(Error::of(&argument::OUT_OF_RANGE, "url", expected, Actual::Nothing));
        }
        Ok(Self { url: path, appid, timestamp })
    }

    /// What GCM authenticates beside the ciphertext: `urlpath|appid|timestamp|sn`, `sn` being the symmetric key's number.
    ///
    /// Source: WeChat documentation, section 3.1.1.
    #[must_use]
    pub fn associated_data(&self, sn: &str) -> String {
        [self.url, "|", self.appid, "|", &seconds(self.timestamp), "|", sn].concat()
    }

    /// What is signed: `urlpath\nappid\ntimestamp\nbody`, without a line break at the end.
    ///
    /// Source: WeChat documentation, sections 3.2.1 and 4.1.1.
    #[must_use]
    pub fn signed_text(&self, body: &str) -> String {
        [self.url, "\n", self.appid, "\n", &seconds(self.timestamp), "\n", body].concat()
    }

    /// Encrypts a request. `params` is a JSON object; `_n`, `_appid` and `_timestamp` are put before its fields, as in WeChat's sample.
    /// `random` has to come from a generator for cryptography and may never be used twice with one key.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for params that are no JSON object, or hold one of these names or `access_token`.
    pub fn seal(&self, key: &SymmetricKey<'_>, params: &str, random: &[u8; RANDOM]) -> Result<String, Error> {
        let (iv, random) = random.split_first_chunk::<IV>().ok_or_else(too_much)?;
        let (first, random) = random.split_first().ok_or_else(too_much)?;
        let len = MIN_NONCE + usize::from(*first) % (MAX_NONCE - MIN_NONCE + 1);
        self.seal_with(key, params, &base64::UNPADDED.encode_to_string(&random[..len]), iv)
    }

    /// As [`seal`](Self::seal), with `_n` and the initialisation vector given: WeChat's published requests are made again by it.
    ///
    /// # Errors
    ///
    /// As [`seal`](Self::seal).
    #[doc(hidden)]
    pub fn seal_with(&self, key: &SymmetricKey<'_>, params: &str, nonce: &str, iv: &[u8; IV]) -> Result<String, Error> {
        let fields = plaintext::fields_of(params)?;
        let timestamp = seconds(self.timestamp);
        let comma = if fields.is_empty() { "" } else { "," };
        let pieces =
            [r#"{"_n":""#, nonce, r#"","_appid":""#, self.appid, r#"","_timestamp":"#, &timestamp, comma, fields, "}"];
        // One allocation, so that the text is never moved.
        let mut text = Zeroizing::new(Vec::with_capacity(pieces.iter().map(|piece| piece.len()).sum()));
        pieces.iter().for_each(|piece| text.extend_from_slice(piece.as_bytes()));
        envelope::seal(key, iv, self.associated_data(key.sn()).as_bytes(), &mut text).ok_or_else(too_much)
    }

    /// Decrypts the body of an answer whose signature was found to match, and checks what it says of itself. The plaintext is then one
    /// JSON object with `_appid` and `_timestamp` in it.
    ///
    /// # Errors
    ///
    /// - `IllegalBuffer`: the body is not WeChat's envelope.
    /// - `DecryptFailed`: it does not open, or not to an object that is stamped for this app and time. All of this is one and the same.
    pub fn open(&self, key: &SymmetricKey<'_>, body: &str, plaintext: &mut SecretBuffer) -> Result<(), Error> {
        let outcome = envelope::open(key, self.associated_data(key.sn()).as_bytes(), body, plaintext);
        let outcome = outcome.and_then(|()| {
            if plaintext::is_stamped(plaintext.as_slice(), self.appid, self.timestamp) {
                Ok(())
            } else {
                Err(Error::new(&envelope::NOT_OPENED))
            }
        });
        if outcome.is_err() {
            plaintext.wipe();
        }
        outcome
    }
}

/// GCM takes 64 GiB; text is limited to less long before.
#[cold]
fn too_much() -> Error {
    Error::of(&argument::OUT_OF_RANGE, "params", "less", Actual::Nothing)
}

fn seconds(timestamp: u64) -> String {
    decimal(i64::try_from(timestamp).unwrap_or(i64::MAX))
}
