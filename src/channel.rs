//! The authenticated channel: text between mini-program and backend, under the keys of WeChat's encrypted network channel.
//!
//! WeChat gives both sides a key per user and leaves the cipher open: `getLatestUserKey` of `wx.getUserCryptoManager()` in the client,
//! `getUserEncryptKey` on the server. This is a cipher for them, with a format that any language can follow.
//! Source: WeChat documentation, 小程序加密网络通道, 获取用户encryptKey ("开发者需自行实现加密方式").
//!
//! # Format
//! A sealed text is base64url (RFC 4648, section 5) without padding, of these bytes:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | version of the format: 1 |
//! | 4 | version of the key, as WeChat numbers it, big-endian |
//! | 12 | nonce: random, new for each text |
//! | as many as the message has in UTF-8 | ciphertext |
//! | 16 | tag |
//!
//! AES-128-GCM (NIST SP 800-38D) under the 16 bytes that `encryptKey` is base64 of. The associated data are the first five of these
//! bytes, then the context in UTF-8.
//!
//! ```
//! use weapp_opendata::channel::{ChannelKey, open, seal};
//!
//! // The key of the example in WeChat's documentation. The nonce stands for 12 bytes of a generator, new for each text.
//! let key = ChannelKey::from_base64("VI6BpyrK9XH4i4AIGe86tg==", 10)?;
//! let sealed = seal("one, please", &key, "POST /orders oExampleOpenid", *b"random bytes")?;
//! assert_eq!(open(&sealed, &[key], "POST /orders oExampleOpenid")?.as_str(), "one, please");
//! # Ok::<(), weapp_opendata::Error>(())
//! ```
//!
//! # What the context is for
//! One key serves both directions and every route. A text that opens says that someone with the key sealed it, under this very
//! context, and nothing more. So the context should name direction, path and user (openid): then a request cannot be sent back as an
//! answer, to another path, or for another user.
//!
//! # What it does not do
//! - A text can be sent twice: put a time or a number into the message, and count what must happen once.
//! - The length of the message shows, and when it was sent.
//! - The user's own device holds the key: nothing is kept from the user by it, and a server trusts what opens no more than it trusts the
//!   user.
//!
//! # Nonces
//! Two texts under one key and nonce give away both and let anyone forge more. Random nonces of 96 bits stay apart, but for a chance of
//! 2⁻³², in 2³² texts of one key (NIST SP 800-38D, section 8.3); WeChat's keys live an hour. The `iv` that WeChat gives with a key is
//! not used: there is one per key, so a second text would repeat it, and WeChat does not say what its 16 characters stand for.

use alloc::string::String;
use core::fmt;

use base64_simd::{Out, URL_SAFE_NO_PAD};
use zeroize::Zeroize as _;

use crate::cipher::gcm::{self, NONCE, TAG};
use crate::error::argument::{EMPTY, OUT_OF_RANGE, TOO_MANY};
use crate::error::{Actual, Error, ErrorCode, Row};
use crate::rows;
use crate::secret::{SecretBuffer, wipe_stack};
use crate::transport::{self, MAX_TEXT};

/// Most keys that a text is looked up in. WeChat's server interface gives the last three.
pub const MAX_CHANNEL_KEYS: usize = 8;

/// Longest message in bytes of UTF-8: sealed, it has [`MAX_TEXT`] characters.
pub const MAX_MESSAGE: usize = MAX_TEXT / 4 * 3 - OVERHEAD;

/// Version of the format.
const FORMAT: u8 = 1;
/// Versions of format and key.
const HEADER: usize = 5;
/// What a sealed text has beside the ciphertext.
const OVERHEAD: usize = HEADER + NONCE + TAG;

const fn not_as_sealed(code: ErrorCode, message: &'static str) -> Row {
    Row::new(code, message)
        .hint("Pass the text on exactly as sealChannel returned it.", "请原样传递 sealChannel 返回的文本。")
}

