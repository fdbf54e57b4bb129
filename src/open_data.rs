//! Opening a payload, in safe terms: what goes in, what comes out. `workspace.rs` does the work.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroize;

use crate::error::Error;
use crate::secret::wipe_stack;
use crate::transport::Repairs;
use crate::watermark::WatermarkPolicy;
use crate::workspace::{KeyTexts, NOT_OPENED, Texts, Workspace};

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
    /// The user's session_key as base64 text; several are tried in order. One to [`MAX_SESSION_KEYS`](crate::MAX_SESSION_KEYS).
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
/// padding, its UTF-8 or its JSON is bad, always as the same [`ErrorCode::DecryptFailed`](crate::ErrorCode::DecryptFailed).
///
/// # Errors
/// `INVALID_ARGUMENT` for no or too many session keys; `ILLEGAL_SESSION_KEY`, `ILLEGAL_IV`, `ILLEGAL_BASE64`, `ILLEGAL_BUFFER` for
/// the texts; `DECRYPT_FAILED`; `WATERMARK_MISSING`, `APPID_MISMATCH`, `WATERMARK_EXPIRED`, `WATERMARK_IN_FUTURE`.
///
/// # Limits
/// Each text at most [`MAX_TEXT`](crate::MAX_TEXT) bytes; at most [`MAX_SESSION_KEYS`](crate::MAX_SESSION_KEYS) keys.
pub fn decrypt(payload: Payload<'_>, policy: &DecryptPolicy<'_>) -> Result<OpenData, Error> {
    let keys = KeyTexts::new(policy.session_keys)?;
    let outcome = decrypt_unwiped(&keys.with(payload.encrypted_data, payload.iv), policy);
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
