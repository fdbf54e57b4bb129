//! The decryption pipeline: texts → bytes → plaintext → watermark, over buffers that are kept from call to call.

use crate::cipher;
use crate::error::{Error, ErrorCode, Row};
use crate::rows;
use crate::secret::SecretBuffer;
use crate::session::{Iv, MAX_SESSION_KEYS, SessionKey, check_session_key_count};
use crate::templates::Offsets;
use crate::transport::{self, Field, Repairs};
use crate::watermark::{self, WatermarkPolicy};

rows! {
    /// Padding, UTF-8 and JSON alike.
    pub(crate) NOT_OPENED =
        Row::new(ErrorCode::DecryptFailed, "{encrypted_data} does not open with the given {session_key} and {iv}").hint(
            "Usually the session_key is stale: wx.login ran after the data was fetched; call wx.login first, then fetch encryptedData and iv together, and run diagnose() on the server to learn more.",
            "通常是 session_key 已过期：取得数据之后又调用了 wx.login；请先 wx.login 再同时获取 encryptedData 与 iv，可在服务端用 diagnose() 查看原因。",
        );
}

/// The texts of one payload as bytes that nobody has looked at yet.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'a> {
    pub(crate) encrypted_data: &'a [u8],
    pub(crate) iv: &'a [u8],
    pub(crate) session_keys: &'a [&'a [u8]],
}

/// The session keys of a policy as bytes, their number checked.
pub(crate) struct KeyTexts<'a> {
    texts: [&'a [u8]; MAX_SESSION_KEYS],
    count: usize,
}

impl<'a> KeyTexts<'a> {
    pub(crate) fn new(session_keys: &[&'a str]) -> Result<Self, Error> {
        let count = session_keys.len();
        check_session_key_count(count, "session_keys")?;
        let mut texts: [&[u8]; MAX_SESSION_KEYS] = [&[]; MAX_SESSION_KEYS];
        for (slot, key) in texts.iter_mut().zip(session_keys) {
            *slot = key.as_bytes();
        }
        Ok(Self { texts, count })
    }

    pub(crate) fn with<'t>(&'t self, encrypted_data: &'t str, iv: &'t str) -> Texts<'t> {
        Texts { encrypted_data: encrypted_data.as_bytes(), iv: iv.as_bytes(), session_keys: &self.texts[..self.count] }
    }
}

/// A payload that opened, still in the workspace.
pub(crate) struct Opened<'w> {
    /// UTF-8, which was checked before the JSON was read.
    pub(crate) text: &'w [u8],
    pub(crate) offsets: &'w Offsets,
    pub(crate) session_key_index: usize,
    pub(crate) repairs: Repairs,
}

/// All texts of a payload, decoded.
pub(crate) struct Decoded<'w> {
    pub(crate) keys: &'w [Option<SessionKey>],
    pub(crate) iv: &'w Iv,
    pub(crate) ciphertext: &'w [u8],
}

/// The buffers of the pipeline, kept from call to call.
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
    /// Where the values of the plaintext stand, if a template matched.
    offsets: Offsets,
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
        self.offsets.wipe();
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
                Ok(Opened { text: self.text(), offsets: &self.offsets, session_key_index, repairs })
            }
            Err(error) => {
                self.wipe();
                Err(error)
            }
        }
    }

    /// As [`open`](Self::open), leaving secrets in the buffers. One copy of it serves all operations.
    #[inline(never)]
    fn open_unwiped(
        &mut self,
        texts: &Texts<'_>,
        strict: bool,
        policy: &WatermarkPolicy<'_>,
    ) -> Result<(usize, Repairs), Error> {
        self.opened_by = None;
        self.offsets.forget();
        let repairs = self.decode(texts, strict)?;
        let ciphertext = self.ciphertext.as_slice();
        for (index, key) in self.keys.iter().flatten().enumerate() {
            let plaintext = self.plaintext.start(ciphertext.len());
            cipher::decrypt(key, &self.iv, ciphertext, plaintext);
            let Some(len) = cipher::unpadded_len::<{ cipher::BLOCK }>(plaintext) else { continue };
            let text = &plaintext[..len];
            let found = match self.offsets.match_text(text) {
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

    /// Decodes only. `diagnose` uses it to try other combinations of key and iv.
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

    pub(crate) const fn offsets(&self) -> &Offsets {
        &self.offsets
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
