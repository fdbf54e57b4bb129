//! The operations on avatars.

use super::exchange::Reply;
use super::parts;
use super::request::{Reader, Value, too_long, unexpected};
use crate::avatar::{Avatar, AvatarSize, TooLong, is_anonymous, resize as resized};
use crate::error::{Actual, Error, argument};
use crate::secret::SecretBuffer;

const NEEDS_UPLOAD: u32 = 1 << 16;
const IS_DEFAULT: u32 = 1 << 17;
const IS_ANONYMOUS: u32 = 1 << 18;

fn length_error(_: TooLong) -> Error {
    too_long("url", "at most 8192 bytes, or 1048576 of a picture in base64")
}

/// `url`
pub(super) fn parse(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    write_avatar(arguments.text("url")?, false, reply)
}

/// `nickName`, `avatarUrl` of a profile that has been opened
pub(super) fn user_info(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let nick_name = arguments.text("data.nickName")?;
    let avatar_url = arguments.text("data.avatarUrl")?;
    write_avatar(avatar_url, is_anonymous(nick_name, avatar_url), reply)
}

/// Kind, url, extension and file name as parts. The number: size in pixels, and what is yes or no.
fn write_avatar(url: &str, anonymous: bool, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let avatar = Avatar::parse(url).map_err(length_error)?;
    let texts = [Some(avatar.kind().as_str()), Some(avatar.url()), avatar.extension(), avatar.file_name()];
    parts::write(&texts, reply.start(parts::size(&texts)));
    let flag = |set: bool, flag: u32| if set { flag } else { 0 };
    let facts = u32::from(avatar.size().unwrap_or(0))
        | flag(avatar.needs_upload(), NEEDS_UPLOAD)
        | flag(avatar.is_default(), IS_DEFAULT)
        | flag(anonymous, IS_ANONYMOUS);
    Ok(Reply::Written(facts))
}

/// `url`, `size`
pub(super) fn resize(arguments: &mut Reader<'_>, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    const EXPECTED: &str = "0, 46, 64, 96 or 132";
    let url = arguments.text("url")?;
    let size = match arguments.value() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "compared with the number afterwards"
        )]
        Value::Number(number) if f64::from(number as u16) == number => AvatarSize::try_from(number as u16).ok(),
        Value::Number(_) => None,
        other => return Err(unexpected(other, "size", EXPECTED)),
    };
    let size = size.ok_or_else(|| Error::of(&argument::OUT_OF_RANGE, "size", EXPECTED, Actual::Nothing))?;
    let url = resized(url, size).map_err(length_error)?;
    reply.start(url.len()).copy_from_slice(url.as_bytes());
    Ok(Reply::Written(0))
}
