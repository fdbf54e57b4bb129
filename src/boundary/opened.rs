//! Fields of an object that has just been opened.

use alloc::borrow::Cow;

use crate::json;
use crate::workspace::Opened;

/// A field at the top level.
pub(super) struct Field<'a> {
    /// A text, with half of a surrogate pair replaced by U+FFFD as JavaScript's encoders do; or a number as it is written.
    pub(super) text: Cow<'a, str>,
    pub(super) is_text: bool,
}

/// The fields of these names that are texts or numbers.
pub(super) fn fields<'w, const N: usize>(opened: &Opened<'w>, names: [&str; N]) -> [Option<Field<'w>>; N] {
    if opened.offsets.is_some() {
        return names.map(|name| {
            let text = opened.offsets.text_of(name, opened.text)?;
            Some(Field { text: Cow::Borrowed(text), is_text: true })
        });
    }
    let mut found = [const { None }; N];
    json::scan(opened.text, &mut |key, value| {
        for (slot, name) in found.iter_mut().zip(names) {
            if key.is(name) {
                // Of a name that occurs twice the last one counts, as in JavaScript.
                *slot = field(value);
            }
        }
    });
    found
}

fn field(value: &[u8]) -> Option<Field<'_>> {
    match value {
        [b'"', ..] => Some(Field { text: json::Quoted::of(value)?.unescaped_lossy(), is_text: true }),
        [b'0'..=b'9', ..] => Some(Field { text: Cow::Borrowed(core::str::from_utf8(value).ok()?), is_text: false }),
        _ => None,
    }
}
