//! The one place that touches a cipher: AES-128-CBC (open data) and AES-256-CBC (message push) with PKCS#7 padding, in place.
//!
//! Hazardous by itself. CBC carries no authentication: whoever can change the ciphertext can change the plaintext, and telling
//! apart why decryption failed gives the plaintext away. Everything above this module answers every failure in one way.

pub(crate) mod gcm;
#[cfg(any(all(target_arch = "wasm32", target_feature = "simd128"), test, feature = "assurance"))]
mod simd;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use aes::Aes128;
use aes::Aes256;
use aes::cipher::consts::U16;
use aes::cipher::{Array, Block, BlockCipherDecrypt, KeyInit as _};
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};

use crate::session::{Iv, SessionKey};

/// WebAssembly has no instructions for AES, and the portable code of `aes` takes twice as long there. Other targets have `aes`.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use self::simd::SimdAes128 as Aes128;

/// Bytes of an AES block.
pub(crate) const BLOCK: usize = 16;

/// What message push pads to: two blocks, so that a pad may have 32 bytes.
pub(crate) const PUSH_WIDTH: usize = 32;

/// Decrypts `ciphertext`, whose length must be a multiple of 16, to `plaintext`, which must be as long. Round keys are wiped; of
/// them and of the last blocks, copies may remain on the stack, which the caller wipes.
///
/// The mode is spelled out here and not taken from the `cbc` crate, which copies each group of blocks three times, by calls where
/// the module is built for size, and decrypts what is left over block by block, each at the price of a group.
pub(crate) fn decrypt(key: &SessionKey, iv: &Iv, ciphertext: &[u8], plaintext: &mut [u8]) {
    decrypt_cbc(&Aes128::new(&Array(*key.secret_bytes())), iv, ciphertext, plaintext);
}

/// CBC: each block is decrypted, and the block of ciphertext before it added (NIST SP 800-38A, section 6.2).
#[inline(always)]
fn decrypt_cbc(cipher: &impl BlockCipherDecrypt<BlockSize = U16>, iv: &Iv, ciphertext: &[u8], plaintext: &mut [u8]) {
    let (ciphertext, rest) = Array::slice_as_chunks(ciphertext);
    let (plaintext, _) = Array::slice_as_chunks_mut(plaintext);
    debug_assert!(rest.is_empty(), "the caller checks the length");
    let same_length = cipher.decrypt_blocks_b2b(ciphertext, plaintext);
    debug_assert!(same_length.is_ok(), "the caller gives as much room");
    let [first, others @ ..] = plaintext else { return };
    add(&mut first.0, iv.bytes());
    others.iter_mut().zip(ciphertext).for_each(|(block, before)| add(&mut block.0, &before.0));
}

#[inline(always)]
fn add(block: &mut [u8; BLOCK], other: &[u8; BLOCK]) {
    *block = (u128::from_ne_bytes(*block) ^ u128::from_ne_bytes(*other)).to_ne_bytes();
}

/// As [`decrypt`], with the cipher that modules with SIMD have, and the same on registers of any other target.
#[cfg(feature = "assurance")]
pub(crate) fn decrypt_in_registers(key: &SessionKey, iv: &Iv, ciphertext: &[u8], plaintext: &mut [u8]) {
    decrypt_cbc(&simd::SimdAes128::new(&Array(*key.secret_bytes())), iv, ciphertext, plaintext);
}

/// Encrypts a pushed message in place. Its length must be a multiple of 16; the iv is the first half of the key.
///
/// AES-256 runs once or twice a message, so here the `cbc` crate does: what is said at [`decrypt`] would save nothing.
pub(crate) fn encrypt_push(key: &[u8; 32], data: &mut [u8]) {
    let (blocks, rest) = Array::slice_as_chunks_mut(data);
    debug_assert!(rest.is_empty(), "the caller pads");
    let mut mode = cbc::Encryptor::<Aes256>::new(&Array(*key), &push_iv(key));
    blocks.iter_mut().for_each(|block| mode.encrypt_block(block));
}

/// Decrypts what [`encrypt_push`] encrypted.
pub(crate) fn decrypt_push(key: &[u8; 32], data: &mut [u8]) {
    let (blocks, rest) = Array::slice_as_chunks_mut(data);
    debug_assert!(rest.is_empty(), "the caller checks the length");
    let mut mode = cbc::Decryptor::<Aes256>::new(&Array(*key), &push_iv(key));
    blocks.iter_mut().for_each(|block| mode.decrypt_block(block));
}

/// WeChat's documentation names none; this is the iv of its published vectors.
fn push_iv(key: &[u8; 32]) -> Block<Aes256> {
    let (half, _) = key.split_at(BLOCK);
    Array::try_from(half).unwrap_or_default()
}

/// The length of the plaintext without its PKCS#7 padding to a multiple of `WIDTH` bytes, or `None` if the padding is wrong.
///
/// The last `WIDTH` bytes are looked at whatever they hold, and nothing branches on them before the verdict.
/// Source: RFC 5652, section 6.3; WeChat documentation, 开放数据校验与解密 ("数据采用PKCS#7填充", [`BLOCK`]) and 消息推送
/// ([`PUSH_WIDTH`]).
pub(crate) fn unpadded_len<const WIDTH: usize>(plaintext: &[u8]) -> Option<usize> {
    let padding = Padding::of(plaintext.last_chunk::<WIDTH>()?);
    (core::hint::black_box(padding.wrong) == 0).then(|| plaintext.len() - padding.len as usize)
}

