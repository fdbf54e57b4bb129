//! The operations on avatars.

use super::arguments::{Request, Text};
use super::exchange::Reply;
use super::parts;
use super::protocol::AvatarFlag;
use crate::avatar::{self, Avatar, AvatarSize};
use crate::error::{Actual, Error, argument};
use crate::secret::SecretBuffer;

#[inline(never)]
pub(super) fn parse(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let avatar = Avatar::parse(url_of(request.text())?).map_err(|_| too_long())?;
    Ok(Reply::Detail(write(&avatar, reply)))
}

/// The avatar of a profile, and whether it is an anonymous one.
pub(super) fn of_profile(nick_name: &str, avatar_url: &str, reply: &mut SecretBuffer) -> Result<u32, Error> {
    let avatar = Avatar::parse(avatar_url).map_err(|_| too_long())?;
    let flag = if avatar.is_anonymous_under(nick_name) { AvatarFlag::ProfileIsAnonymous as u32 } else { 0 };
    Ok(write(&avatar, reply) | flag)
}

fn url_of(text: Text<'_>) -> Result<&str, Error> {
    text.copied(too_long)
}

#[cold]
fn too_long() -> Error {
    Error::of(&argument::TOO_LONG, "url", "at most 8192 bytes, or 1048576 of a picture in base64", Actual::Nothing)
}

/// Writes kind, url, extension and file name as parts, and returns the detail.
fn write(avatar: &Avatar<'_>, reply: &mut SecretBuffer) -> u32 {
    parts::write_to(reply, &[Some(avatar.kind().as_str()), Some(avatar.url()), avatar.extension(), avatar.file_name()]);
    let flag = |set: bool, flag: AvatarFlag| if set { flag as u32 } else { 0 };
    u32::from(avatar.size().unwrap_or(0))
        | flag(avatar.needs_upload(), AvatarFlag::AvatarNeedsUpload)
        | flag(avatar.is_default(), AvatarFlag::AvatarIsDefault)
}

#[inline(never)]
pub(super) fn resize(request: &mut Request<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let size = request.number();
    let url = url_of(request.text())?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with the number afterwards")]
    let pixels = size as u16;
    let size = if f64::from(pixels) == size { AvatarSize::try_from(pixels).ok() } else { None };
    let size =
        size.ok_or_else(|| Error::of(&argument::OUT_OF_RANGE, "size", "0, 46, 64, 96 or 132", Actual::Nothing))?;
    let url = avatar::resize(url, size).map_err(|_| too_long())?;
    reply.start(url.len()).copy_from_slice(url.as_bytes());
    Ok(Reply::Detail(0))
}
