//! The operations of the channel.

use alloc::vec::Vec;

use super::arguments::Request;
use super::exchange::Reply;
use crate::channel::{
    ChannelKey, MAX_CHANNEL_KEYS, context_too_long, message_too_long, open_into, seal_into, sealed_too_long,
};
use crate::error::{Actual, Error, argument};
use crate::secret::SecretBuffer;

#[inline(never)]
pub(super) fn seal(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let version = request.whole();
    let message = request.text().copied(message_too_long)?;
    let key = ChannelKey::from_base64(request.text().text(), version)?;
    let context = request.text().copied(context_too_long)?;
    let nonce = request
        .text()
        .bytes()
        .try_into()
        .map_err(|_| Error::of(&argument::OUT_OF_RANGE, "random", "a Uint8Array of 12 bytes", Actual::Nothing))?;
    seal_into(message, &key, context, nonce, reply)?;
    Ok(Reply::Detail(0))
}

#[inline(never)]
pub(super) fn open(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let count = request.count(MAX_CHANNEL_KEYS);
    let mut versions = [0; MAX_CHANNEL_KEYS];
    for version in &mut versions[..count] {
        *version = request.whole();
    }
    let sealed = request.text().copied(sealed_too_long)?;
    let context = request.text();
    // Room for all at once: nothing is moved while it holds a key. All of them are looked at before one is used.
    let mut keys = Vec::with_capacity(count);
    for version in &versions[..count] {
        keys.push(ChannelKey::from_base64(request.text().text(), *version)?);
    }
    open_into(sealed, &keys, context.copied(context_too_long)?, reply)?;
    Ok(Reply::Detail(0))
}
