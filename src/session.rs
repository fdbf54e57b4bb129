//! session_key and iv: secrets as types.

use core::fmt;

use crate::error::argument::{EMPTY, TOO_MANY};
use crate::error::{Actual, Error};
use crate::secret::{SecretBuffer, wipe_bytes};
use crate::transport::{self, Field, Repairs};

/// Most session keys that one payload is tried with: the current one and a few from before refreshes.
pub const MAX_SESSION_KEYS: usize = 8;

/// A user's session_key, decoded: 16 bytes.
///
/// Not `Clone` and not `Display`; wiped when dropped. Source: WeChat documentation, 开放数据校验与解密 ("aeskey 是16字节").
pub struct SessionKey([u8; 16]);

/// An initialisation vector, decoded: 16 bytes. It travels with the payload and is no secret, but is kept like one.
#[derive(Default)]
pub struct Iv([u8; 16]);

impl SessionKey {
    /// Reads the base64 text that `code2Session` returns. With `strict`, canonical base64 only.
    ///
    /// # Errors
    /// [`ErrorCode::IllegalSessionKey`](crate::ErrorCode::IllegalSessionKey).
    pub fn from_base64(text: &str, strict: bool) -> Result<(Self, Repairs), Error> {
        let mut work = SecretBuffer::default();
        Self::decode(text.as_bytes(), strict, &mut work)
    }

    pub(crate) fn decode(text: &[u8], strict: bool, work: &mut SecretBuffer) -> Result<(Self, Repairs), Error> {
        let mut key = Self([0; 16]);
        let repairs = decode_16(Field::SessionKey, text, strict, work, &mut key.0)?;
        Ok((key, repairs))
    }

    pub(crate) const fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn secret_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl Iv {
    /// Reads the base64 text that the mini-program sent. With `strict`, canonical base64 only.
    ///
    /// # Errors
    /// [`ErrorCode::IllegalIv`](crate::ErrorCode::IllegalIv).
    pub fn from_base64(text: &str, strict: bool) -> Result<(Self, Repairs), Error> {
        let mut work = SecretBuffer::default();
        Self::decode(text.as_bytes(), strict, &mut work)
    }

    pub(crate) fn decode(text: &[u8], strict: bool, work: &mut SecretBuffer) -> Result<(Self, Repairs), Error> {
        let mut iv = Self([0; 16]);
        let repairs = decode_16(Field::Iv, text, strict, work, &mut iv.0)?;
        Ok((iv, repairs))
    }

    pub(crate) const fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(crate) fn wipe(&mut self) {
        wipe_bytes(&mut self.0);
    }
}

pub(crate) fn check_session_key_count(count: usize, field: &'static str) -> Result<(), Error> {
    let (row, expected) = match count {
        0 => (&EMPTY, "a session_key or a list of them"),
        1..=MAX_SESSION_KEYS => return Ok(()),
        _ => (&TOO_MANY, "8 session keys"),
    };
    Err(Error::of(row, field, expected, Actual::Nothing))
}

/// The usual text goes straight to its place; `transport::decode` makes sure that there are 16 bytes in any other.
fn decode_16(
    field: Field,
    text: &[u8],
    strict: bool,
    work: &mut SecretBuffer,
    out: &mut [u8; 16],
) -> Result<Repairs, Error> {
    if transport::decode_canonical_16(text, out).is_some() {
        return Ok(Repairs::default());
    }
    let repairs = transport::decode(field, text, strict, work)?;
    out.copy_from_slice(work.as_slice());
    work.wipe();
    Ok(repairs)
}

impl Drop for SessionKey {
    fn drop(&mut self) {
        wipe_bytes(&mut self.0);
    }
}

impl Drop for Iv {
    fn drop(&mut self) {
        wipe_bytes(&mut self.0);
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey([secret])")
    }
}

impl fmt::Debug for Iv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iv([16 bytes])")
    }
}
