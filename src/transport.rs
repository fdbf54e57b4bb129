//! Base64 as it really arrives, to bytes.
//!
//! # Accepted
//! Canonical RFC 4648 base64 in the standard alphabet, at most [`MAX_TEXT`] bytes of text.
//!
//! # Repaired, unless strict
//! Damage whose cause is known and whose cure is never in doubt; see [`Repair`] for each. Real cases of all five are collected
//! in the project's facts: `+` lost in forms, wrapped samples, double encoding, URL-safe encoders, stripped padding.
//!
//! # Rejected
//! Everything else, with a reason. Which characters are wrong and how long the text is counts as public; content does not.
//! Cost is linear in the length of the text.

use core::ptr;

use base64_simd::{Base64, Out, STANDARD, STANDARD_NO_PAD};

use crate::error::{Actual, Error, ErrorCode, Row};
use crate::rows;
use crate::secret::SecretBuffer;

/// Longest accepted text in bytes. WeChat's largest payloads (31 days of WeRun) stay under 3 KB; a mebibyte leaves room for what
/// may come and keeps a hostile request cheap.
pub const MAX_TEXT: usize = 1024 * 1024;

/// How often percent-encoding is undone. Client code, `wx.request` and a proxy make three.
const MAX_PERCENT_LAYERS: usize = 3;

/// Something that was put right before decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// `%2B` and the like, up to three layers.
    PercentEncoding = 1,
    /// A space that was a `+`: form decoding turns one into the other.
    LostPlus = 2,
    /// `-` and `_` for `+` and `/`.
    UrlSafeAlphabet = 4,
    /// Line breaks and tabs with the spaces touching them, and what is left at the ends.
    Whitespace = 8,
    /// Missing `=` at the end.
    MissingPadding = 16,
}

impl Repair {
    /// All repairs, the most telling first.
    pub const ALL: [Self; 5] =
        [Self::PercentEncoding, Self::LostPlus, Self::UrlSafeAlphabet, Self::Whitespace, Self::MissingPadding];

    /// The word as it stands in JavaScript and in [`Error::reason`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PercentEncoding => "PERCENT_ENCODING",
            Self::LostPlus => "LOST_PLUS",
            Self::UrlSafeAlphabet => "URL_SAFE_ALPHABET",
            Self::Whitespace => "WHITESPACE",
            Self::MissingPadding => "MISSING_PADDING",
        }
    }

    /// What a text is refused with that needs it.
    pub(crate) const fn row(self) -> &'static Row {
        match self {
            Self::PercentEncoding => &PERCENT_ENCODING,
            Self::LostPlus => &LOST_PLUS,
            Self::UrlSafeAlphabet => &URL_SAFE_ALPHABET,
            Self::Whitespace => &WHITESPACE,
            Self::MissingPadding => &MISSING_PADDING,
        }
    }
}

/// A set of [`Repair`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs(u8);

impl Repairs {
    /// True if nothing had to be repaired.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True if `repair` was made.
    #[must_use]
    pub const fn contains(self, repair: Repair) -> bool {
        self.0 & repair as u8 != 0
    }

    /// The repair that explains why the text is still wrong. Missing padding explains nothing: cut texts have it too.
    fn cause(self) -> Option<Repair> {
        self.iter().find(|repair| *repair != Repair::MissingPadding)
    }

    /// The repairs made, the most telling first.
    pub fn iter(self) -> impl Iterator<Item = Repair> {
        Repair::ALL.into_iter().filter(move |repair| self.contains(*repair))
    }

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn add(&mut self, repair: Repair) {
        self.0 |= repair as u8;
    }
}

/// Which text of base64: the three of a payload, or that of a pushed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    EncryptedData,
    Iv,
    SessionKey,
    Encrypt,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::EncryptedData => "encrypted_data",
            Self::Iv => "iv",
            Self::SessionKey => "session_key",
            Self::Encrypt => "encrypt",
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Self::EncryptedData => "base64 of a multiple of 16 bytes",
            Self::Iv | Self::SessionKey => "base64 of 16 bytes",
            Self::Encrypt => "base64 of a multiple of 32 bytes",
        }
    }

    /// The code of a fault of this text: the field decides before the fault does, as in WeChat's samples.
    const fn code(self, row: &Row) -> ErrorCode {
        match self {
            Self::SessionKey => ErrorCode::IllegalSessionKey,
            Self::Iv => ErrorCode::IllegalIv,
            Self::EncryptedData | Self::Encrypt => row.code(),
        }
    }
}

/// The text is not base64.
const ILLEGAL_BASE64: ErrorCode = ErrorCode::IllegalBase64;
/// The text is base64, but the number of bytes is wrong.
const ILLEGAL_BUFFER: ErrorCode = ErrorCode::IllegalBuffer;

