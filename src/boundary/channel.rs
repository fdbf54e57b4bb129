//! The operations of the channel.

use alloc::vec::Vec;

use super::exchange::Reply;
use super::request::{NO_RANDOMNESS, Reader, Value, unexpected};
use crate::channel::{
    ChannelKey, check_channel_key_count, context_too_long, message_too_long, open_into, seal_into, sealed_too_long,
};
use crate::error::{Actual, Error, Row, argument};
use crate::secret::SecretBuffer;

const A_KEY: &str = "a channel key";
const A_KEY_OR_LIST: &str = "a channel key or a list of them";

/// `message`, `options {key, context, random}`
pub(super) fn seal(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let message = text_of(arguments, "message", message_too_long)?;
    arguments.object("options")?;
    let key = match arguments.value() {
        Value::Object => key_fields(arguments)?,
        other => return Err(unexpected(other, "options.key", A_KEY)),
    };
    let context = context(arguments)?;
    let nonce = nonce(arguments)?;
    seal_into(message, &key, context, nonce, reply)?;
    Ok(Reply::Written(0))
}

/// `sealed`, `options {key or list of keys, context}`
pub(super) fn open(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let sealed = text_of(arguments, "sealed", sealed_too_long)?;
    arguments.object("options")?;
    let keys = keys(arguments)?;
    let context = context(arguments)?;
    open_into(sealed, &keys, context, reply)?;
    Ok(Reply::Written(0))
}

fn text_of<'a>(arguments: &mut Reader<'a>, name: &'static str, too_long: fn() -> Error) -> Result<&'a str, Error> {
    match arguments.value() {
        value @ Value::Text(text) => core::str::from_utf8(text).map_err(|_| unexpected(value, name, "a string")),
        Value::OversizeText => Err(too_long()),
        other => Err(unexpected(other, name, "a string")),
    }
}

fn context<'a>(arguments: &mut Reader<'a>) -> Result<&'a str, Error> {
    text_of(arguments, "options.context", context_too_long)
}

/// One key or a list of them, all of them read and looked at before one is used.
fn keys(arguments: &mut Reader<'_>) -> Result<Vec<ChannelKey>, Error> {
    let count = match arguments.value_or_list() {
        Value::Object => return Ok(alloc::vec![key_fields(arguments)?]),
        Value::List(count) => count as usize,
        other => return Err(unexpected(other, "options.key", A_KEY_OR_LIST)),
    };
    check_channel_key_count(count)?;
    // Room for all at once: nothing is moved while it holds a key.
    let mut keys = Vec::with_capacity(count);
    for _ in 0..count {
        match arguments.value() {
            Value::Object => keys.push(key_fields(arguments)?),
            other => return Err(unexpected(other, "options.key[]", A_KEY)),
        }
    }
    Ok(keys)
}

/// `encryptKey`, `version`
fn key_fields(arguments: &mut Reader<'_>) -> Result<ChannelKey, Error> {
    const VERSION: &str = "options.key.version";
    const EXPECTED: &str = "a whole number from 0 to 4294967295";
    let encrypt_key = match arguments.value() {
        // What is no text of a key is none whatever its length.
        Value::Text(text) => core::str::from_utf8(text).unwrap_or_default(),
        Value::OversizeText => "",
        other => return Err(unexpected(other, "options.key.encryptKey", "a string")),
    };
    let version = match arguments.value() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "compared with the number afterwards"
        )]
        Value::Number(number) if f64::from(number as u32) == number => number as u32,
        Value::Number(_) => return Err(Error::of(&argument::OUT_OF_RANGE, VERSION, EXPECTED, Actual::Nothing)),
        other => return Err(unexpected(other, VERSION, EXPECTED)),
    };
    ChannelKey::from_base64(encrypt_key, version)
}

fn nonce<'a>(arguments: &mut Reader<'a>) -> Result<&'a [u8; 12], Error> {
    const FIELD: &str = "options.random";
    const EXPECTED: &str = "a Uint8Array of 12 bytes";
    let wrong = |row: &'static Row| Error::of(row, FIELD, EXPECTED, Actual::Nothing);
    match arguments.value() {
        Value::Bytes(bytes) => bytes.try_into().map_err(|_| wrong(&argument::OUT_OF_RANGE)),
        Value::OversizeBytes => Err(wrong(&argument::OUT_OF_RANGE)),
        Value::Undefined => Err(wrong(&NO_RANDOMNESS)),
        other => Err(unexpected(other, FIELD, EXPECTED)),
    }
}
