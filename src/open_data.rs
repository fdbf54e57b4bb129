//! The way through: payload → bytes → plaintext → watermark → text.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroize;

use crate::cipher;
use crate::diagnosis::{self, Diagnosis};
use crate::error::argument::{EMPTY, TOO_MANY};
use crate::error::{Actual, Error, ErrorCode, Row};
use crate::rows;
use crate::secret::{SecretBuffer, wipe_stack};
use crate::session::{Iv, SessionKey};
use crate::shape::Layout;
use crate::transport::{self, Field, Repairs};
use crate::watermark::{self, WatermarkPolicy};

/// Most session keys that one payload is tried with: the current one and a few from before refreshes.
pub const MAX_SESSION_KEYS: usize = 8;

rows! {
    /// Padding, UTF-8 and JSON alike.
    NOT_OPENED =
        Row::new(ErrorCode::DecryptFailed, "{encrypted_data} does not open with the given {session_key} and {iv}").hint(
            "Usually the session_key is stale: wx.login ran after the data was fetched; call wx.login first, then fetch encryptedData and iv together, and run diagnose() on the server to learn more.",
            "通常是 session_key 已过期：取得数据之后又调用了 wx.login；请先 wx.login 再同时获取 encryptedData 与 iv，可在服务端用 diagnose() 查看原因。",
        );
}

/// What the mini-program sent.
#[derive(Clone, Copy)]
pub struct Payload<'a> {
    /// Base64 of the AES-128-CBC ciphertext.
    pub encrypted_data: &'a str,
    /// Base64 of 16 bytes.
    pub iv: &'a str,
}

/// What the server holds and decides.
#[derive(Clone, Copy)]
pub struct DecryptPolicy<'a> {
    /// The user's session_key as base64 text; several are tried in order. One to [`MAX_SESSION_KEYS`].
    pub session_keys: &'a [&'a str],
    /// Accept canonical base64 only.
    pub strict: bool,
    /// What the watermark has to say.
    pub watermark: WatermarkPolicy<'a>,
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} characters)", self.encrypted_data.len())
    }
}

impl fmt::Debug for DecryptPolicy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecryptPolicy({} session keys, {:?})", self.session_keys.len(), self.watermark)
    }
}

/// A payload that opened and passed every check: the JSON text, exactly as WeChat wrote it. Wiped when dropped.
pub struct OpenData {
    text: String,
    session_key_index: usize,
    repairs: Repairs,
}

impl OpenData {
    /// The plaintext: one JSON object.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Which of the session keys opened it, from 0.
    #[must_use]
    pub const fn session_key_index(&self) -> usize {
        self.session_key_index
    }

    /// What had to be put right in the texts.
    #[must_use]
    pub const fn repairs(&self) -> Repairs {
        self.repairs
    }
}

impl Drop for OpenData {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for OpenData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenData({} bytes)", self.text.len())
    }
}

/// Decrypts a payload and checks its watermark.
///
/// Every text is validated before a key is used. The keys are tried in order; what a wrong key gives is refused whether its
/// padding, its UTF-8 or its JSON is bad, always as the same [`ErrorCode::DecryptFailed`].
///
/// # Errors
/// `INVALID_ARGUMENT` for no or too many session keys; `ILLEGAL_SESSION_KEY`, `ILLEGAL_IV`, `ILLEGAL_BASE64`, `ILLEGAL_BUFFER` for
/// the texts; `DECRYPT_FAILED`; `WATERMARK_MISSING`, `APPID_MISMATCH`, `WATERMARK_EXPIRED`, `WATERMARK_IN_FUTURE`.
///
/// # Limits
/// Each text at most [`MAX_TEXT`](crate::MAX_TEXT) bytes; at most [`MAX_SESSION_KEYS`] keys.
pub fn decrypt(payload: Payload<'_>, policy: &DecryptPolicy<'_>) -> Result<OpenData, Error> {
    let keys = KeyTexts::new(policy)?;
    let outcome = decrypt_unwiped(&keys.with(payload), policy);
    wipe_stack();
    outcome
}

