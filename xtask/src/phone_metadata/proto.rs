//! Reads the protocol-buffer form of libphonenumber's metadata: only the fields that judging a number needs.
//!
//! The field numbers are those of libphonenumber's `phonemetadata.proto`.

/// The kinds of number a region may describe, in the order in which libphonenumber asks for them.
///
/// A number that is both fixed line and mobile has a kind of its own, so these two are kept apart, see
/// [`Region::fixed_line`].
const OTHER_KINDS: [u64; 8] = [5, 4, 6, 8, 7, 21, 25, 28];

/// What is known of one kind of number in one region.
#[derive(Clone, Debug, Default)]
pub(super) struct Description {
    /// The pattern of the whole national number; absent where the region has none of this kind.
    pub(super) pattern: Option<String>,
    /// Lengths of national numbers. Empty means: those of the general description.
    pub(super) lengths: Vec<i32>,
    /// Lengths that can be dialled within an area only.
    pub(super) local_lengths: Vec<i32>,
    /// A national number of this kind.
    pub(super) example: Option<String>,
}

/// One region, or one calling code that belongs to none (`001`).
#[derive(Clone, Debug, Default)]
pub(super) struct Region {
    pub(super) id: String,
    pub(super) calling_code: u16,
    pub(super) main: bool,
    pub(super) same_mobile_and_fixed_line: bool,
    pub(super) leading_digits: Option<String>,
    pub(super) international_prefix: Option<String>,
    pub(super) national_prefix: Option<String>,
    pub(super) national_prefix_transform: Option<String>,
    pub(super) general: Description,
    pub(super) fixed_line: Description,
    pub(super) mobile: Description,
    /// Premium rate, toll free, shared cost, VoIP, personal, pager, UAN, voicemail.
    pub(super) others: Vec<Description>,
}

/// A value as it stands in the message.
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    fn bytes(&self) -> Result<&'a [u8], String> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(_) => Err("metadata: a number where text was expected".into()),
        }
    }

    fn text(&self) -> Result<String, String> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| "metadata: text is not UTF-8".into())
    }

    fn number(&self) -> Result<u64, String> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Bytes(_) => Err("metadata: text where a number was expected".into()),
        }
    }

    /// An `int32`: negative ones arrive sign-extended to 64 bits.
    fn int32(&self) -> Result<i32, String> {
        i32::try_from(self.number()?.cast_signed()).map_err(|_| "metadata: a number out of range".into())
    }
}

fn varint(bytes: &mut &[u8]) -> Result<u64, String> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or("metadata: cut off")?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err("metadata: a number of more than 64 bits".into())
}

/// The fields of a message, in order.
fn fields(mut bytes: &[u8]) -> Result<Vec<(u64, Value<'_>)>, String> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let value = match key & 7 {
            0 => Value::Number(varint(&mut bytes)?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).map_err(|_| "metadata: a length out of range")?;
                let (value, rest) = bytes.split_at_checked(length).ok_or("metadata: cut off")?;
                bytes = rest;
                Value::Bytes(value)
            }
            kind => return Err(format!("metadata: wire type {kind} is not used by libphonenumber")),
        };
        all.push((key >> 3, value));
    }
    Ok(all)
}

/// The crate stores every pattern as `^(?:...)$`, ready for a full match.
fn unwrapped(pattern: String) -> Result<String, String> {
    if pattern.is_empty() {
        return Ok(pattern);
    }
    pattern
        .strip_prefix("^(?:")
        .and_then(|rest| rest.strip_suffix(")$"))
        .map(str::to_owned)
        .ok_or_else(|| format!("metadata: the pattern {pattern} is not of the form ^(?:...)$"))
}

fn description(bytes: &[u8]) -> Result<Description, String> {
    let mut description = Description::default();
    for (field, value) in fields(bytes)? {
        match field {
            2 => description.pattern = Some(unwrapped(value.text()?)?),
            6 => description.example = Some(value.text()?),
            9 => description.lengths.push(value.int32()?),
            10 => description.local_lengths.push(value.int32()?),
            _ => {}
        }
    }
    Ok(description)
}

fn region(bytes: &[u8]) -> Result<Region, String> {
    let mut region = Region { others: vec![Description::default(); OTHER_KINDS.len()], ..Region::default() };
    for (field, value) in fields(bytes)? {
        match field {
            1 => region.general = description(value.bytes()?)?,
            2 => region.fixed_line = description(value.bytes()?)?,
            3 => region.mobile = description(value.bytes()?)?,
            9 => region.id = value.text()?,
            10 => region.calling_code = u16::try_from(value.number()?).map_err(|_| "metadata: calling code")?,
            11 => region.international_prefix = Some(unwrapped(value.text()?)?),
            15 => region.national_prefix = Some(unwrapped(value.text()?)?),
            16 => region.national_prefix_transform = Some(value.text()?).filter(|rule| !rule.is_empty()),
            18 => region.same_mobile_and_fixed_line = value.number()? != 0,
            22 => region.main = value.number()? != 0,
            23 => region.leading_digits = Some(unwrapped(value.text()?)?),
            other => {
                if let Some(kind) = OTHER_KINDS.iter().position(|&known| known == other) {
                    region.others[kind] = description(value.bytes()?)?;
                }
            }
        }
    }
    Ok(region)
}

/// All regions of a `PhoneMetadataCollection`, in its order.
pub(super) fn regions(bytes: &[u8]) -> Result<Vec<Region>, String> {
    fields(bytes)?.into_iter().filter(|(field, _)| *field == 1).map(|(_, value)| region(value.bytes()?)).collect()
}
