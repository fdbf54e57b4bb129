//! Fast path: byte-exact templates of the JSON that WeChat encrypts.
//!
//! A match gives the watermark, and the offset of every value, so that JavaScript builds the object without `JSON.parse`. Any
//! deviation (another order, an escape, a space, a field more) falls back to json.rs. A template never accepts what the fallback
//! would refuse, and never gives another watermark.
//!
//! `cargo xtask protocol` writes the object literals of pkg-template/core/templates.js from [`TEMPLATES`]. To add a template, add a
//! line there.
//!
//! Source: decrypted texts found in public sources, and WeChat's own sample. WeChat's documentation lists the fields in another order.

use crate::json;
use crate::watermark::Stamp;

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text without escapes, usually short.
    Text,
    /// A text without escapes that is usually longer than a dozen characters: JavaScript reads it by itself.
    LongText,
    /// A whole number of 32 bits.
    Number,
    /// The list of steps, each `{"timestamp":…,"step":…}`. At least one.
    Steps,
}

/// One kind of object: the names in WeChat's order, the watermark, and what follows it.
#[derive(Debug)]
pub struct Template {
    /// Its name in messages of the build.
    pub name: &'static str,
    /// What stands before the watermark.
    pub fields: &'static [(&'static str, Value)],
    /// What stands after it: names and literals.
    pub after: &'static [(&'static str, &'static str)],
    /// The bytes before each value, the two of the watermark included, and what the value is.
    pieces: &'static [Piece],
    /// The bytes after the last value, which is the watermark's appid.
    end: &'static [u8],
}