/// A frame of its own, so that wiping the stack afterwards reaches all of it.
#[inline(never)]
fn decrypt_unwiped(texts: &Texts<'_>, policy: &DecryptPolicy<'_>) -> Result<OpenData, Error> {
    let mut workspace = Workspace::default();
    let opened = workspace.open(texts, policy.strict, &policy.watermark)?;
    // Checked to be UTF-8 before; a failure here could only mean that it was not.
    let text = core::str::from_utf8(opened.text).map_err(|_| Error::new(&NOT_OPENED))?;
    Ok(OpenData { text: text.into(), session_key_index: opened.session_key_index, repairs: opened.repairs })
}

/// Diagnoses a payload: why it does not open, and what was tried.
///
/// For a developer's eyes, never for a client's.
///
/// # Errors
/// `INVALID_ARGUMENT` for no or too many session keys. Everything else is an outcome.
pub fn diagnose(payload: Payload<'_>, policy: &DecryptPolicy<'_>) -> Result<Diagnosis, Error> {
    let keys = KeyTexts::new(policy)?;
    let diagnosis = diagnose_unwiped(&keys.with(payload), policy);
    wipe_stack();
    Ok(diagnosis)
}

/// As [`decrypt_unwiped`].
#[inline(never)]
fn diagnose_unwiped(texts: &Texts<'_>, policy: &DecryptPolicy<'_>) -> Diagnosis {
    diagnosis::diagnose_in(&mut Workspace::default(), texts, policy.strict, &policy.watermark, &|name| name)
}

/// A policy's session keys as bytes, their number checked.
struct KeyTexts<'a> {
    texts: [&'a [u8]; MAX_SESSION_KEYS],
    count: usize,
}

impl<'a> KeyTexts<'a> {
    fn new(policy: &DecryptPolicy<'a>) -> Result<Self, Error> {
        let count = policy.session_keys.len();
        check_key_count(count, "session_keys")?;
        let mut texts: [&[u8]; MAX_SESSION_KEYS] = [&[]; MAX_SESSION_KEYS];
        for (slot, key) in texts.iter_mut().zip(policy.session_keys) {
            *slot = key.as_bytes();
        }
        Ok(Self { texts, count })
    }

    fn with<'t>(&'t self, payload: Payload<'t>) -> Texts<'t> {
        Texts {
            encrypted_data: payload.encrypted_data.as_bytes(),
            iv: payload.iv.as_bytes(),
            session_keys: &self.texts[..self.count],
        }
    }
}

pub(crate) fn check_key_count(count: usize, field: &'static str) -> Result<(), Error> {
    let (row, expected) = match count {
        0 => (&EMPTY, "a session_key or a list of them"),
        1..=MAX_SESSION_KEYS => return Ok(()),
        _ => (&TOO_MANY, "8 session keys"),
    };
    Err(Error::of(row, field, expected, Actual::Nothing))
}

/// The texts of one payload as bytes that nobody has looked at yet.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'a> {
    pub(crate) encrypted_data: &'a [u8],
    pub(crate) iv: &'a [u8],
    pub(crate) session_keys: &'a [&'a [u8]],
}

/// A payload that opened, still in the workspace.
pub(crate) struct Opened<'w> {
    /// UTF-8, which was checked before the JSON was read.
    pub(crate) text: &'w [u8],
    pub(crate) layout: &'w Layout,
    pub(crate) session_key_index: usize,
    pub(crate) repairs: Repairs,
}

/// All texts of a payload, decoded.
pub(crate) struct Decoded<'w> {
    pub(crate) keys: &'w [Option<SessionKey>],
    pub(crate) iv: &'w Iv,
    pub(crate) ciphertext: &'w [u8],
}

/// The buffers of the way through, kept from call to call.
#[derive(Default)]
pub(crate) struct Workspace {
    /// Base64 of keys and iv that is not as usual is decoded here.
    small: SecretBuffer,
    keys: [Option<SessionKey>; MAX_SESSION_KEYS],
    iv: Iv,
    ciphertext: SecretBuffer,
    plaintext: SecretBuffer,
    /// The plaintext's length without its padding.
    text_len: usize,
    /// Where the plaintext's values lie, if it has one of WeChat's usual shapes.
    layout: Layout,
    /// Which key gave an object in the last call, whatever was said of its watermark.
    opened_by: Option<usize>,
}

impl Workspace {
    /// Wipes everything that the last payload left.
    pub(crate) fn wipe(&mut self) {
        self.small.wipe();
        self.ciphertext.wipe();
        self.plaintext.wipe();
        self.text_len = 0;
        self.layout.wipe();
        self.keys.iter_mut().for_each(|key| *key = None);
        self.iv.wipe();
    }

