//! Avatars: what kind of path a client or WeChat handed over, and what may be done with it.
//!
//! `chooseAvatar` answers with a local file of one device, and that file looks like a web address in the developer tools:
//! `http://tmp/...` begins with `http` and yet names nothing that another device could load. [`Avatar::parse`] tells
//! every such form from real web addresses, and WeChat's own pictures from pictures that only claim to be.
//!
//! # Forms
//!
//! | Kind | Forms |
//! |---|---|
//! | [`Temporary`](AvatarKind::Temporary) | `wxfile://tmp_*`, `wxfile://tmp/*`, `wxfile://temp/*`, `http(s)://tmp/*`, and any path with a folder `__tmp__` on `127.0.0.1` or `localhost` |
//! | [`Saved`](AvatarKind::Saved) | `wxfile://store_*`, `http(s)://store/*` |
//! | [`UserData`](AvatarKind::UserData) | `wxfile://usr/*`, `http(s)://usr/*` |
//! | [`Package`](AvatarKind::Package) | a relative or absolute path to a picture: `/images/a.png`, `images/a.png`, `./a.png`, `../a.png` |
//! | [`Cloud`](AvatarKind::Cloud) | `cloud://env.bucket/path` |
//! | [`Wechat`](AvatarKind::Wechat) | `http(s)://wx.qlogo.cn/*`, `http(s)://thirdwx.qlogo.cn/*`, and the one default picture on `mmbiz.qpic.cn` |
//! | [`Remote`](AvatarKind::Remote) | any other plain `http(s)` address |
//! | [`Inline`](AvatarKind::Inline) | `data:image/TYPE;base64,DATA` |
//! | [`Unknown`](AvatarKind::Unknown) | everything else |
//!
//! WeChat documents a local path only as "protocol name, then the path", with `wxfile` on devices and `http` in the
//! developer tools (文件系统); the forms after that are those seen in practice, and no others are guessed at.
//!
//! # Normalisation
//!
//! Spaces and C0 controls around the text are dropped. Scheme and host become lower case; a default port goes; an empty
//! path of a web address becomes `/`; `http` becomes `https` for WeChat's pictures alone. Everything after the host stays
//! byte for byte. Parsing a canonical [`url`](Avatar::url) again gives the same answer.
//!
//! # Rejected
//!
//! These are [`Unknown`](AvatarKind::Unknown), because what a browser makes of them and what a reader sees differ, or
//! because nothing shows that a client produces them:
//!
//! - control characters inside the text, backslashes, `.` and `..` as segments (also written `%2e`), save at the start
//!   of a relative package path;
//! - web addresses with user-info, a host that is not plain ASCII or that carries punycode or percent-encoding, IPv6 and
//!   unusual spellings of IPv4, empty labels or a final dot, an empty port or one with leading zeros, and any number of
//!   slashes after the scheme other than two;
//! - other `wxfile://` forms than those above, `file://`, `blob:`, `javascript:`, `//host/path`;
//! - local and cloud paths that end in a slash: they name a folder;
//! - package paths without the extension of a picture, or with `:`, `?`, `#` or `%`;
//! - `data:` of anything but a picture, with parameters, or with text that is not base64. SVG is refused too: it is a
//!   document that can carry script, and a server that stores inline data would serve it from its own origin.
//!
//! # Limits
//!
//! [`MAX_LENGTH`] bytes, or [`MAX_INLINE_LENGTH`] for inline pictures. Time is linear in the length of the text.
//!
//! A kind says where a path points, not that it is safe to fetch: [`Remote`](AvatarKind::Remote) includes addresses
//! inside your own network.

mod name;
mod text;
mod web_address;

use alloc::borrow::Cow;
use core::fmt;

use self::text::{every, has_upper_case, join, last_segment, split, split_last, strip_any_case, without_query};
use self::web_address::WebAddress;

/// The longest text in UTF-8 bytes that [`Avatar::parse`] accepts, inline pictures aside, before and after normalisation.
///
/// Real paths have less than 300 bytes; browsers and proxies begin to refuse addresses at this length.
pub const MAX_LENGTH: usize = 8 * 1024;

/// The longest inline picture, in bytes of its `data:` text.
///
/// An avatar of 640 × 640 pixels has about a tenth of it.
pub const MAX_INLINE_LENGTH: usize = 1024 * 1024;

/// The nickname that WeChat gives since 2021 in place of the real one.
const ANONYMOUS_NICK_NAME: &str = "微信用户";

