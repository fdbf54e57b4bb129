//! The operations on phone numbers.

use alloc::string::String;

use super::calls::{json_of, position, refusal};
use super::exchange::Reply;
use super::request::{Reader, Value, unexpected};
use crate::cloud::check_watermark;
use crate::error::Error;
use crate::phone::{CallingCode, PhoneError, PhoneNumber, mask_text};
use crate::secret::SecretBuffer;

/// `text`, `options {defaultCountryCode}`
pub(super) fn parse_text(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let text = number_text(arguments.value(), "input")?;
    let code = default_code(arguments)?;
    write_number(text.and_then(|text| PhoneNumber::parse(text, code)), reply)
}

/// `input {countryCode, purePhoneNumber}`, `options {defaultCountryCode}`
pub(super) fn parse_fields(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    arguments.object("input")?;
    let code = country_code(arguments.value(), "input.countryCode")?;
    let text = number_text(arguments.value(), "input.purePhoneNumber")?;
    default_code(arguments)?;
    write_number(text.and_then(|text| PhoneNumber::from_wechat(code.as_str(), text)), reply)
}

/// `countryCode`, `purePhoneNumber` of data that has been opened: what is no text there is no phone number.
pub(super) fn parse_opened_fields(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let code = country_code(arguments.value(), "countryCode");
    let text = number_text(arguments.value(), "purePhoneNumber");
    let number = match (code, text) {
        (Ok(code), Ok(text)) => text.and_then(|text| PhoneNumber::from_wechat(code.as_str(), text)),
        _ => Err(PhoneError::NotANumber),
    };
    write_number(number, reply)
}

/// `text` as `parsePhoneNumber` takes it, or `phone {e164}`
pub(super) fn mask(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let text = match arguments.value() {
        Value::Object => number_text(arguments.value(), "phone.e164")?,
        value => number_text(value, "phone")?,
    };
    let mut masked = String::new();
    let shown = mask_text(text.unwrap_or_default(), CallingCode::CHINA);
    let _: Result<(), core::convert::Infallible> = shown.for_each_piece(|piece| {
        masked.push_str(piece);
        Ok(())
    });
    reply.start(masked.len()).copy_from_slice(masked.as_bytes());
    Ok(Reply::Written(0))
}

/// `response {errcode, errmsg, phone info as JSON}`, `policy {…watermark}`
pub(super) fn read_response(arguments: &mut Reader<'_>, request: &[u8]) -> Result<Reply, Error> {
    arguments.object("response")?;
    let (errcode, errmsg, info) = (arguments.value(), arguments.value(), arguments.value());
    if let Some((errcode, errmsg)) = refusal(errcode, errmsg, "response.errcode")? {
        return Err(Error::wechat(errcode, errmsg, crate::wechat::HINTS));
    }
    let json = json_of(info, "response.phone_info")?;
    arguments.object("policy")?;
    let policy = arguments.watermark_policy()?;
    check_watermark(json, &policy.as_policy())?;
    Ok(Reply::PartOfRequest(position(json, request)))
}

/// A text as long as it likes to be: the phone module has a limit of its own, and a reason for it.
fn number_text<'a>(value: Value<'a>, field: &'static str) -> Result<Result<&'a str, PhoneError>, Error> {
    match value {
        Value::Text(text) => Ok(core::str::from_utf8(text).map_err(|_| PhoneError::NotANumber)),
        Value::OversizeText => Ok(Err(PhoneError::TooLong)),
        other => Err(unexpected(other, field, "a string")),
    }
}

fn default_code(arguments: &mut Reader<'_>) -> Result<CallingCode, Error> {
    const FIELD: &str = "options.defaultCountryCode";
    match arguments.value() {
        Value::Undefined => return Ok(CallingCode::CHINA),
        Value::Object => {}
        other => return Err(unexpected(other, "options", "an object")),
    }
    match arguments.value() {
        Value::Undefined => Ok(CallingCode::CHINA),
        value => CallingCode::parse(country_code(value, FIELD)?.as_str()).map_err(Error::from),
    }
}

/// WeChat's older documentation shows the country code as a number, so both are taken.
enum Code<'a> {
    Text(&'a str),
    Digits([u8; 4], usize),
}

impl Code<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Digits(digits, start) => core::str::from_utf8(&digits[*start..]).unwrap_or_default(),
        }
    }
}

fn country_code<'a>(value: Value<'a>, field: &'static str) -> Result<Code<'a>, Error> {
    match value {
        Value::Text(text) => Ok(Code::Text(core::str::from_utf8(text).unwrap_or_default())),
        Value::OversizeText => Ok(Code::Text("")),
        Value::Number(number) => {
            // What is no number of up to four digits is no calling code, and says so as text.
            let mut digits = [b'0'; 4];
            let mut start = 4;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with the number")]
            let mut rest = number as u16;
            if f64::from(rest) != number || rest > 9999 {
                return Ok(Code::Text(""));
            }
            while rest > 0 {
                start -= 1;
                digits[start] = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            Ok(Code::Digits(digits, start))
        }
        other => Err(unexpected(other, field, "a string or a number")),
    }
}

/// The text: E.164, region, type. The number: length of E.164, of the calling code with its `+`, of the region; validity.
fn write_number(number: Result<PhoneNumber, PhoneError>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let number = number.map_err(Error::from)?;
    let (e164, region, kind) = (number.e164(), number.region().unwrap_or_default(), number.kind().as_str());
    let room = reply.start(e164.len() + region.len() + kind.len());
    let (place, rest) = room.split_at_mut(e164.len());
    place.copy_from_slice(e164.as_bytes());
    let (place, rest) = rest.split_at_mut(region.len());
    place.copy_from_slice(region.as_bytes());
    rest.copy_from_slice(kind.as_bytes());
    let prefix = e164.len() - number.national_number().len();
    #[expect(clippy::cast_possible_truncation, reason = "none is longer than 24")]
    let facts = (e164.len() | prefix << 8 | region.len() << 16) as u32 | u32::from(number.is_valid()) << 24;
    Ok(Reply::Written(facts))
}
