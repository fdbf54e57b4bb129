//! AES-128-GCM with nonces of 96 bits and tags of 128, in place.
//!
//! Authenticated: what does not come from the key, or was altered, is never decrypted. Two messages under one key and nonce give
//! both away, and the means to forge more; choosing nonces is left to whoever calls this. Source: NIST SP 800-38D.

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes128Gcm, KeyInit as _};

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;
/// Bytes of a tag.
pub(crate) const TAG: usize = 16;

/// Encrypts `data` in place and returns its tag. `None` for more data than the mode takes, 64 GiB. Round keys are wiped; copies may
/// remain on the stack, which the caller wipes.
pub(crate) fn seal_in_place(
    key: &[u8; 16],
    nonce: &[u8; NONCE],
    associated: &[u8],
    data: &mut [u8],
) -> Option<[u8; TAG]> {
    Aes128Gcm::new(key.into()).encrypt_inout_detached(nonce.into(), associated, data.into()).ok().map(Into::into)
}

/// Decrypts `data` in place, if the tag is that of all of it; otherwise `data` stays as it is. The tags are compared in constant time.
/// As for the rest, see [`seal_in_place`].
pub(crate) fn open_in_place(
    key: &[u8; 16],
    nonce: &[u8; NONCE],
    associated: &[u8],
    data: &mut [u8],
    tag: &[u8; TAG],
) -> bool {
    Aes128Gcm::new(key.into()).decrypt_inout_detached(nonce.into(), associated, data.into(), tag.into()).is_ok()
}
