//! Reading PEM.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::base64;

/// Longest PEM text: an RSA key of 16384 bits has about 12,500 characters, a certificate a few thousand.
pub(crate) const MAX_PEM: usize = 16384;

/// One block: its label and what it encodes.
pub(crate) struct Block<'a> {
    pub(crate) label: &'a str,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// Reads the one block of a text, after RFC 7468 with one leniency: whitespace may stand anywhere between the first and the last line,
/// or be left out. WeChat's own sample key has no line break before its last line, and line breaks change on their way through
/// configuration. Everything else is strict: one block, nothing around it, canonical base64.
pub(crate) fn read(text: &str) -> Option<Block<'_>> {
    if text.len() > MAX_PEM {
        return None;
    }
    let (label, rest) = text.trim_ascii().strip_prefix("-----BEGIN ")?.split_once("-----")?;
    let body = rest.strip_suffix("-----")?.strip_suffix(label)?.strip_suffix("-----END ")?;
    let mut characters = Zeroizing::new(Vec::with_capacity(body.len()));
    characters.extend(body.bytes().filter(|character| !character.is_ascii_whitespace()));
    let mut der = Zeroizing::new(alloc::vec![0; characters.len() / 4 * 3 + 3]);
    let len = base64::decode(&characters, &mut der)?.len();
    der.truncate(len);
    Some(Block { label, der })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "these are tests")]
mod tests {
    use super::*;

    fn der(text: &str) -> Option<Vec<u8>> {
        read(text).map(|block| block.der.to_vec())
    }

    #[test]
    fn line_breaks_may_be_anywhere_or_nowhere() {
        for text in [
            "-----BEGIN X-----\nAAEC\nAwQF\n-----END X-----\n",
            "-----BEGIN X-----\r\nAAECAwQF\r\n-----END X-----",
            "\n  -----BEGIN X-----\n  AAEC\n  AwQF-----END X-----\n",
            "-----BEGIN X-----AAECAwQF-----END X-----",
        ] {
            assert_eq!(der(text).unwrap(), [0, 1, 2, 3, 4, 5], "{text:?}");
        }
        assert_eq!(
            read("-----BEGIN RSA PRIVATE KEY-----AAEC-----END RSA PRIVATE KEY-----").unwrap().label,
            "RSA PRIVATE KEY"
        );
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "AAEC",
            "-----BEGIN X-----",
            "-----BEGIN X-----AAEC",
            "-----BEGIN X-----AAEC-----END Y-----",
            "-----BEGIN X-----AAE-----END X-----",
            "-----BEGIN X-----AAF=-----END X-----",
            "-----BEGIN X-----A\\nAEC-----END X-----",
            "-----BEGIN X-----Proc-Type: 4,ENCRYPTED\n\nAAEC-----END X-----",
            "key: -----BEGIN X-----AAEC-----END X-----",
            "-----BEGIN X-----AAEC-----END X-----\n-----BEGIN X-----AAEC-----END X-----",
        ] {
            assert!(der(text).is_none(), "{text:?}");
        }
        let long = alloc::format!("-----BEGIN X-----{}-----END X-----", "A".repeat(MAX_PEM));
        assert!(der(&long).is_none());
    }
}