/// Damage that is usually done where the text is handed on.
const fn altered(code: ErrorCode, message: &'static str) -> Row {
    Row::new(code, message).hint(
        "Pass the text on exactly as WeChat gave it, without cutting, trimming or re-encoding it.",
        "请原样传递微信给出的文本，不要截断或重新编码。",
    )
}

rows! {
    LOST_PLUS = Row::new(ILLEGAL_BASE64, "{field}: spaces stand where '+' was lost on the way").reason("LOST_PLUS").hint(
        "Send it in a JSON body, or pass it through encodeURIComponent exactly once for a query or form.",
        "请放在 JSON 请求体里发送；若放在 query 或表单中，只做一次 encodeURIComponent。",
    );
    WHITESPACE =
        altered(ILLEGAL_BASE64, "{field}: line breaks, tabs or spaces within or around the text").reason("WHITESPACE");
    PERCENT_ENCODING = Row::new(ILLEGAL_BASE64, "{field}: percent-encoded text").reason("PERCENT_ENCODING").hint(
        "Decode it exactly as often as it was encoded: encodeURIComponent in the client is one layer, wx.request adds another in a query.",
        "编码几次就解码几次：前端的 encodeURIComponent 是一层，wx.request 在 query 中还会再编码一层。",
    );
    URL_SAFE_ALPHABET = altered(ILLEGAL_BASE64, "{field}: URL-safe base64 ('-' and '_')").reason("URL_SAFE_ALPHABET");
    MISSING_PADDING = altered(ILLEGAL_BASE64, "{field}: '=' at the end is missing").reason("MISSING_PADDING");
    ILLEGAL_CHARACTER =
        altered(ILLEGAL_BASE64, "{field}: a character outside the base64 alphabet").reason("ILLEGAL_CHARACTER");
    MISPLACED_PADDING = altered(ILLEGAL_BASE64, "{field}: '=' in the wrong place").reason("MISPLACED_PADDING");
    TRAILING_BITS =
        altered(ILLEGAL_BASE64, "{field}: the last character has bits that no encoder writes").reason("TRAILING_BITS");
    TRUNCATED = altered(ILLEGAL_BASE64, "{field}: a number of characters that no base64 text has").reason("TRUNCATED");

    EMPTY = altered(ILLEGAL_BUFFER, "{field}: expected {expected}, found an empty text").reason("EMPTY");
    WRONG_LENGTH =
        altered(ILLEGAL_BUFFER, "{field}: expected {expected}, found {found} bytes").reason("WRONG_LENGTH");
    TOO_LONG = Row::new(ILLEGAL_BUFFER, "{field}: expected at most 1048576 characters, found a longer text")
        .reason("TOO_LONG")
        .hint("What WeChat gives is a few kilobytes at most.", "微信给出的内容最多只有几 KB。");

    HEXADECIMAL = Row::new(ErrorCode::IllegalSessionKey, "{field}: expected {expected}, found 32 hexadecimal digits")
        .reason("HEXADECIMAL")
        .hint(
            "This has the form of an AppSecret or of hex; session_key is the 24-character base64 text that code2Session returns.",
            "这像是 AppSecret 或十六进制文本；session_key 是 code2Session 返回的 24 个字符的 base64 文本。",
        );
    ENCODED_TWICE =
        Row::new(ErrorCode::IllegalSessionKey, "{field}: expected {expected}, found base64 of 24 characters of base64")
            .reason("ENCODED_TWICE")
            .hint(
                "session_key is the 24-character text that code2Session returns; pass that text itself.",
                "session_key 是 code2Session 返回的 24 个字符的文本，请直接传入该文本。",
            );
    ENCODING_AES_KEY = Row::new(ErrorCode::IllegalSessionKey, "{field}: expected {expected}, found 32")
        .reason("ENCODING_AES_KEY")
        .hint(
            "This has the form of the EncodingAESKey of message push; open data is encrypted with the user's session_key.",
            "这像是消息推送的 EncodingAESKey；开放数据用的是用户的 session_key。",
        );
}

/// A fault of one of these texts.
#[cold]
pub(crate) fn fault(field: Field, row: &'static Row) -> Error {
    fault_of_length(field, row, 0)
}

/// The same of a text that is longer than [`MAX_TEXT`], which nobody looks at.
#[cold]
pub(crate) fn too_long(field: Field) -> Error {
    fault(field, &TOO_LONG)
}

/// The same, where the message says how many bytes the text is of.
fn fault_of_length(field: Field, row: &'static Row, bytes: usize) -> Error {
    Error::of(row, field.name(), field.expected(), Actual::count(bytes)).with_code(field.code(row))
}