    /// Opens and checks one payload. What it leaves here if that succeeds is wiped by the next one or by [`wipe`](Self::wipe); copies of
    /// secrets remain on the stack: the caller wipes it.
    pub(crate) fn open(
        &mut self,
        texts: &Texts<'_>,
        strict: bool,
        policy: &WatermarkPolicy<'_>,
    ) -> Result<Opened<'_>, Error> {
        match self.open_unwiped(texts, strict, policy) {
            Ok((session_key_index, repairs)) => {
                Ok(Opened { text: self.text(), layout: &self.layout, session_key_index, repairs })
            }
            Err(error) => {
                self.wipe();
                Err(error)
            }
        }
    }

    /// As [`open`](Self::open), leaving secrets in the buffers.
    fn open_unwiped(
        &mut self,
        texts: &Texts<'_>,
        strict: bool,
        policy: &WatermarkPolicy<'_>,
    ) -> Result<(usize, Repairs), Error> {
        self.opened_by = None;
        self.layout.forget();
        let repairs = self.decode(texts, strict)?;
        let ciphertext = self.ciphertext.as_slice();
        for (index, key) in self.keys.iter().flatten().enumerate() {
            let plaintext = self.plaintext.start(ciphertext.len());
            cipher::decrypt(key, &self.iv, ciphertext, plaintext);
            let Some(len) = cipher::unpadded_len::<{ cipher::BLOCK }>(plaintext) else { continue };
            let text = &plaintext[..len];
            let found = match self.layout.recognise(text) {
                Some(found) => found,
                None => {
                    let Ok(text) = core::str::from_utf8(text) else { continue };
                    let Ok(found) = watermark::read(text) else { continue };
                    found
                }
            };
            self.opened_by = Some(index);
            policy.check(&found)?;
            drop(found);
            self.text_len = len;
            return Ok((index, repairs));
        }
        Err(Error::new(&NOT_OPENED))
    }

    /// Decodes every text, and says what had to be put right in them.
    fn decode(&mut self, texts: &Texts<'_>, strict: bool) -> Result<Repairs, Error> {
        let mut all = Repairs::default();
        let mut key_texts = texts.session_keys.iter();
        for slot in &mut self.keys {
            // Those of the last payload go.
            *slot = None;
            if let Some(text) = key_texts.next() {
                let (key, repairs) = SessionKey::decode(text, strict, &mut self.small)?;
                *slot = Some(key);
                all = all.union(repairs);
            }
        }
        let (iv, repairs) = Iv::decode(texts.iv, strict, &mut self.small)?;
        self.iv = iv;
        let data = transport::decode(Field::EncryptedData, texts.encrypted_data, strict, &mut self.ciphertext)?;
        Ok(all.union(repairs).union(data))
    }

    /// The same, for who wants to try the texts in other ways.
    pub(crate) fn decoded(&mut self, texts: &Texts<'_>, strict: bool) -> Result<Decoded<'_>, Error> {
        self.decode(texts, strict)?;
        Ok(Decoded { keys: &self.keys, iv: &self.iv, ciphertext: self.ciphertext.as_slice() })
    }

    /// Which key gave an object in the last call, from 0.
    pub(crate) const fn opened_by(&self) -> Option<usize> {
        self.opened_by
    }

    /// What the last payload opened to.
    pub(crate) fn text(&self) -> &[u8] {
        &self.plaintext.as_slice()[..self.text_len]
    }

    /// Room for bytes that are wiped with the rest.
    pub(crate) fn room(&mut self) -> &mut SecretBuffer {
        self.text_len = 0;
        &mut self.plaintext
    }

    pub(crate) const fn layout(&self) -> &Layout {
        &self.layout
    }
}

#[cfg(any(all(test, not(target_arch = "wasm32")), fuzzing))]
impl Workspace {
    /// No key, and nothing but zeros in any buffer.
    pub(crate) fn is_clean(&self) -> bool {
        let keys_are_gone = self.keys.iter().all(Option::is_none) && *self.iv.bytes() == [0; 16];
        keys_are_gone && self.small.is_clean() && self.ciphertext.is_clean() && self.plaintext.is_clean()
    }
}
