//! AES-128-GCM with nonces of 96 bits and tags of 128, in place.
//!
//! Authenticated: what does not come from the key, or was altered, is never decrypted. Two messages under one key and nonce give
//! both away, and the means to forge more; choosing nonces is left to whoever calls this. Source: NIST SP 800-38D.

use aes::Aes128;
use aes::cipher::common::typenum::{U1, U12, U16};
use aes::cipher::inout::InOut;
use aes::cipher::{
    Block, BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, KeyInit as _,
    ParBlocksSizeUser,
};
use aes_gcm::AesGcm;
use aes_gcm::aead::AeadInOut as _;

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 12;
/// Bytes of a tag.
pub(crate) const TAG: usize = 16;

/// AES-128 by single blocks. The messages here are short, and leaving out the portable code for four blocks at once, which is
/// compiled beside that for one, saves the mini-program a good part of all this.
struct BlockByBlock(Aes128);

impl BlockByBlock {
    fn keyed(key: &[u8; 16]) -> AesGcm<Self, U12> {
        AesGcm::from(Self(Aes128::new(key.into())))
    }

    /// One function, and not a copy wherever the mode wants a block.
    #[inline(never)]
    fn encrypt(&self, block: &mut Block<Self>) {
        self.0.encrypt_block(block);
    }
}

impl BlockSizeUser for BlockByBlock {
    type BlockSize = U16;
}

impl ParBlocksSizeUser for BlockByBlock {
    type ParBlocksSize = U1;
}

impl BlockCipherEncBackend for BlockByBlock {
    fn encrypt_block(&self, mut block: InOut<'_, '_, Block<Self>>) {
        let mut encrypted = *block.get_in();
        self.encrypt(&mut encrypted);
        *block.get_out() = encrypted;
    }
}

impl BlockCipherEncrypt for BlockByBlock {
    fn encrypt_with_backend(&self, work: impl BlockCipherEncClosure<BlockSize = U16>) {
        work.call(self);
    }
}

/// Encrypts `data` in place and returns its tag. `None` for more data than the mode takes, 64 GiB. Round keys are wiped; copies may
/// remain on the stack, which the caller wipes.
pub(crate) fn seal_in_place(
    key: &[u8; 16],
    nonce: &[u8; NONCE],
    associated: &[u8],
    data: &mut [u8],
) -> Option<[u8; TAG]> {
    BlockByBlock::keyed(key).encrypt_inout_detached(nonce.into(), associated, data.into()).ok().map(Into::into)
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
    BlockByBlock::keyed(key).decrypt_inout_detached(nonce.into(), associated, data.into(), tag.into()).is_ok()
}
