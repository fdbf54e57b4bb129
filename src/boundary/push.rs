//! The operations of message push. The settings come with every call, so that no key stays in the module's memory.

use super::calls::text_of;
use super::exchange::Reply;
use super::parts;
use super::request::{NO_RANDOMNESS, Reader, Value, unexpected};
use crate::error::{Actual, Error, argument, decimal};
use crate::message_push::MessagePush;
use crate::secret::SecretBuffer;
use crate::signature::as_text;
use crate::transport::Field;
use crate::watermark::UnixSeconds;

/// What is done with the settings.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Push {
    /// The constructor: `config` alone.
    Check,
    /// `query {signature, timestamp, nonce}`. The number: 1 if it matches.
    Verify,
    /// `encrypt`, `query {msg_signature, timestamp, nonce}`
    Decrypt,
    /// `message`, `options {timestamp, nonce, random}`
    Encrypt,
}

/// `config {token, encodingAESKey, appid}`, then the rest.
pub(super) fn run(what: Push, arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let (name, expected) = match what {
        Push::Check => ("config", "an object"),
        // The constructor has checked the settings of an instance; a function that was torn off its instance has none.
        _ => ("this", "a MessagePush"),
    };
    match arguments.value() {
        Value::Object => {}
        other => return Err(unexpected(other, name, expected)),
    }
    let token = arguments.text("config.token");
    let key = arguments.text("config.encodingAESKey");
    let appid = arguments.text("config.appid");
    let push = MessagePush::new(token?, key?, appid?)?;
    match what {
        Push::Check => return Ok(Reply::Done),
        Push::Encrypt => return encrypt(&push, arguments, reply),
        Push::Verify | Push::Decrypt => {}
    }
    let (encrypt, name) = match what {
        Push::Decrypt => (text_of(arguments, Field::Encrypt, "encrypt")?, "query.msg_signature"),
        _ => (&[][..], "query.signature"),
    };
    arguments.object("query")?;
    let signature = arguments.signature(name)?;
    let timestamp = arguments.text("query.timestamp")?;
    let nonce = arguments.text("query.nonce")?;
    let encrypt_text = core::str::from_utf8(encrypt).unwrap_or_default();
    let verified = push.signature_is(signature, [timestamp, nonce, encrypt_text]);
    if what == Push::Verify {
        return Ok(Reply::Number(u32::from(verified)));
    }
    let message = push.open(verified, encrypt, reply)?;
    let len = message.len();
    reply.as_mut_slice().copy_within(message, 0);
    reply.truncate(len);
    Ok(Reply::Written(0))
}

/// The glue has put what was left out of the options: the present, and random bytes if the host has any. Parts: Encrypt,
/// MsgSignature, TimeStamp, Nonce.
fn encrypt(push: &MessagePush<'_>, arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let message = arguments.text("message")?;
    arguments.object("options")?;
    let timestamp = timestamp(arguments.value());
    let nonce = arguments.value();
    let random = random(arguments.value())?;
    let drawn;
    let nonce = match nonce {
        Value::Bytes(bytes) => {
            // The glue drew these. WeChat's nonces are numbers of up to 32 bits, in JSON with and without quotes.
            drawn = decimal(u32::from_le_bytes(*bytes.first_chunk().unwrap_or(&[0; 4])).into());
            &*drawn
        }
        other => Reader::text_in(other, "options.nonce")?,
    };
    let timestamp = timestamp?;
    let (encrypt, msg_signature) = push.seal(message, timestamp, nonce, random, reply)?;
    let stamp = decimal(timestamp);
    let texts = [&*encrypt, as_text(&msg_signature), &stamp, nonce].map(Some);
    parts::write(&texts, reply.start(parts::size(&texts)));
    Ok(Reply::Written(0))
}

/// Seconds as text, as WeChat's query has them, as a number or as a Date. Fractions are cut off.
fn timestamp(value: Value<'_>) -> Result<UnixSeconds, Error> {
    const FIELD: &str = "options.timestamp";
    const EXPECTED: &str = "seconds since 1970";
    let seconds = match value {
        Value::Number(seconds) => seconds,
        Value::Date(milliseconds) => milliseconds / 1000.0,
        Value::Text(text) => {
            let number = core::str::from_utf8(text).ok().and_then(|text| text.parse::<UnixSeconds>().ok());
            // What is signed is the number written anew, so it has to be the same text.
            return number.filter(|number| decimal(*number).as_bytes() == text).ok_or(Error::of(
                &argument::OUT_OF_RANGE,
                FIELD,
                EXPECTED,
                Actual::Nothing,
            ));
        }
        other => return Err(unexpected(other, FIELD, EXPECTED)),
    };
    if seconds.is_finite() {
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        Ok(seconds as UnixSeconds)
    } else {
        Err(Error::of(&argument::OUT_OF_RANGE, FIELD, EXPECTED, Actual::Nothing))
    }
}

fn random(value: Value<'_>) -> Result<&[u8; 16], Error> {
    const FIELD: &str = "options.random";
    const EXPECTED: &str = "a Uint8Array of 16 random bytes";
    let row = match value {
        Value::Bytes(bytes) => match bytes.try_into() {
            Ok(random) => return Ok(random),
            Err(_) => &argument::OUT_OF_RANGE,
        },
        Value::OversizeBytes => &argument::OUT_OF_RANGE,
        Value::Undefined => &NO_RANDOMNESS,
        other => return Err(unexpected(other, FIELD, EXPECTED)),
    };
    Err(Error::of(row, FIELD, EXPECTED, Actual::Nothing))
}
