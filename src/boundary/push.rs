//! The operations of message push. The settings come with every call, so that no key stays in the module's memory.

use super::arguments::{Request, Text};
use super::exchange::Reply;
use super::open_data::copied;
use super::parts;
use crate::error::{Actual, Error, argument, decimal};
use crate::message_push::MessagePush;
use crate::secret::SecretBuffer;
use crate::signature::as_text;
use crate::transport::Field;
use crate::watermark::UnixSeconds;

fn config<'a>(request: &mut Request<'a>) -> Result<MessagePush<'a>, Error> {
    let [token, key, appid] = [request.text(), request.text(), request.text()].map(Text::text);
    MessagePush::new(token, key, appid)
}

#[inline(never)]
pub(super) fn check(request: &mut Request<'_>) -> Result<Reply, Error> {
    config(request).map(|_| Reply::Detail(0))
}

#[inline(never)]
pub(super) fn verify(request: &mut Request<'_>) -> Result<Reply, Error> {
    let push = config(request)?;
    let signature = request.text().bytes();
    let [timestamp, nonce] = [request.text(), request.text()].map(Text::text);
    Ok(Reply::Detail(push.signature_is(signature, [timestamp, nonce, ""]).into()))
}

#[inline(never)]
pub(super) fn decrypt(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let push = config(request)?;
    let encrypt = copied(request.text(), Field::Encrypt)?;
    let signature = request.text().bytes();
    let [timestamp, nonce] = [request.text(), request.text()].map(Text::text);
    let encrypt_text = core::str::from_utf8(encrypt).unwrap_or_default();
    let verified = push.signature_is(signature, [timestamp, nonce, encrypt_text]);
    let message = push.open(verified, encrypt, reply)?;
    let len = message.len();
    reply.as_mut_slice().copy_within(message, 0);
    reply.truncate(len);
    Ok(Reply::Detail(0))
}

#[inline(never)]
pub(super) fn encrypt(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let timestamp = request.number() as UnixSeconds;
    let is_drawn = request.whole() != 0;
    let push = config(request)?;
    let message = request.text().text();
    let nonce = request.text();
    let random = request.text().bytes().try_into().map_err(|_| {
        Error::of(&argument::OUT_OF_RANGE, "random", "a Uint8Array of 16 random bytes", Actual::Nothing)
    })?;
    let drawn;
    let nonce = if is_drawn {
        // WeChat's nonces are numbers of up to 32 bits, in JSON with and without quotes.
        drawn = decimal(u32::from_le_bytes(*nonce.bytes().first_chunk().unwrap_or(&[0; 4])).into());
        &*drawn
    } else {
        nonce.text()
    };
    let (encrypt, msg_signature) = push.seal(message, timestamp, nonce, random, reply)?;
    let stamp = decimal(timestamp);
    parts::write_to(reply, &[&*encrypt, as_text(&msg_signature), &stamp, nonce].map(Some));
    Ok(Reply::Detail(0))
}