/// WeChat's avatar hosts: the first in payloads since 2016, the second since 2021.
const AVATAR_HOSTS: [&str; 2] = ["wx.qlogo.cn", THIRD_PARTY_HOST];
const THIRD_PARTY_HOST: &str = "thirdwx.qlogo.cn";

/// The grey picture of anonymous profiles, without the size that follows.
const GREY_AVATAR: &str =
    "/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg";

/// The grey picture of WeChat's sample for `chooseAvatar` (获取头像昵称).
///
/// Its host serves the pictures of every official account, so this one path counts as WeChat's and no other.
const SAMPLE_HOST: &str = "mmbiz.qpic.cn";
const SAMPLE_AVATAR: &str =
    "/mmbiz/icTdbqWNOwNRna42FI242Lcia07jQodd2FJGIYQfG0LAJGFxM4FbnQP6yfMxBgJ0F3YRqJCJ1aPAK2dQagdusBZg/0";

/// What a picture in a code package may end in. A file there always has an extension, since WeChat uploads by a list of
/// them (目录结构); asking for a picture's keeps words and bare host names out.
const PACKAGE_EXTENSIONS: [&str; 5] = ["png", "jpg", "gif", "webp", "svg"];

/// The text exceeds [`MAX_LENGTH`], or [`MAX_INLINE_LENGTH`] as an inline picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the avatar is longer than 8 KiB and no inline picture of at most 1 MiB")
    }
}

impl core::error::Error for TooLong {}

/// Where an avatar lies. The module's page lists the forms of each.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AvatarKind {
    /// A temporary file of one device, as `chooseAvatar` and `chooseMedia` give it.
    Temporary,
    /// A file of one device that `wx.saveFile` kept.
    Saved,
    /// A file under `wx.env.USER_DATA_PATH` of one device.
    UserData,
    /// A file of the mini-program's own code package.
    ///
    /// A path relative to some web server (`/uploads/a.png`) has the same form and cannot be told apart.
    Package,
    /// A file in WeChat's cloud storage.
    Cloud,
    /// A picture on WeChat's own CDN.
    Wechat,
    /// Any other web address.
    Remote,
    /// A picture within the text itself.
    Inline,
    /// None of these: do not use it.
    Unknown,
}

impl AvatarKind {
    /// The word as it stands in JavaScript: `userData`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Temporary => "temporary",
            Self::Saved => "saved",
            Self::UserData => "userData",
            Self::Package => "package",
            Self::Cloud => "cloud",
            Self::Wechat => "wechat",
            Self::Remote => "remote",
            Self::Inline => "inline",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for AvatarKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A number that is none of 0, 46, 64, 96 and 132.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchSize;

impl fmt::Display for NoSuchSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeChat's avatars have the sizes 0, 46, 64, 96 and 132")
    }
}

impl core::error::Error for NoSuchSize {}

/// A size of a picture on WeChat's CDN: the number at the end of its address.
///
/// Source: `avatarUrl` of UserInfo, where 0 stands for 640 × 640. (One page on a plug-in says 132 × 132 for 0; that page
/// stands alone.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AvatarSize {
    /// 46 × 46.
    Px46,
    /// 64 × 64.
    Px64,
    /// 96 × 96.
    Px96,
    /// 132 × 132, which WeChat gives unless asked otherwise.
    Px132,
    /// 640 × 640, written 0.
    Px640,
}

impl AvatarSize {
    /// Side of the square, in pixels.
    #[must_use]
    pub const fn pixels(self) -> u16 {
        match self {
            Self::Px46 => 46,
            Self::Px64 => 64,
            Self::Px96 => 96,
            Self::Px132 => 132,
            Self::Px640 => 640,
        }
    }

    /// The last segment of the address.
    const fn segment(self) -> &'static str {
        match self {
            Self::Px46 => "46",
            Self::Px64 => "64",
            Self::Px96 => "96",
            Self::Px132 => "132",
            Self::Px640 => "0",
        }
    }

    fn from_segment(segment: &str) -> Option<Self> {
        match segment {
            "46" => Some(Self::Px46),
            "64" => Some(Self::Px64),
            "96" => Some(Self::Px96),
            "132" => Some(Self::Px132),
            "0" => Some(Self::Px640),
            _ => None,
        }
    }
}

impl TryFrom<u16> for AvatarSize {
    type Error = NoSuchSize;

    /// From the number in the address: 0, 46, 64, 96 or 132.
    fn try_from(number: u16) -> Result<Self, NoSuchSize> {
        match number {
            46 => Ok(Self::Px46),
            64 => Ok(Self::Px64),
            96 => Ok(Self::Px96),
            132 => Ok(Self::Px132),
            0 => Ok(Self::Px640),
            _ => Err(NoSuchSize),
        }
    }
}

