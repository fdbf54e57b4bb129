//! Canonical base64 of the standard alphabet, both ways.

use base64_simd::{Out, STANDARD};

pub(crate) use base64_simd::STANDARD_NO_PAD as UNPADDED;

/// Decodes to the start of `out`, and gives that part. `None` for a text that is not canonical, or of more bytes than there is room for.
pub(crate) fn decode<'o>(text: &[u8], out: &'o mut [u8]) -> Option<&'o mut [u8]> {
    // The decoder panics where it lacks room.
    let len = STANDARD.decoded_length(text).ok()?;
    STANDARD.decode(text, Out::from_slice(out.get_mut(..len)?)).ok()
}

/// The other direction.
pub(crate) fn encode(bytes: &[u8]) -> alloc::string::String {
    STANDARD.encode_to_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_length_is_decoded_where_it_fits_and_refused_where_it_does_not() {
        for len in 0..70 {
            let bytes: alloc::vec::Vec<u8> = (0..len).collect();
            let text = encode(&bytes);
            let mut out = [0; 64];
            let expected = (bytes.len() <= out.len()).then_some(&*bytes);
            assert_eq!(decode(text.as_bytes(), &mut out).map(|bytes| &*bytes), expected, "{text}");
        }
        for text in [
            "A", "AA", "AA=", "AAA", "AAE", "AB==", "AAB=", "AAAA====", "AA-_", "AA==AA==", " AAAA", "AAAA\n", "=",
            "====",
        ] {
            assert_eq!(decode(text.as_bytes(), &mut [0; 64]), None, "{text}");
        }
    }
}