type Piece = (&'static [u8], Value);

/// The pieces of a template: `$close` is the quote that ends the value before, `$open` what parts a field from the one before it.
macro_rules! pieces {
    ([$($done:tt)*] $close:literal $open:literal;) => {
        &[
            $($done)*
            (concat!($close, ",\"watermark\":{\"timestamp\":").as_bytes(), Value::Number),
            (b",\"appid\":\"", Value::Text),
        ]
    };
    ([$($done:tt)*] $close:literal $open:literal; Number $name:ident, $($rest:tt)*) => {
        pieces!([$($done)* (concat!($close, $open, "\"", stringify!($name), "\":").as_bytes(), Value::Number),] "" ","; $($rest)*)
    };
    ([$($done:tt)*] $close:literal $open:literal; Steps $name:ident, $($rest:tt)*) => {
        pieces!([$($done)* (concat!($close, $open, "\"", stringify!($name), "\":[").as_bytes(), Value::Steps),] "" ","; $($rest)*)
    };
    ([$($done:tt)*] $close:literal $open:literal; $text:ident $name:ident, $($rest:tt)*) => {
        pieces!([$($done)* (concat!($close, $open, "\"", stringify!($name), "\":\"").as_bytes(), Value::$text),] "\"" ","; $($rest)*)
    };
}

macro_rules! templates {
    ($($(#[doc = $doc:literal])* $template:ident { $($kind:ident $name:ident),+ } $(then { $($after:ident: $literal:literal),+ })?;)+) => {
        /// All templates. Those that begin alike stand together: what the one before has matched is not matched again.
        pub const TEMPLATES: &[Template] = &[$(Template {
            name: stringify!($template),
            fields: &[$((stringify!($name), Value::$kind)),+],
            after: &[$($((stringify!($after), stringify!($literal))),+)?],
            pieces: pieces!([] "" "{"; $($kind $name,)+),
            end: concat!("\"}", $($(",\"", stringify!($after), "\":", $literal,)+)? "}").as_bytes(),
        }),+];
    };
}

templates! {
    /// [`getPhoneNumber`](https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/getPhoneNumber.html).
    Phone { Text phoneNumber, Text purePhoneNumber, Text countryCode };
    /// `wx.getUserInfo`; since 2021 with a grey profile in place of the user's own.
    UserInfo {
        LongText openId, Text nickName, Number gender, Text language, Text city, Text province, Text country, LongText avatarUrl
    };
    /// The same where the app is bound to an open platform account.
    UserInfoWithUnionId {
        LongText openId, Text nickName, Number gender, Text language, Text city, Text province, Text country, LongText avatarUrl,
        LongText unionId
    };
    /// `wx.getUserProfile` as it came in 2021.
    UserProfile { Text nickName, Number gender, Text language, Text city, Text province, Text country, LongText avatarUrl };
    /// `wx.getUserProfile` as it comes since 2022.
    UserProfileDemoted { Text nickName, Number gender, Text language, Text city, Text province, Text country, LongText avatarUrl }
        then { is_demote: true };
    /// [`wx.getWeRunData`](https://developers.weixin.qq.com/miniprogram/dev/api/open-api/werun/wx.getWeRunData.html).
    WeRun { Steps stepInfoList };
    /// `wx.getShareInfo`.
    Share { LongText openGId };
    /// `wx.getGroupEnterInfo`.
    Group { LongText opengid };
    /// `wx.getChatToolInfo`.
    ChatTool { LongText opengid, LongText open_single_roomid, LongText group_openid, Number chat_type };
}

/// Whether two texts are the same, at compile time.
const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The most values that a template has, the two of the watermark included.
const MAX_VALUES: usize = {
    let (mut most, mut at) = (0, 0);
    while at < TEMPLATES.len() {
        let pieces = TEMPLATES[at].pieces;
        let mut piece = 0;
        while piece < pieces.len() {
            assert!(pieces[piece].0.len() >= 8, "`skip` compares eight bytes at once");
            piece += 1;
        }
        if piece > most {
            most = piece;
        }
        at += 1;
    }
    most
};

/// How many pieces each template shares with the one before it.
const SHARED: [usize; TEMPLATES.len()] = {
    let mut shared = [0; TEMPLATES.len()];
    let mut at = 1;
    while at < TEMPLATES.len() {
        let (before, here) = (TEMPLATES[at - 1].pieces, TEMPLATES[at].pieces);
        let mut pieces = 0;
        while pieces < before.len()
            && pieces < here.len()
            && same(before[pieces].0, here[pieces].0)
            && before[pieces].1 as u8 == here[pieces].1 as u8
        {
            pieces += 1;
        }
        shared[at] = pieces;
        at += 1;
    }
    shared
};

/// Set in the length of a text that is not all ASCII.
pub const NOT_ASCII: u32 = 1 << 31;

/// Where the values of a text stand in it. JavaScript reads it from memory: pkg-template/core/templates.js.
#[repr(C)]
#[derive(Default)]
pub(crate) struct Offsets {
    /// The matching template's place in [`TEMPLATES`], from 1; 0 without a match.
    template: u32,
    /// Two words a value: offset and length of a text, in bytes; a number and 0; offset and length of the entries of a list of steps.
    words: [[u32; 2]; MAX_VALUES],
}

impl Offsets {
    /// The most bytes that [`write`](Self::write) needs.
    pub(crate) const MAX_BYTES: usize = size_of::<Self>();

    /// Matches a text against the templates and keeps the offsets. The watermark is the one that reading the text as JSON would give.
    pub(crate) fn match_text<'a>(&mut self, text: &'a [u8]) -> Option<Stamp<'a>> {
        // Where each piece starts; the pieces before `matched` have matched.
        let mut starts = [0; MAX_VALUES + 1];
        let mut matched = 0;
        for ((template, shared), number) in TEMPLATES.iter().zip(SHARED).zip(1..) {
            if matched < shared {
                // It fails where the one before it failed.
                continue;
            }
            matched = shared;
            for (piece, words) in template.pieces[shared..].iter().zip(&mut self.words[shared..]) {
                let Some((found, end)) = match_piece(piece, text, starts[matched]) else { break };
                *words = found;
                matched += 1;
                starts[matched] = end;
            }
            if matched == template.pieces.len() && text.get(starts[matched]..)? == template.end {
                let [.., [timestamp, _], appid] = self.words[..matched] else { return None };
                self.template = number;
                return Some(Stamp::of_fields(value_at(text, appid)?, timestamp.into()));
            }
        }
        None
    }

    /// A text value by its name, where a template matched and has it.
    pub(crate) fn text_of<'a>(&self, name: &str, text: &'a [u8]) -> Option<&'a str> {
        let fields = TEMPLATES.get((self.template as usize).checked_sub(1)?)?.fields;
        let at = fields.iter().position(|field| field.0 == name)?;
        matches!(fields[at].1, Value::Text | Value::LongText).then(|| value_at(text, self.words[at]))?
    }

    /// Whether a template matched.
    pub(crate) const fn is_some(&self) -> bool {
        self.template != 0
    }

    /// The address for JavaScript, or 0 without a match.
    pub(crate) fn address(&self) -> usize {
        if self.is_some() { (&raw const *self).expose_provenance() } else { 0 }
    }

    /// Writes the template's number and the words of its values, and returns how many bytes these are.
    pub(crate) fn write(&self, room: &mut [u8]) -> usize {
        let values = match (self.template as usize).checked_sub(1) {
            None => 0,
            Some(at) => TEMPLATES[at].pieces.len(),
        };
        let (room, _) = room.as_chunks_mut();
        let [template, room @ ..] = room else { return 0 };
        *template = self.template.to_le_bytes();
        for (place, word) in room.iter_mut().zip(self.words[..values].as_flattened()) {
            *place = word.to_le_bytes();
        }
        4 + 8 * values
    }

    /// No match. The words no longer count, and are wiped with the rest.
    pub(crate) const fn forget(&mut self) {
        self.template = 0;
    }

    pub(crate) fn wipe(&mut self) {
        *self = Self::default();
    }
}

