//! Web addresses: the plain part of the WHATWG URL standard.
//!
//! A whole URL parser brings tables for international domain names that weigh more than this crate. What is accepted here
//! is read exactly as the standard reads it; what needs more of the standard is refused. So every address has one reading,
//! and no host can pass for another.
//!
//! # Syntax
//!
//! `http://` or `https://` in any case, a host of ASCII labels or four decimal numbers, an optional port, then nothing or
//! a path, query and fragment of any characters.

use alloc::borrow::Cow;

use super::text::{every, has_upper_case, join, split, split_last, strip_any_case, without_query};

/// The longest host and the longest label of the domain name system, in bytes.
const MAX_HOST: usize = 253;
const MAX_LABEL: usize = 63;

/// An address of `http` or `https`, taken apart.
pub(super) struct WebAddress<'a> {
    text: &'a str,
    /// `http://` or `https://`.
    prefix: &'static str,
    host: Cow<'a, str>,
    /// `None` for the scheme's own.
    port: Option<&'a str>,
    /// Path, query and fragment.
    rest: &'a str,
}

impl<'a> WebAddress<'a> {
    /// Reads a text without control characters and backslashes. `None` for all that is not of the syntax above.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (prefix, default_port, after) = match strip_any_case(text, "https://") {
            Some(after) => ("https://", "443", after),
            None => ("http://", "80", strip_any_case(text, "http://")?),
        };
        let (authority, rest) = split(after, b"/?#");
        let (host, port) = split(authority, b":");
        let port = port.strip_prefix(':');
        if !is_plain_host(host) || !port.is_none_or(is_plain_port) {
            return None;
        }
        let host = if has_upper_case(host) { Cow::Owned(host.to_ascii_lowercase()) } else { Cow::Borrowed(host) };
        Some(Self { text, prefix, host, port: port.filter(|&port| port != default_port), rest })
    }

    /// In lower case.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// True without a port and with that of the scheme.
    pub(super) fn has_no_port(&self) -> bool {
        self.port.is_none()
    }

    /// The path, which can be empty.
    pub(super) fn path(&self) -> &'a str {
        without_query(self.rest)
    }

    /// Path, query and fragment.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Scheme and host in lower case, no default port, `/` for an empty path; the rest as it was.
    pub(super) fn canonical(&self) -> Cow<'a, str> {
        self.write(self.prefix)
    }

    /// The same with the scheme `https`.
    pub(super) fn canonical_over_https(&self) -> Cow<'a, str> {
        self.write("https://")
    }

    fn write(&self, prefix: &str) -> Cow<'a, str> {
        let slash = if self.rest.starts_with('/') { "" } else { "/" };
        let (colon, port) = self.port.map_or(("", ""), |port| (":", port));
        let parts = [prefix, &self.host, colon, port, slash, self.rest];
        // Comparing costs less than an allocation, and most addresses come in canonical form.
        let mut remaining = Some(self.text);
        for part in parts {
            remaining = remaining.and_then(|text| text.strip_prefix(part));
        }
        if remaining == Some("") { Cow::Borrowed(self.text) } else { Cow::Owned(join(&parts)) }
    }
}

/// ASCII labels of letters, digits, `-` and `_`, or an IPv4 address in its usual form.
fn is_plain_host(host: &str) -> bool {
    if host.len() > MAX_HOST || !every(host, b'.', is_plain_label) {
        return false;
    }
    // The standard reads every host that ends in a number as an IPv4 address: `1`, `127.1`, `0x7f.1`, `a.1`.
    let last = split_last(host, b'.').map_or(host, |(_, last)| last);
    !is_number(last) || is_dotted_quad(host)
}

fn is_plain_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        // Punycode has to be decoded and looked up to know whether it is valid.
        && strip_any_case(label, "xn--").is_none()
}

fn is_number(label: &str) -> bool {
    match strip_any_case(label, "0x") {
        Some(digits) => digits.bytes().all(|b| b.is_ascii_hexdigit()),
        None => label.bytes().all(|b| b.is_ascii_digit()),
    }
}

fn is_dotted_quad(host: &str) -> bool {
    host.bytes().filter(|&b| b == b'.').count() == 3
        && every(host, b'.', |part| parse_decimal(part).is_some_and(|n| n <= 255))
}

fn is_plain_port(port: &str) -> bool {
    parse_decimal(port).is_some_and(|n| (1..=65535).contains(&n))
}

/// Up to five digits without a leading zero, which would mean octal to some readers.
fn parse_decimal(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 5 || (text.starts_with('0') && text != "0") {
        return None;
    }
    text.bytes().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}
