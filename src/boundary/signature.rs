//! The operations on signatures under session_key and appKey.

use super::arguments::{Request, SessionKeys, Text};
use super::exchange::Reply;
use super::open_data::copied;
use crate::error::Error;
use crate::secret::SecretBuffer;
use crate::session::MAX_SESSION_KEYS;
use crate::signature::{HMAC_HEX, check_payment, check_session_key, hmac_hex, payment_hex, verify_unwiped};
use crate::transport::{self, Field};

#[inline(never)]
pub(super) fn verify(request: &mut Request<'_>) -> Result<Reply, Error> {
    let count = request.count(MAX_SESSION_KEYS);
    let (raw_data, signature) = (request.text().bytes(), request.text().bytes());
    let mut keys = SessionKeys::new();
    keys.read(request, count);
    let keys = keys.copied(|| transport::too_long(Field::SessionKey))?;
    Ok(Reply::Detail(verify_unwiped(raw_data, signature, keys)?.into()))
}

#[inline(never)]
pub(super) fn sign_with_session_key(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let session_key = copied(request.text(), Field::SessionKey)?;
    check_session_key(session_key)?;
    Ok(written(&hmac_hex(session_key, &[request.text().bytes()]), reply))
}

#[inline(never)]
pub(super) fn sign_payment(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let [app_key, uri, sign_data] = [request.text(), request.text(), request.text()].map(Text::text);
    check_payment(app_key, uri)?;
    Ok(written(&payment_hex(app_key.as_bytes(), uri.as_bytes(), sign_data.as_bytes()), reply))
}

fn written(digits: &[u8; HMAC_HEX], reply: &mut SecretBuffer) -> Reply {
    reply.start(digits.len()).copy_from_slice(digits);
    Reply::Detail(0)
}