rows! {
    NOT_BASE64URL =
        not_as_sealed(ErrorCode::IllegalBase64, "{sealed}: expected base64url without padding, found something else")
            .reason("NOT_BASE64URL");
    WRONG_LENGTH =
        not_as_sealed(ErrorCode::IllegalBuffer, "{sealed}: expected at least 33 bytes in base64url, found {found} bytes")
            .reason("WRONG_LENGTH");
    FORMAT_VERSION =
        not_as_sealed(ErrorCode::IllegalBuffer, "{sealed}: expected version 1 of the format, found version {found}")
            .reason("FORMAT_VERSION");
    SEALED_TOO_LONG =
        Row::new(ErrorCode::IllegalBuffer, "{sealed}: expected at most 1048576 characters, found a longer text")
            .reason("TOO_LONG");
    /// The text names a key that is not at hand. No key has been used.
    KEY_VERSION = Row::new(ErrorCode::DecryptFailed, "{sealed}: no key of version {found} was given")
        .reason("KEY_VERSION")
        .hint(
            "WeChat changes the key every hour: fetch it again, by getLatestUserKey in the client, by getUserEncryptKey on the server.",
            "微信每小时更换密钥：请重新获取，前端用 getLatestUserKey，服务端用 getUserEncryptKey。",
        );
    /// Whatever is wrong with a sealed text once a key has been used.
    NOT_OPENED = Row::new(ErrorCode::DecryptFailed, "{sealed}: does not open with the given key and context").hint(
        "Both sides have to build the context alike and use the same user's key; else the text was altered.",
        "两端须以相同方式构造 context，并使用同一用户的密钥；否则就是文本被改动。",
    );
    /// What is sealed, or its context.
    TOO_LONG = Row::new(ErrorCode::InvalidArgument, "{field}: expected {expected}, found a longer text").reason("TOO_LONG");
}

/// A key of the channel: 16 bytes, and the number by which WeChat knows it.
///
/// Not `Clone` and not `Display`; wiped when dropped.
pub struct ChannelKey {
    secret: [u8; 16],
    version: u32,
}

impl ChannelKey {
    /// Reads the canonical base64 that WeChat gives as `encryptKey` (`encrypt_key` on the server), and takes its `version`.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for what is not base64 of 16 bytes.
    pub fn from_base64(encrypt_key: &str, version: u32) -> Result<Self, Error> {
        let mut key = Self { secret: [0; 16], version };
        match transport::decode_canonical_16(encrypt_key.as_bytes(), &mut key.secret) {
            Some(()) => Ok(key),
            None => Err(Error::of(&OUT_OF_RANGE, "encrypt_key", "base64 of 16 bytes", Actual::Nothing)),
        }
    }

    /// The number that WeChat gives the key; each text names the one that it was sealed with.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }
}

impl Drop for ChannelKey {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl fmt::Debug for ChannelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChannelKey(version {}, [secret])", self.version)
    }
}

/// A message that was sealed by a holder of the key, under this context. Wiped when dropped.
pub struct ChannelMessage {
    text: String,
}

impl ChannelMessage {
    /// The message, as it was sealed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Drop for ChannelMessage {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for ChannelMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChannelMessage({} bytes)", self.text.len())
    }
}

/// Seals a message: encrypts it, and makes every alteration of it, of the key's version and of the context plain.
///
/// `nonce` must come from a generator for cryptography, new for each call.
///
/// # Errors
/// `INVALID_ARGUMENT` for a message of over [`MAX_MESSAGE`] bytes or a context of over [`MAX_TEXT`].
pub fn seal(message: &str, key: &ChannelKey, context: &str, nonce: [u8; NONCE]) -> Result<String, Error> {
    let mut sealed = SecretBuffer::default();
    let outcome = seal_into(message, key, context, &nonce, &mut sealed);
    wipe_stack();
    outcome?;
    // Base64 is ASCII.
    Ok(sealed.as_slice().iter().map(|character| char::from(*character)).collect())
}

/// Opens a sealed text with the key whose version it names; of several of that version, with the first.
///
/// # Errors
/// `INVALID_ARGUMENT` for no or too many keys, or a context of over [`MAX_TEXT`] bytes. `ILLEGAL_BASE64` for what is not base64url;
/// `ILLEGAL_BUFFER` for what is too long, too short, or of another version of the format; `DECRYPT_FAILED` with reason `KEY_VERSION`
/// where no key has the version that the text names, and else, without a reason, for whatever does not open.
pub fn open(sealed: &str, keys: &[ChannelKey], context: &str) -> Result<ChannelMessage, Error> {
    check_channel_key_count(keys.len())?;
    let mut work = SecretBuffer::default();
    let outcome = open_into(sealed, keys, context, &mut work).map(|message| message.into());
    wipe_stack();
    outcome.map(|text| ChannelMessage { text })
}

pub(crate) fn check_channel_key_count(count: usize) -> Result<(), Error> {
    let (row, expected) = match count {
        0 => (&EMPTY, "a channel key or a list of them"),
        1..=MAX_CHANNEL_KEYS => return Ok(()),
        _ => (&TOO_MANY, "8 channel keys"),
    };
    Err(Error::of(row, "keys", expected, Actual::Nothing))
}

