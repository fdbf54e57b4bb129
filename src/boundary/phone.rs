//! The operations on phone numbers.

use alloc::string::String;

use super::arguments::{Request, Text};
use super::exchange::Reply;
use crate::error::Error;
use crate::phone::{CallingCode, PhoneError, PhoneNumber, mask_text};
use crate::secret::SecretBuffer;

#[inline(never)]
pub(super) fn parse_text(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let text = digits(request.text());
    let code = default_code(request)?;
    write(text.and_then(|text| PhoneNumber::parse(text, code)), reply).map(Reply::Detail)
}

#[inline(never)]
pub(super) fn parse_fields(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let (code, number) = (request.text(), request.text());
    default_code(request)?;
    write(of_fields(code, number), reply).map(Reply::Detail)
}

/// A number by WeChat's two fields.
pub(super) fn of_fields(code: Text<'_>, number: Text<'_>) -> Result<PhoneNumber, PhoneError> {
    digits(number).and_then(|number| PhoneNumber::from_wechat(code.text(), number))
}

/// The phone module has a limit of its own, and a reason for what is longer.
fn digits(text: Text<'_>) -> Result<&str, PhoneError> {
    match text {
        Text::Oversize => Err(PhoneError::TooLong),
        Text::Absent => Err(PhoneError::NotANumber),
        Text::Bytes(bytes) => core::str::from_utf8(bytes).map_err(|_| PhoneError::NotANumber),
    }
}

fn default_code(request: &mut Request<'_>) -> Result<CallingCode, Error> {
    match request.text().present() {
        None => Ok(CallingCode::CHINA),
        Some(code) => CallingCode::parse(code).map_err(Error::from),
    }
}

#[inline(never)]
pub(super) fn mask(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let text = digits(request.text()).unwrap_or_default();
    let mut masked = String::new();
    let _: Result<(), core::convert::Infallible> = mask_text(text, CallingCode::CHINA).for_each_piece(|piece| {
        masked.push_str(piece);
        Ok(())
    });
    reply.start(masked.len()).copy_from_slice(masked.as_bytes());
    Ok(Reply::Detail(0))
}

/// Writes a number as [`PHONE`](super::protocol::PHONE) has it, and returns the detail.
pub(super) fn write(number: Result<PhoneNumber, PhoneError>, reply: &mut SecretBuffer) -> Result<u32, Error> {
    let number = number?;
    let (e164, region, kind) = (number.e164(), number.region().unwrap_or_default(), number.kind().as_str());
    let room = reply.start(e164.len() + region.len() + kind.len());
    let (place, rest) = room.split_at_mut(e164.len());
    place.copy_from_slice(e164.as_bytes());
    let (place, rest) = rest.split_at_mut(region.len());
    place.copy_from_slice(region.as_bytes());
    rest.copy_from_slice(kind.as_bytes());
    let prefix = e164.len() - number.national_number().len();
    #[expect(clippy::cast_possible_truncation, reason = "none is longer than 24")]
    let lengths = [e164.len(), prefix, region.len()].map(|length| length as u8);
    let [e164, prefix, region] = lengths;
    Ok(u32::from_le_bytes([e164, prefix, region, number.is_valid().into()]))
}