/// The text that two words stand for.
fn value_at(text: &[u8], [start, len]: [u32; 2]) -> Option<&str> {
    let start = start as usize;
    core::str::from_utf8(text.get(start..start + (len & !NOT_ASCII) as usize)?).ok()
}

/// Matches a piece and the value after it: the value's words, and where the next piece starts.
#[inline(always)]
fn match_piece((before, value): &Piece, text: &[u8], start: usize) -> Option<([u32; 2], usize)> {
    let at = skip(text, start, before)?;
    match value {
        Value::Text | Value::LongText => text_at(text, at),
        Value::Number => number_at(text, at).map(|(number, end)| ([number, 0], end)),
        Value::Steps => steps_at(text, at),
    }
}

/// The place after `piece`, which has to stand at `at`.
#[inline(always)]
fn skip(text: &[u8], at: usize, piece: &[u8]) -> Option<usize> {
    let found = text.get(at..at + piece.len())?;
    // Eight bytes at once; the last eight may overlap those before. A comparison of any length would be a call.
    let (words, _) = found.as_chunks::<8>();
    let (wanted, _) = piece.as_chunks::<8>();
    let ends = (found.last_chunk::<8>()?, piece.last_chunk::<8>()?);
    let same = words.iter().zip(wanted).chain([ends]).all(|(a, b)| u64::from_ne_bytes(*a) == u64::from_ne_bytes(*b));
    same.then_some(at + piece.len())
}

/// A text up to its closing quote, where the next piece starts.
#[inline(always)]
fn text_at(text: &[u8], start: usize) -> Option<([u32; 2], usize)> {
    let (end, is_ascii) = json::plain_run(text, start);
    let value = &text[start..end];
    if !is_ascii && core::str::from_utf8(value).is_err() {
        return None;
    }
    let mark = if is_ascii { 0 } else { NOT_ASCII };
    Some(([u32::try_from(start).ok()?, u32::try_from(value.len()).ok()? | mark], end))
}

/// A number without sign, fraction, exponent and leading zero, and the place after its last digit.
#[inline(always)]
fn number_at(text: &[u8], start: usize) -> Option<(u32, usize)> {
    let digits = text.get(start..)?;
    let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = &digits[..len];
    if len == 0 || len > 10 || (len > 1 && digits.starts_with(b"0")) {
        return None;
    }
    let number = digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    u32::try_from(number).ok().map(|number| (number, start + len))
}

/// The entries of a list of steps, after its opening bracket, and the place after its closing one.
fn steps_at(text: &[u8], start: usize) -> Option<([u32; 2], usize)> {
    let mut at = start;
    loop {
        at = number_at(text, skip(text, at, b"{\"timestamp\":")?)?.1;
        at = number_at(text, skip(text, at, b",\"step\":")?)?.1;
        let ending = text.get(at..at + 2)?;
        at += 2;
        match ending {
            b"}," => {}
            b"}]" => return Some(([u32::try_from(start).ok()?, u32::try_from(at - 1 - start).ok()?], at)),
            _ => return None,
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
