//! RFC 4648: the vectors of section 10, and what sections 3 and 4 say about texts that are not canonical.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use weapp_opendata::assurance::{Alphabet, decode_base64};
use weapp_opendata::{Iv, SessionKey};

use crate::suite::Suite;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn decoded(alphabet: Alphabet, text: &str) -> Option<Vec<u8>> {
    decode_base64(alphabet, text.as_bytes()).map(|bytes| bytes.as_slice().to_vec())
}

/// Section 10, and the example of section 9. Sealed texts have no padding, which section 3.2 allows where it is specified.
#[test]
fn published_vectors() {
    let mut suite = Suite::new("rfc 4648 sections 9 and 10");
    let vectors: [(&[u8], &str); 10] = [
        (b"", ""),
        (b"f", "Zg=="),
        (b"fo", "Zm8="),
        (b"foo", "Zm9v"),
        (b"foob", "Zm9vYg=="),
        (b"fooba", "Zm9vYmE="),
        (b"foobar", "Zm9vYmFy"),
        (b"\x14\xfb\x9c\x03\xd9\x7e", "FPucA9l+"),
        (b"\x14\xfb\x9c\x03\xd9", "FPucA9k="),
        (b"\x14\xfb\x9c\x03", "FPucAw=="),
    ];
    for (bytes, text) in vectors {
        suite.case(format_args!("base64 {text}"), decoded(Alphabet::Standard, text).as_deref() == Some(bytes));
        let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
        suite.case(format_args!("base64url {text}"), decoded(Alphabet::UrlSafe, &text).as_deref() == Some(bytes));
    }
    suite.finish(20);
}

/// Sections 3.1 to 3.5: line feeds, padding that is missing or too much, characters of no alphabet, bits that no encoder writes.
#[test]
fn texts_that_are_not_canonical_are_refused() {
    let mut suite = Suite::new("rfc 4648 sections 3.1 to 3.5, refused");
    let refused = [
        // 3.1
        "Zm9v\nYmFy",
        "Zm9vYmFy\n",
        "\r\nZm9vYmFy",
        " Zm9vYmFy",
        "Zm9v YmFy",
        "Zm9vYmFy\0",
        // 3.2
        "Zg",
        "Zg=",
        "Zm8",
        "Zm9vYg",
        "Zm9vYg=",
        "Zm9vYmE",
        // 3.3 and 3.4
        "Zm9v!mFy",
        "Zm9v%3D",
        "Zm9vYmF.",
        "Zm9vYmF\u{c4}",
        "FPucA9l-",
        "_PucA9l+",
        "Zm9v:mFy",
        "Zm9v@mFy",
        "Zm9v[mFy",
        "Zm9v`mFy",
        "Zm9v{mFy",
        // 3.3, padding that is not at the end or too much
        "=",
        "==",
        "===",
        "====",
        "Z===",
        "Zg===",
        "Zm8==",
        "Zm9v=",
        "Zm9v==",
        "Zm9v====",
        "Zg==Zg==",
        "Z=g=",
        "=Zg=",
        "Zm=v",
        // A length that no bytes have
        "Z",
        "Zm9vY",
        "Zm9vYmFyZ",
        // 3.5
        "Zh==",
        "Zi==",
        "Zv==",
        "Zm9=",
        "Zm+=",
        "Zm/=",
        "Zm9vYh==",
        "Zm9vYmF=",
    ];
    for text in refused {
        suite.case(format_args!("{text:?}"), decoded(Alphabet::Standard, text).is_none());
    }
    suite.finish(refused.len());
}

/// Section 3.5 in full: of the last character only those without bits beyond the bytes are accepted, in a text of any length.
#[test]
fn every_last_character() {
    let mut suite = Suite::new("rfc 4648 section 3.5, every last character");
    for (groups, last) in (0..40).flat_map(|groups| STANDARD.iter().map(move |last| (groups, char::from(*last)))) {
        let value = STANDARD.iter().position(|character| char::from(*character) == last).unwrap();
        let before = "Zm9v".repeat(groups);
        for (text, spare_bits) in
            [(format!("{before}Z{last}=="), 4), (format!("{before}Zm{last}="), 2), (format!("{before}Zm9{last}"), 0)]
        {
            let canonical = value.trailing_zeros() >= spare_bits || value == 0;
            let agrees = decoded(Alphabet::Standard, &text).is_some() == canonical;
            let without = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
            let agrees = agrees && decoded(Alphabet::UrlSafe, &without).is_some() == canonical;
            suite.case(text, agrees);
        }
    }
    suite.finish(40 * 64 * 3);
}

/// The same of the public types, which hold 16 bytes: 22 characters, of the last of which four bits are spare.
#[test]
fn keys_and_ivs() {
    let mut suite = Suite::new("rfc 4648 session_key and iv, every character of ASCII at every place");
    let text = *b"tiihtNczf5v6AKRyjwEUhQ==";
    for at in 0..22 {
        for byte in 0..128_u8 {
            let mut text = text;
            text[at] = byte;
            let text = std::str::from_utf8(&text).unwrap();
            let value = STANDARD.iter().position(|character| *character == byte);
            let canonical = value.is_some_and(|value| at != 21 || value % 16 == 0);
            let key = SessionKey::from_base64(text, true).is_ok_and(|(_, repairs)| repairs.is_empty());
            let iv = Iv::from_base64(text, true).is_ok_and(|(_, repairs)| repairs.is_empty());
            suite.case(format_args!("{at} {byte}"), [key, iv] == [canonical; 2]);
        }
    }
    suite.finish(22 * 128);
}
