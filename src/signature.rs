//! Signatures under the session_key and the appKey.
//!
//! The key of every one of them is the **text** that WeChat gave, undecoded, as its published examples show: the base64 of a
//! session_key, not the 16 bytes that it stands for. A text that is no session_key is refused before it is used, since what it
//! signs would be refused by WeChat without a word about why.

use alloc::string::String;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

use crate::error::argument::EMPTY;
use crate::error::{Actual, Error};
use crate::secret::{SecretBuffer, wipe_stack};
use crate::session::{SessionKey, check_session_key_count};

/// Characters of a sha1 in hexadecimal.
pub(crate) const SHA1_HEX: usize = 40;
/// Characters of an HMAC-SHA256 in hexadecimal.
pub(crate) const HMAC_HEX: usize = 64;

/// Verifies the `signature` of `wx.getUserInfo`: sha1 of `rawData` and the session_key, one after the other, in lower-case hexadecimal.
///
/// False where it does not match, whatever its shape. All keys are computed and compared, each in constant time, so that the time
/// tells neither which one it was nor how much of it is right. `raw_data` has to be the text that the client received, byte
/// for byte: data that was parsed and written again, or is percent-encoded, has another signature.
///
/// The signature is sha1 over a key that follows the data; it says that the data came from someone who has the session_key.
///
/// Source: WeChat documentation, 开放数据校验与解密 (`signature = sha1(rawData + session_key)`).
///
/// # Errors
/// `INVALID_ARGUMENT` for no session key or more than [`MAX_SESSION_KEYS`](crate::MAX_SESSION_KEYS); `ILLEGAL_SESSION_KEY` for a text
/// that is not the canonical base64 of 16 bytes.
pub fn verify_signature(raw_data: &str, signature: &str, session_keys: &[&str]) -> Result<bool, Error> {
    check_session_key_count(session_keys.len(), "session_keys")?;
    let outcome = verify_unwiped(raw_data.as_bytes(), signature.as_bytes(), session_keys);
    wipe_stack();
    outcome
}

/// A frame of its own, so that wiping the stack afterwards reaches all of it. The number of keys has been checked.
#[inline(never)]
pub(crate) fn verify_unwiped<K: AsRef<[u8]>>(
    raw_data: &[u8],
    signature: &[u8],
    session_keys: &[K],
) -> Result<bool, Error> {
    for key in session_keys {
        check_session_key(key.as_ref())?;
    }
    Ok(any_matches(raw_data, signature, session_keys).into())
}

/// Whether the signature is that of any key: every one of them is computed, and nothing branches on what comes out.
pub(crate) fn any_matches<K: AsRef<[u8]>>(raw_data: &[u8], signature: &[u8], session_keys: &[K]) -> Choice {
    session_keys
        .iter()
        .fold(Choice::from(0), |matches, key| matches | sha1_hex(&[raw_data, key.as_ref()]).ct_eq(signature))
}

/// Signs with a session_key: HMAC-SHA256 of `data` under its text, in lower-case hexadecimal.
///
/// It is the `signature` of checkSessionKey, resetUserSessionKey and getUserEncryptKey, where `data` is empty, and of virtual
/// payment, where it is `signData` exactly as it is sent.
///
/// Source: WeChat documentation, 检验登录态, 虚拟支付 (section 2.6), 用户登录态签名.
///
/// # Errors
/// `ILLEGAL_SESSION_KEY` for a text that is not the canonical base64 of 16 bytes.
pub fn sign_with_session_key(session_key: &str, data: &str) -> Result<String, Error> {
    let outcome =
        check_session_key(session_key.as_bytes()).map(|()| hmac_hex(session_key.as_bytes(), &[data.as_bytes()]));
    wipe_stack();
    outcome.map(|digits| as_text(&digits).into())
}

/// Signs a payment: virtual payment's `paySig`, HMAC-SHA256 of `uri`, `&` and `sign_data` under the appKey, in lower-case
/// hexadecimal.
///
/// `uri` is `requestVirtualPayment` in the client, and the path of the interface, `/xpay/query_user_balance` say, on a server.
///
/// Source: WeChat documentation, 虚拟支付 (section 2.5).
///
/// # Errors
/// `INVALID_ARGUMENT` for an empty appKey or uri.
pub fn sign_payment(app_key: &str, uri: &str, sign_data: &str) -> Result<String, Error> {
    check_payment(app_key, uri)?;
    let outcome = payment_hex(app_key.as_bytes(), uri.as_bytes(), sign_data.as_bytes());
    wipe_stack();
    Ok(as_text(&outcome).into())
}

pub(crate) fn check_payment(app_key: &str, uri: &str) -> Result<(), Error> {
    for (text, field, expected) in [(app_key, "app_key", "the appKey of virtual payment"), (uri, "uri", "a uri")] {
        if text.is_empty() {
            return Err(Error::of(&EMPTY, field, expected, Actual::Nothing));
        }
    }
    Ok(())
}

pub(crate) fn payment_hex(app_key: &[u8], uri: &[u8], sign_data: &[u8]) -> [u8; HMAC_HEX] {
    hmac_hex(app_key, &[uri, b"&", sign_data])
}

/// The session_key's own text is what signs, so nothing is put right in it.
pub(crate) fn check_session_key(text: &[u8]) -> Result<(), Error> {
    SessionKey::decode(text, true, &mut SecretBuffer::default()).map(drop)
}

#[inline(never)]
pub(crate) fn hmac_hex(key: &[u8], parts: &[&[u8]]) -> [u8; HMAC_HEX] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        // HMAC takes keys of any length (RFC 2104, section 2).
        Err(_) => return [0; HMAC_HEX],
    };
    for part in parts {
        mac.update(part);
    }
    hex(&mac.finalize().into_bytes())
}

/// The sha1 of the parts, one after the other.
#[inline(never)]
pub(crate) fn sha1_hex(parts: &[&[u8]]) -> [u8; SHA1_HEX] {
    let mut sha1 = Sha1::new();
    for part in parts {
        sha1.update(part);
    }
    hex(&sha1.finalize())
}

/// Lower-case hexadecimal, without a table that is indexed by what is written, and without a branch on it: arithmetic in place of the
/// selection is compiled to one where size counts. `N` is twice the number of bytes.
fn hex<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut digits = [0; N];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        for (digit, value) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
            let is_letter = Choice::from(9_u8.wrapping_sub(value) >> 7);
            *digit = u8::conditional_select(&(b'0' + value), &(b'a' - 10).wrapping_add(value), is_letter);
        }
    }
    digits
}

/// Digits are ASCII, and there is always a text.
pub(crate) fn as_text(digits: &[u8]) -> &str {
    core::str::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn every_byte_has_its_two_digits() {
        for byte in 0..=255_u8 {
            let digits: [u8; 2] = hex(&[byte]);
            assert_eq!(alloc::format!("{byte:02x}").as_bytes(), digits);
        }
    }

    /// FIPS 180-4's example of one block, and RFC 4231, test case 2.
    #[test]
    fn published_digests() {
        assert_eq!(&sha1_hex(&[b"a", b"", b"bc"]), b"a9993e364706816aba3e25717850c26c9cd0d89d");
        let mac = hmac_hex(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(&mac, b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