/// An avatar's path or address, classified and in canonical form.
///
/// ```
/// use weapp_opendata::avatar::{Avatar, AvatarKind};
///
/// let chosen = Avatar::parse("http://tmp/kMqaeEnKgQ7_.JPEG")?;
/// assert_eq!(chosen.kind(), AvatarKind::Temporary);
/// assert!(chosen.needs_upload());
/// assert_eq!(chosen.extension(), Some("jpg"));
///
/// let disguised = Avatar::parse("https://thirdwx.qlogo.cn.evil.example/132")?;
/// assert_eq!(disguised.kind(), AvatarKind::Remote);
/// # Ok::<(), weapp_opendata::avatar::TooLong>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avatar<'a> {
    kind: AvatarKind,
    url: Cow<'a, str>,
    file_name: Option<Cow<'a, str>>,
    extension: Option<Cow<'a, str>>,
    size: Option<AvatarSize>,
    is_default: bool,
}

impl<'a> Avatar<'a> {
    /// Classifies any text. The module's page says what is accepted, changed and refused.
    ///
    /// # Errors
    ///
    /// [`TooLong`] for a text over [`MAX_LENGTH`] that is not an inline picture within [`MAX_INLINE_LENGTH`].
    pub fn parse(text: &'a str) -> Result<Self, TooLong> {
        if text.len() > MAX_INLINE_LENGTH {
            return Err(TooLong);
        }
        let trimmed = text::trim(text);
        if let Some(inline) = parse_inline(trimmed) {
            return Ok(inline);
        }
        if text.len() > MAX_LENGTH {
            return Err(TooLong);
        }
        let avatar = classify(trimmed).unwrap_or_else(|| Self::new(AvatarKind::Unknown, Cow::Borrowed(trimmed)));
        // A canonical form can have one byte more than the text (`https`, or `/` for an empty path). It must itself be
        // acceptable, or it could be stored and then not read back.
        if avatar.url.len() > MAX_LENGTH { Err(TooLong) } else { Ok(avatar) }
    }

    /// Where it lies.
    #[must_use]
    pub fn kind(&self) -> AvatarKind {
        self.kind
    }

    /// The same resource in canonical form; the trimmed text for [`AvatarKind::Unknown`].
    ///
    /// Local paths are what the client needs, byte for byte, but for the case of scheme and host. Characters that a
    /// browser would percent-encode (`头像.png`) stay as they are, so `new URL(url).href` can be longer, yet it names the
    /// same resource.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// True for temporary, saved and user-data files: they exist on one device and have to be uploaded from there.
    #[must_use]
    pub fn needs_upload(&self) -> bool {
        matches!(self.kind, AvatarKind::Temporary | AvatarKind::Saved | AvatarKind::UserData)
    }

    /// True for WeChat's two grey pictures: that of anonymous profiles, in any size, and that of the sample for
    /// `chooseAvatar`. Over `http` as well as `https`.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.is_default
    }

    /// The extension of [`file_name`](Self::file_name) or the type of an inline picture: 1 to 8 of `a-z` and `0-9`, without
    /// dot, `jpg` for `jpeg`. It is what the text claims; the bytes may be something else.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    /// The last segment of the path, without query and fragment, percent-decoded once.
    ///
    /// `None` unless it is then 1 to 255 bytes of UTF-8 without `/`, `\`, `:`, `%`, control or invisible formatting
    /// characters, without space at either end, and more than dots: it can be part of a storage key. It need not be unique.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// Side in pixels of a picture on WeChat's avatar hosts: 46, 64, 96, 132, or 640 where its address ends in 0.
    ///
    /// `None` for all else, and for addresses that do not end in one of these numbers.
    #[must_use]
    pub fn size(&self) -> Option<u16> {
        self.size.map(AvatarSize::pixels)
    }

    /// What [`is_anonymous`] says of this avatar under a nickname.
    pub(crate) fn is_anonymous_under(&self, nick_name: &str) -> bool {
        self.is_default && nick_name == ANONYMOUS_NICK_NAME
    }

    fn new(kind: AvatarKind, url: Cow<'a, str>) -> Self {
        Self { kind, url, file_name: None, extension: None, size: None, is_default: false }
    }

    /// Takes name and extension from the path, which is all up to the query or fragment.
    fn named_by(mut self, path: &'a str) -> Self {
        self.file_name = name::file_name(last_segment(without_query(path)));
        self.extension = self.file_name.as_ref().and_then(name::extension_of);
        self
    }
}

