//! The operations on signatures under session_key and appKey.

use super::calls::{Keys, text_of};
use super::exchange::Reply;
use super::request::Reader;
use crate::error::Error;
use crate::secret::SecretBuffer;
use crate::signature::{check_payment, check_session_key, hmac_hex, payment_hex, verify_unwiped};
use crate::transport::Field;

/// `payload {rawData, signature}`, `policy {sessionKey}`. The number: 1 if it matches.
pub(super) fn verify(arguments: &mut Reader<'_>) -> Result<Reply, Error> {
    arguments.object("payload")?;
    let raw_data = arguments.text("payload.rawData");
    let signature = arguments.signature("payload.signature");
    let (raw_data, signature) = (raw_data?, signature?);
    arguments.object("policy")?;
    let keys = Keys::read(arguments, "policy.sessionKey")?;
    let matches = verify_unwiped(raw_data.as_bytes(), signature, keys.as_slice())?;
    Ok(Reply::Number(u32::from(matches)))
}

/// A flag of the glue's: is it a payment? Then `appKey`, `uri`, `signData`; otherwise `sessionKey`, `data`.
pub(super) fn sign(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let digits = if arguments.flag("payment")? {
        let app_key = arguments.text("appKey")?;
        let uri = arguments.text("uri")?;
        let sign_data = arguments.text("signData")?;
        check_payment(app_key, uri)?;
        payment_hex(app_key.as_bytes(), uri.as_bytes(), sign_data.as_bytes())
    } else {
        let session_key = text_of(arguments, Field::SessionKey, "sessionKey")?;
        let data = arguments.text("data")?;
        check_session_key(session_key)?;
        hmac_hex(session_key, &[data.as_bytes()])
    };
    reply.start(digits.len()).copy_from_slice(&digits);
    Ok(Reply::Written(0))
}
