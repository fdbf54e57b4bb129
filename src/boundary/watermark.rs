//! The operations on data that WeChat hands over already decrypted.

use super::arguments::{PolicyNumbers, Request, StampNumbers};
use super::exchange::Reply;
use super::phone;
use crate::error::Error;
use crate::secret::SecretBuffer;
use crate::{cloud, wechat};

#[inline(never)]
pub(super) fn check(request: &mut Request<'_>) -> Result<Reply, Error> {
    let (policy, stamp) = (PolicyNumbers::read(request), StampNumbers::read(request));
    let stamp = stamp.with_appid(request);
    policy.with_appids(request).as_policy().check(&stamp)?;
    Ok(Reply::Detail(0))
}

#[inline(never)]
pub(super) fn read_phone_number(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let (policy, stamp) = (PolicyNumbers::read(request), StampNumbers::read(request));
    let stamp = stamp.with_appid(request);
    let (code, number) = (request.text(), request.text());
    policy.with_appids(request).as_policy().check(&stamp)?;
    phone::write(phone::of_fields(code, number), reply).map(Reply::Detail)
}

#[inline(never)]
pub(super) fn refuse_by_wechat(request: &mut Request<'_>) -> Result<Reply, Error> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let errcode = request.number() as i64;
    Err(Error::wechat(errcode, request.text().text(), wechat::HINTS))
}

pub(super) fn refuse_cloud_id() -> Result<Reply, Error> {
    Err(Error::new(&cloud::NOT_RESOLVED))
}