/// The address of a WeChat CDN picture in another size, in canonical form.
///
/// Every text without an [`Avatar::size`] comes back byte for byte as it was given. That includes the default picture on
/// `mmbiz.qpic.cn`, for which no sizes are documented.
///
/// # Errors
///
/// [`TooLong`] for texts that [`Avatar::parse`] does not accept, or that would not be accepted afterwards.
pub fn resize(text: &str, size: AvatarSize) -> Result<Cow<'_, str>, TooLong> {
    let avatar = Avatar::parse(text)?;
    if avatar.size.is_none_or(|current| current == size) {
        return Ok(if avatar.size.is_some() { avatar.url } else { Cow::Borrowed(text) });
    }
    let (path, query) = split(&avatar.url, b"?#");
    // There is a size, so there is a slash before it.
    let Some((picture, _)) = split_last(path, b'/') else { return Ok(Cow::Borrowed(text)) };
    let resized = join(&[picture, "/", size.segment(), query]);
    if resized.len() > MAX_LENGTH { Err(TooLong) } else { Ok(Cow::Owned(resized)) }
}

/// True for the grey profile: default nickname "微信用户" and default avatar.
///
/// WeChat gives it since 2021-04-13 from `getUserInfo` and since 2022-11-08 from `getUserProfile`. The nickname must match
/// exactly: a person may choose a name that contains it.
#[must_use]
pub fn is_anonymous(nick_name: &str, avatar_url: &str) -> bool {
    Avatar::parse(avatar_url).is_ok_and(|avatar| avatar.is_anonymous_under(nick_name))
}

fn classify(text: &str) -> Option<Avatar<'_>> {
    // Backslashes act as slashes in web addresses and on some file systems, and as letters elsewhere.
    if text::has_controls(text) || !split(text, b"\\").1.is_empty() {
        return None;
    }
    if let Some(rest) = strip_any_case(text, "wxfile://") {
        return parse_device_file(text, rest);
    }
    if let Some(rest) = strip_any_case(text, "cloud://") {
        return parse_cloud(text, rest);
    }
    if let Some(address) = WebAddress::parse(text) {
        return parse_web(address);
    }
    parse_package(text)
}

/// `wxfile://...`, the form of devices. What follows the scheme is a path of which only the beginning is fixed, so it keeps
/// its case.
fn parse_device_file<'a>(text: &'a str, rest: &'a str) -> Option<Avatar<'a>> {
    const FORMS: [(&str, AvatarKind); 5] = [
        ("tmp_", AvatarKind::Temporary),
        ("tmp/", AvatarKind::Temporary),
        ("temp/", AvatarKind::Temporary),
        ("store_", AvatarKind::Saved),
        ("usr/", AvatarKind::UserData),
    ];
    let (kind, file) = FORMS.iter().find_map(|&(prefix, kind)| rest.strip_prefix(prefix).map(|file| (kind, file)))?;
    if !names_a_file(file) {
        return None;
    }
    Some(Avatar::new(kind, with_prefix(text, "wxfile://", rest)).named_by(rest))
}

fn parse_cloud<'a>(text: &'a str, rest: &'a str) -> Option<Avatar<'a>> {
    let (storage, path) = split(rest, b"/");
    let file = path.strip_prefix('/')?;
    let is_plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let (environment, bucket) = split(storage, b".");
    if environment.is_empty() || bucket.len() < 2 || !is_plain(storage) || !names_a_file(file) {
        return None;
    }
    let url = if has_upper_case(storage) {
        Cow::Owned(join(&["cloud://", &storage.to_ascii_lowercase(), path]))
    } else {
        with_prefix(text, "cloud://", rest)
    };
    Some(Avatar::new(AvatarKind::Cloud, url).named_by(file))
}

