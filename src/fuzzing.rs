//! Ways to private parts of the core, for the targets under `fuzz/` alone: there in builds of cargo-fuzz and in no other.

use alloc::string::String;
use alloc::vec::Vec;

use crate::boundary::Exchange;
pub use crate::boundary::protocol;
use crate::error::Error;
use crate::json::{self, Kind};
use crate::secret::SecretBuffer;
use crate::templates::Offsets;
use crate::transport::{self, Field, Repairs};
use crate::watermark::{self, Stamp as FoundStamp};
use crate::workspace::Workspace;

/// A text of a payload, by the number of its field: 0 encryptedData, 1 iv, 2 session_key, 3 Encrypt of message push.
///
/// # Errors
/// Those of the field.
pub fn decode(field: u8, text: &[u8], strict: bool) -> Result<(Vec<u8>, Repairs), Error> {
    let field = match field {
        0 => Field::EncryptedData,
        1 => Field::Iv,
        2 => Field::SessionKey,
        _ => Field::Encrypt,
    };
    let mut out = SecretBuffer::default();
    let repairs = transport::decode(field, text, strict, &mut out)?;
    Ok((out.as_slice().to_vec(), repairs))
}

/// A field of a JSON object.
#[derive(Debug)]
pub struct JsonField<'a> {
    /// `None` if half of a surrogate pair is in it.
    pub key: Option<String>,
    /// As it stands in the text.
    pub value: &'a [u8],
    /// What it is if it is a text that is Unicode.
    pub text: Option<String>,
    /// What it is if it is an integer of at most 15 digits.
    pub number: Option<i64>,
}

/// `None` for what is no JSON; `Some(None)` for what is no object; else the fields in their order.
pub fn scan(text: &[u8]) -> Option<Option<Vec<JsonField<'_>>>> {
    let mut fields = Vec::new();
    let kind = json::scan(text, &mut |key, value| {
        fields.push(JsonField {
            key: key.unescaped().map(Into::into),
            value,
            text: json::Quoted::of(value).and_then(json::Quoted::unescaped).map(Into::into),
            number: json::integer_of(value),
        });
    })?;
    Some((kind == Kind::Object).then_some(fields))
}

/// What a watermark was found to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Stamp {
    /// The text is no JSON object.
    NotAnObject,
    /// None.
    Absent,
    /// Something else.
    WrongShape,
    /// A time in milliseconds.
    Milliseconds,
    /// An appid, unless half of a surrogate pair is in it, and seconds.
    Watermark(Option<String>, i64),
}

impl From<FoundStamp<'_>> for Stamp {
    fn from(found: FoundStamp<'_>) -> Self {
        match found {
            FoundStamp::Absent => Self::Absent,
            FoundStamp::WrongShape => Self::WrongShape,
            FoundStamp::Milliseconds => Self::Milliseconds,
            FoundStamp::NoAppidOfOurs(timestamp) => Self::Watermark(None, timestamp),
            FoundStamp::Watermark(found) => Self::Watermark(Some(found.appid.into_owned()), found.timestamp),
        }
    }
}

/// Reads the watermark of a JSON object.
pub fn read_watermark(text: &str) -> Stamp {
    watermark::read(text).map_or(Stamp::NotAnObject, Into::into)
}

/// The same where a template matches.
pub fn match_text(text: &[u8]) -> Option<Stamp> {
    Offsets::default().match_text(text).map(Into::into)
}

/// The three functions of the module's interface, over the memory of this process.
#[derive(Default)]
pub struct Interface(Exchange<Workspace>);

impl Interface {
    /// Makes room for a request of `capacity` bytes and returns its address.
    pub fn reserve(&mut self, capacity: usize) -> *mut u8 {
        self.0.reserve(capacity)
    }

    /// Carries out the request of `len` bytes: the words of the frame.
    pub fn call(&mut self, operation: u32, len: usize) -> *const [usize; 7] {
        self.0.call(operation, len).cast()
    }

    /// Wipes a request of `len` bytes and everything that came of it.
    pub fn wipe(&mut self, len: usize) {
        self.0.wipe(len);
    }

    /// Nothing but zeros in any buffer.
    pub fn is_clean(&self) -> bool {
        self.0.is_clean()
    }
}