/// As [`seal`]; the text is left in `out`. Copies of secrets remain on the stack: the caller wipes it.
#[inline(never)]
pub(crate) fn seal_into(
    message: &str,
    key: &ChannelKey,
    context: &str,
    nonce: &[u8; NONCE],
    out: &mut SecretBuffer,
) -> Result<(), Error> {
    if message.len() > MAX_MESSAGE {
        return Err(message_too_long());
    }
    let mut header = [FORMAT; HEADER];
    header[1..].copy_from_slice(&key.version.to_be_bytes());
    let associated = associated_data(&header, context)?;
    let mut sealed = SecretBuffer::default();
    let sealed = sealed.start(OVERHEAD + message.len());
    let (data, tag) = sealed.split_at_mut(HEADER + NONCE + message.len());
    data[..HEADER].copy_from_slice(&header);
    data[HEADER..HEADER + NONCE].copy_from_slice(nonce);
    let data = &mut data[HEADER + NONCE..];
    data.copy_from_slice(message.as_bytes());
    tag.copy_from_slice(
        &gcm::seal_in_place(&key.secret, nonce, associated.as_slice(), data).ok_or_else(message_too_long)?,
    );
    let room = out.start(URL_SAFE_NO_PAD.encoded_length(sealed.len()));
    let _: &mut [u8] = URL_SAFE_NO_PAD.encode(sealed, Out::from_slice(room));
    Ok(())
}

/// As [`open`], with at least one key; the message is left in `out`. Copies of secrets remain on the stack: the caller wipes it.
#[inline(never)]
pub(crate) fn open_into<'w>(
    sealed: &str,
    keys: &[ChannelKey],
    context: &str,
    out: &'w mut SecretBuffer,
) -> Result<&'w str, Error> {
    if sealed.len() > MAX_TEXT {
        return Err(sealed_too_long());
    }
    let mut bytes = SecretBuffer::default();
    transport::decode_canonical(&URL_SAFE_NO_PAD, sealed.as_bytes(), &mut bytes)
        .ok_or_else(|| Error::new(&NOT_BASE64URL))?;
    let bytes = bytes.as_mut_slice();
    let len = bytes.len();
    let short = || refused(&WRONG_LENGTH, Actual::count(len));
    let (header, rest) = bytes.split_first_chunk_mut::<HEADER>().ok_or_else(short)?;
    let (nonce, rest) = rest.split_first_chunk_mut().ok_or_else(short)?;
    let (data, tag) = rest.split_last_chunk_mut().ok_or_else(short)?;
    let [format, version @ ..] = *header;
    if format != FORMAT {
        return Err(refused(&FORMAT_VERSION, Actual::Number(format.into())));
    }
    let associated = associated_data(header, context)?;
    let version = u32::from_be_bytes(version);
    let key = keys
        .iter()
        .find(|key| key.version == version)
        .ok_or_else(|| refused(&KEY_VERSION, Actual::Number(version.into())))?;
    if !gcm::open_in_place(&key.secret, nonce, associated.as_slice(), data, tag) {
        return Err(Error::new(&NOT_OPENED));
    }
    let message = out.start(data.len());
    message.copy_from_slice(data);
    core::str::from_utf8(message).map_err(|_| Error::new(&NOT_OPENED))
}

/// The header, then the context.
fn associated_data(header: &[u8; HEADER], context: &str) -> Result<SecretBuffer, Error> {
    if context.len() > MAX_TEXT {
        return Err(context_too_long());
    }
    let mut associated = SecretBuffer::default();
    let (head, rest) = associated.start(HEADER + context.len()).split_at_mut(HEADER);
    head.copy_from_slice(header);
    rest.copy_from_slice(context.as_bytes());
    Ok(associated)
}

#[cold]
fn refused(row: &'static Row, actual: Actual) -> Error {
    Error::of(row, "", "", actual)
}

#[cold]
pub(crate) fn sealed_too_long() -> Error {
    Error::new(&SEALED_TOO_LONG)
}

#[cold]
pub(crate) fn message_too_long() -> Error {
    Error::of(&TOO_LONG, "message", "at most 786399 bytes of UTF-8", Actual::Nothing)
}

#[cold]
pub(crate) fn context_too_long() -> Error {
    Error::of(&TOO_LONG, "context", "at most 1048576 bytes of UTF-8", Actual::Nothing)
}