/// Decodes one of the texts of a payload into `out`, whose length becomes that of the bytes: 16 for a key or iv, a multiple of
/// 16 for data.
pub(crate) fn decode(field: Field, text: &[u8], strict: bool, out: &mut SecretBuffer) -> Result<Repairs, Error> {
    if text.len() > MAX_TEXT {
        return Err(too_long(field));
    }
    let repairs = match decode_canonical(&STANDARD, text, out) {
        Some(()) => Repairs::default(),
        None => repair(field, text, strict, out)?,
    };
    check_length(field, out.as_slice(), repairs)?;
    Ok(repairs)
}

/// Decodes base64 that is canonical in its alphabet. The padding says how long the bytes are before any of them is decoded.
pub(crate) fn decode_canonical(alphabet: &Base64, text: &[u8], out: &mut SecretBuffer) -> Option<()> {
    let len = alphabet.decoded_length(text).ok()?;
    alphabet.decode(text, Out::from_slice(out.start(len))).ok().map(|_| ())
}

/// Decodes the usual text of a key or an iv, of 16 bytes, without a buffer between.
pub(crate) fn decode_canonical_16(text: &[u8], out: &mut [u8; 16]) -> Option<()> {
    let [.., b'=', b'='] = text else { return None };
    if text.len() != 24 {
        return None;
    }
    STANDARD.decode(text, Out::from_slice(out)).ok().map(|_| ())
}

fn check_length(field: Field, bytes: &[u8], repairs: Repairs) -> Result<(), Error> {
    let found = bytes.len();
    let right = match field {
        Field::EncryptedData => found != 0 && found.is_multiple_of(16),
        Field::Encrypt => found != 0 && found.is_multiple_of(32),
        Field::Iv | Field::SessionKey => found == 16,
    };
    if right { Ok(()) } else { Err(wrong_length(field, bytes, repairs)) }
}

/// The text decodes, but not to the length that it must have. What damaged it, if that is known, is the reason.
#[cold]
fn wrong_length(field: Field, bytes: &[u8], repairs: Repairs) -> Error {
    let found = bytes.len();
    let row = if found == 0 {
        &EMPTY
    } else if let Some(repair) = repairs.cause() {
        // The code stays the one that the length asks for.
        return fault(field, repair.row()).with_code(field.code(&WRONG_LENGTH));
    } else if field != Field::SessionKey {
        &WRONG_LENGTH
    } else if found == 24 && is_base64_of_16(bytes) {
        &ENCODED_TWICE
    } else if found == 24 && was_hexadecimal(bytes) {
        &HEXADECIMAL
    } else if found == 32 {
        &ENCODING_AES_KEY
    } else {
        &WRONG_LENGTH
    };
    fault_of_length(field, row, found)
}

/// Are these bytes themselves the text of a key?
fn is_base64_of_16(bytes: &[u8]) -> bool {
    let mut key = SecretBuffer::default();
    decode_canonical(&STANDARD, bytes, &mut key).is_some() && key.as_slice().len() == 16
}

/// Was the text that gave these 24 bytes 32 hexadecimal digits? All of 0-9 and a-f are base64 characters too.
fn was_hexadecimal(bytes: &[u8]) -> bool {
    let mut text = SecretBuffer::default();
    let text = text.start(STANDARD.encoded_length(bytes.len()));
    STANDARD.encode(bytes, Out::from_slice(text)).iter().all(u8::is_ascii_hexdigit)
}

/// The text is not canonical: finds out what happened to it, puts right what can be, and decodes the result.
#[cold]
fn repair(field: Field, text: &[u8], strict: bool, out: &mut SecretBuffer) -> Result<Repairs, Error> {
    let mut work = SecretBuffer::default();
    let (seen, outcome) = normalise(field, text, &mut work, out);
    let row = match outcome {
        Ok(()) => match seen.iter().next() {
            Some(repair) if strict => repair.row(),
            _ => return Ok(seen),
        },
        // No repair explains these.
        Err(row) if ptr::eq(row, &raw const ILLEGAL_CHARACTER) || ptr::eq(row, &raw const EMPTY) => row,
        Err(row) => seen.cause().map_or(row, Repair::row),
    };
    Err(fault(field, row))
}

/// The steps of the repair, each of which notes what it had to do: percent layers, white space, alphabet, ends, padding.
fn normalise(
    field: Field,
    text: &[u8],
    work: &mut SecretBuffer,
    out: &mut SecretBuffer,
) -> (Repairs, Result<(), &'static Row>) {
    let mut seen = Repairs::default();
    work.start(text.len()).copy_from_slice(text);
    for layer in 0..=MAX_PERCENT_LAYERS {
        if !work.as_slice().contains(&b'%') {
            break;
        }
        seen.add(Repair::PercentEncoding);
        if layer == MAX_PERCENT_LAYERS {
            return (seen, Err(&PERCENT_ENCODING));
        }
        match undo_percent_layer(work.as_mut_slice()) {
            Some(len) => work.truncate(len),
            None => return (seen, Err(&PERCENT_ENCODING)),
        }
    }
    let outcome = normalise_characters(field, work, &mut seen, out);
    (seen, outcome)
}