/// What the last bytes of a plaintext say of its padding, before anybody asks.
pub(crate) struct Padding {
    /// 0 if it is right.
    pub(crate) wrong: u32,
    /// Its length, if it is right.
    pub(crate) len: u32,
}

impl Padding {
    /// Neither an address nor a branch depends on the bytes.
    #[inline(always)]
    pub(crate) fn of<const WIDTH: usize>(last: &[u8; WIDTH]) -> Self {
        let len = u32::from(last[WIDTH - 1]);
        // Bit 31 of each difference says "less than".
        #[expect(clippy::cast_possible_truncation, reason = "16 or 32")]
        let mut wrong = len.wrapping_sub(1) | (WIDTH as u32).wrapping_sub(len);
        wrong >>= 31;
        for (from_end, byte) in (1_u32..).zip(last.iter().rev()) {
            // All ones where this byte belongs to the padding: from_end <= len.
            let inside = (len.wrapping_sub(from_end) >> 31).wrapping_sub(1);
            wrong |= inside & (u32::from(*byte) ^ len);
        }
        Self { wrong, len }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// The rule as one would say it, for comparison.
    fn naive<const WIDTH: usize>(plaintext: &[u8]) -> Option<usize> {
        let pad = usize::from(*plaintext.last()?);
        let len = plaintext.len().checked_sub(pad)?;
        ((1..=WIDTH).contains(&pad) && plaintext[len..].iter().all(|byte| usize::from(*byte) == pad)).then_some(len)
    }

    #[test]
    fn padding_agrees_with_the_rule_for_every_last_byte_and_every_damage() {
        every_padding::<BLOCK>();
        every_padding::<PUSH_WIDTH>();
    }

    fn every_padding<const WIDTH: usize>() {
        for pad in 0..=255_u8 {
            for damaged in 0..WIDTH {
                for damage in [0, 1, 0x80, 0xFF] {
                    let mut block = [pad; WIDTH];
                    block[damaged] ^= damage;
                    let expected = naive::<WIDTH>(&block);
                    assert_eq!(unpadded_len::<WIDTH>(&block), expected, "pad {pad}, byte {damaged} ^ {damage}");
                    let mut text = [b'x'; WIDTH];
                    let inside = usize::from(pad).min(WIDTH);
                    text[WIDTH - inside..].fill(pad);
                    text[damaged] ^= damage;
                    assert_eq!(unpadded_len::<WIDTH>(&text), naive::<WIDTH>(&text));
                }
            }
        }
        assert_eq!(unpadded_len::<WIDTH>(&[]), None);
        assert_eq!(unpadded_len::<WIDTH>(&[1; WIDTH][1..]), None);
    }

    #[test]
    fn every_number_of_blocks_decrypts_as_with_the_cbc_crate() {
        for count in 0..=26 {
            let (key, iv) = ([0xC3; 16], [0x5A; 16]);
            let ciphertext: alloc::vec::Vec<u8> = (0..=255).cycle().take(count * BLOCK).collect();
            let mut plaintext = alloc::vec![0; count * BLOCK];
            decrypt(&SessionKey::of_bytes(key), &Iv::of_bytes(iv), &ciphertext, &mut plaintext);
            let mut expected = ciphertext;
            let (blocks, _) = Array::slice_as_chunks_mut(&mut expected);
            cbc::Decryptor::<aes::Aes128>::new(&Array(key), &Array(iv)).decrypt_blocks(blocks);
            assert_eq!(plaintext, expected, "{count} blocks");
        }
    }

    /// NIST SP 800-38A, F.2.2: CBC-AES128.Decrypt.
    #[test]
    fn nist_sp_800_38a_cbc_aes128() {
        let hex = |text: &str| -> alloc::vec::Vec<u8> {
            text.as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect()
        };
        let text = |bytes: &[u8]| {
            use base64::Engine as _;
            let mut text = [0; 24];
            let len = base64::engine::general_purpose::STANDARD.encode_slice(bytes, &mut text).unwrap();
            alloc::string::String::from_utf8(text[..len].to_vec()).unwrap()
        };
        let (key, _) = SessionKey::from_base64(&text(&hex("2b7e151628aed2a6abf7158809cf4f3c")), true).unwrap();
        let (iv, _) = Iv::from_base64(&text(&hex("000102030405060708090a0b0c0d0e0f")), true).unwrap();
        let ciphertext = hex(concat!(
            "7649abac8119b246cee98e9b12e9197d",
            "5086cb9b507219ee95db113a917678b2",
            "73bed6b8e3c1743b7116e69e22229516",
            "3ff1caa1681fac09120eca307586e1a7",
        ));
        let mut data = alloc::vec![0; ciphertext.len()];
        decrypt(&key, &iv, &ciphertext, &mut data);
        let plaintext = concat!(
            "6bc1bee22e409f96e93d7e117393172a",
            "ae2d8a571e03ac9c9eb76fac45af8e51",
            "30c81c46a35ce411e5fbc1191a0a52ef",
            "f69f2445df4f9b17ad2b417be66c3710",
        );
        assert_eq!(data, hex(plaintext));
    }
}
