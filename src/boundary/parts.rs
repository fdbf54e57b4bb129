//! Several texts as one reply: a count, their lengths, then the texts.

/// In place of a length: this text is not there.
const NONE: u32 = u32::MAX;

/// The bytes that [`write()`] fills.
pub(super) fn size(parts: &[Option<&str>]) -> usize {
    4 + 4 * parts.len() + parts.iter().flatten().map(|part| part.len()).sum::<usize>()
}

/// Writes the parts to the start of `room`, which must hold [`size`] bytes.
pub(super) fn write(parts: &[Option<&str>], room: &mut [u8]) {
    let mut rest = append(room, &length(parts.len()).to_le_bytes());
    for part in parts {
        rest = append(rest, &part.map_or(NONE, |part| length(part.len())).to_le_bytes());
    }
    for part in parts.iter().flatten() {
        rest = append(rest, part.as_bytes());
    }
}

/// Writes the parts as the whole of a reply.
pub fn write_to(reply: &mut crate::secret::SecretBuffer, parts: &[Option<&str>]) {
    write(parts, reply.start(size(parts)));
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

fn append<'r>(room: &'r mut [u8], bytes: &[u8]) -> &'r mut [u8] {
    let (place, rest) = room.split_at_mut(bytes.len());
    place.copy_from_slice(bytes);
    rest
}