/// Undoes one layer of percent-encoding in place and returns the new length, or `None` for a broken sequence.
fn undo_percent_layer(text: &mut [u8]) -> Option<usize> {
    let mut from = 0;
    let mut to = 0;
    while from < text.len() {
        if text[from] == b'%' {
            let high = hex_digit(*text.get(from + 1)?)?;
            let low = hex_digit(*text.get(from + 2)?)?;
            text[to] = high << 4 | low;
            from += 3;
        } else {
            text[to] = text[from];
            from += 1;
        }
        to += 1;
    }
    Some(to)
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn normalise_characters(
    field: Field,
    work: &mut SecretBuffer,
    seen: &mut Repairs,
    out: &mut SecretBuffer,
) -> Result<(), &'static Row> {
    let text = work.as_mut_slice();
    let Some(first) = text.iter().position(|byte| !is_space(*byte)) else {
        return Err(&EMPTY);
    };
    let last = text.iter().rposition(|byte| !is_space(*byte)).unwrap_or(first);
    let lead = spaces_at_end(&text[..first], seen);
    let trail = spaces_at_end(&text[last + 1..], seen);

    // The body is written back from `first` on, which leaves room before it for every space that may turn out to be a `+`.
    let mut end = first;
    let mut equals = 0;
    let mut at = first;
    while at <= last {
        let byte = text[at];
        if is_space(byte) {
            let run = text[at..].iter().take_while(|byte| is_space(**byte)).count();
            if text[at..at + run].iter().all(|byte| *byte == b' ') {
                if equals != 0 {
                    return Err(&MISPLACED_PADDING);
                }
                seen.add(Repair::LostPlus);
                text[end..end + run].fill(b'+');
                end += run;
            } else {
                seen.add(Repair::Whitespace);
            }
            at += run;
            continue;
        }
        match byte {
            b'=' => equals += 1,
            _ if equals != 0 => return Err(&MISPLACED_PADDING),
            b'-' | b'_' => {
                seen.add(Repair::UrlSafeAlphabet);
                text[end] = if byte == b'-' { b'+' } else { b'/' };
                end += 1;
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                text[end] = byte;
                end += 1;
            }
            _ => return Err(&ILLEGAL_CHARACTER),
        }
        at += 1;
    }

    let (before, after) = pluses_at_ends(field, end - first, lead, trail, equals != 0);
    if before + after > 0 {
        seen.add(Repair::LostPlus);
    }
    if before + after < lead + trail {
        seen.add(Repair::Whitespace);
    }
    // Trailing spaces of the text lie beyond `last`, so there is room for them as well.
    text[end..end + after].fill(b'+');
    text[first - before..first].fill(b'+');
    decode_body(&text[first - before..end + after], equals, seen, out)
}

/// White space at one end: how many characters of it may have been `+`. None, if a line break or tab stands among them.
fn spaces_at_end(run: &[u8], seen: &mut Repairs) -> usize {
    if run.iter().all(|byte| *byte == b' ') {
        run.len()
    } else {
        seen.add(Repair::Whitespace);
        0
    }
}

/// How many of the `lead` spaces before and the `trail` spaces after `len` characters were `+`: as few as make the decoded length
/// right, none if no number does. One payload in 64 begins with `+`.
fn pluses_at_ends(field: Field, len: usize, lead: usize, trail: usize, padded: bool) -> (usize, usize) {
    let right = |len: usize| match field {
        // 16, 32 and 48 bytes take 22, 43 and 64 characters without padding.
        Field::EncryptedData | Field::Encrypt => matches!(len % 64, 0 | 22 | 43),
        Field::Iv | Field::SessionKey => len == 22,
    };
    // A `+` can be the last character only of a text that needs no padding: elsewhere it would have bits that no encoder writes.
    let trail = if padded { 0 } else { trail };
    for extra in 0..=(lead + trail).min(64) {
        let before = extra.min(lead);
        let after = extra - before;
        if right(len + extra) && (after == 0 || (len + extra).is_multiple_of(4)) {
            return (before, after);
        }
    }
    (0, 0)
}

fn decode_body(body: &[u8], equals: usize, seen: &mut Repairs, out: &mut SecretBuffer) -> Result<(), &'static Row> {
    let wanted = match body.len() % 4 {
        0 => 0,
        1 => return Err(&TRUNCATED),
        rest => 4 - rest,
    };
    if equals > wanted {
        return Err(&MISPLACED_PADDING);
    }
    if equals < wanted {
        seen.add(Repair::MissingPadding);
    }
    decode_canonical(&STANDARD_NO_PAD, body, out).ok_or(&TRAILING_BITS)
}