fn parse_web(address: WebAddress<'_>) -> Option<Avatar<'_>> {
    if let Some(kind) = local_kind(&address) {
        let file = address.rest().strip_prefix('/')?;
        return names_a_file(file).then(|| Avatar::new(kind, address.canonical()).named_by(file));
    }
    let path = address.path();
    // Addresses are resolved before they are requested, so a segment of dots points elsewhere than it seems to.
    if !every(path, b'/', name::is_no_dot_segment) {
        return None;
    }
    let on_avatar_host = address.has_no_port() && AVATAR_HOSTS.contains(&address.host());
    let is_sample = address.has_no_port() && address.host() == SAMPLE_HOST && path == SAMPLE_AVATAR;
    if !on_avatar_host && !is_sample {
        return Some(Avatar::new(AvatarKind::Remote, address.canonical()).named_by(path));
    }
    let sized = if on_avatar_host { split_size(path) } else { None };
    let is_grey = address.host() == THIRD_PARTY_HOST && sized.is_some_and(|(picture, _)| picture == GREY_AVATAR);
    let mut avatar = Avatar::new(AvatarKind::Wechat, address.canonical_over_https()).named_by(path);
    avatar.size = sized.map(|(_, size)| size);
    avatar.is_default = is_sample || is_grey;
    Some(avatar)
}

/// The kinds that the developer tools write as `http://`. `https` is treated alike: such a file is as local.
fn local_kind(address: &WebAddress<'_>) -> Option<AvatarKind> {
    match address.host() {
        "tmp" if address.has_no_port() => Some(AvatarKind::Temporary),
        "store" if address.has_no_port() => Some(AvatarKind::Saved),
        "usr" if address.has_no_port() => Some(AvatarKind::UserData),
        // The tools serve temporary files themselves, on a port that changes.
        "127.0.0.1" | "localhost" => {
            let (folders, _) = split_last(address.path(), b'/')?;
            (!every(folders, b'/', |folder| folder != "__tmp__")).then_some(AvatarKind::Temporary)
        }
        _ => None,
    }
}

/// `/mmopen/.../SIZE` or `/mmhead/.../SIZE`, with at least one segment between, as what precedes `/SIZE` and the size.
fn split_size(path: &str) -> Option<(&str, AvatarSize)> {
    let (picture, segment) = split_last(path, b'/')?;
    let token = picture.strip_prefix("/mmopen/").or_else(|| picture.strip_prefix("/mmhead/"))?;
    if token.is_empty() || token.ends_with('/') {
        return None;
    }
    Some((picture, AvatarSize::from_segment(segment)?))
}

fn parse_package(text: &str) -> Option<Avatar<'_>> {
    if !split(text, b":?#%").1.is_empty() {
        return None;
    }
    let path = match text.strip_prefix('/') {
        Some(path) => path,
        None => {
            // Relative to the page, as `src` in a page's markup often is.
            let mut path = text.strip_prefix("./").unwrap_or(text);
            while let Some(parent) = path.strip_prefix("../") {
                path = parent;
            }
            path
        }
    };
    if !every(path, b'/', |segment| name::file_name(segment).is_some()) {
        return None;
    }
    let avatar = Avatar::new(AvatarKind::Package, Cow::Borrowed(text)).named_by(path);
    avatar.extension().is_some_and(|extension| PACKAGE_EXTENSIONS.contains(&extension)).then_some(avatar)
}

fn parse_inline(text: &str) -> Option<Avatar<'_>> {
    let rest = strip_any_case(text, "data:image/")?;
    let (subtype, rest) = split(rest, b";");
    let data = strip_any_case(rest, ";base64,")?;
    let extension = name::extension(subtype)?;
    if extension == "svg" || !is_base64(data) {
        return None;
    }
    let (header, data) = text.split_at_checked(text.len() - data.len())?;
    let url = if has_upper_case(header) {
        Cow::Owned(join(&[&header.to_ascii_lowercase(), data]))
    } else {
        Cow::Borrowed(text)
    };
    Some(Avatar { extension: Some(extension), ..Avatar::new(AvatarKind::Inline, url) })
}

/// Base64 with or without its padding. Whether the bytes are a picture is not asked.
fn is_base64(data: &str) -> bool {
    let digits = data.strip_suffix("==").or_else(|| data.strip_suffix('=')).unwrap_or(data);
    let length_fits = if digits.len() == data.len() { data.len() % 4 != 1 } else { data.len().is_multiple_of(4) };
    length_fits && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

/// A local or cloud path that stays in its folder and does not end in one.
///
/// What follows `?` or `#` is looked through as well, since a file system takes these for letters.
fn names_a_file(path: &str) -> bool {
    !last_segment(path).is_empty()
        && !last_segment(without_query(path)).is_empty()
        && every(path, b'/', |segment| {
            name::is_no_dot_segment(segment) && name::is_no_dot_segment(without_query(segment))
        })
}

/// `prefix` and `rest`, which is `text` itself unless the case of the prefix differs there.
fn with_prefix<'a>(text: &'a str, prefix: &str, rest: &str) -> Cow<'a, str> {
    if text.starts_with(prefix) { Cow::Borrowed(text) } else { Cow::Owned(join(&[prefix, rest])) }
}
