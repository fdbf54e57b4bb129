//! Avatars: the canonical form is a fixed point, a name is safe, and a web address leads where a browser would go.
#![no_main]

use libfuzzer_sys::fuzz_target;
use url::Url;
use weapp_opendata::avatar::{Avatar, AvatarKind, AvatarSize, MAX_INLINE_LENGTH, MAX_LENGTH, is_anonymous, resize};

const SIZES: [AvatarSize; 5] =
    [AvatarSize::Px46, AvatarSize::Px64, AvatarSize::Px96, AvatarSize::Px132, AvatarSize::Px640];

fuzz_target!(|text: &str| {
    let Ok(avatar) = Avatar::parse(text) else {
        assert!(text.len() > MAX_LENGTH - 2);
        assert!(resize(text, AvatarSize::Px46).is_err());
        return;
    };
    let url = avatar.url();
    assert!(url.len() <= if avatar.kind() == AvatarKind::Inline { MAX_INLINE_LENGTH } else { MAX_LENGTH });
    // The same in all it says, not in its address alone.
    assert_eq!(Avatar::parse(url).as_ref(), Ok(&avatar));
    let local = matches!(avatar.kind(), AvatarKind::Temporary | AvatarKind::Saved | AvatarKind::UserData);
    assert_eq!(avatar.needs_upload(), local);
    assert!(!is_anonymous("someone", text) && (!is_anonymous("微信用户", text) || avatar.is_default()));
    names(&avatar);
    address(&avatar);
    for size in SIZES {
        let Ok(resized) = resize(text, size) else { continue };
        let again = Avatar::parse(&resized).unwrap();
        assert_eq!(again.size(), avatar.size().map(|_| size.pixels()));
        if avatar.size().is_some() {
            assert_eq!(again.kind(), AvatarKind::Wechat);
            assert_eq!(again.url(), resized);
            assert_eq!(again.is_default(), avatar.is_default());
            assert_eq!(resize(&resized, size).as_deref(), Ok(&*resized));
        } else {
            assert_eq!(resized, text);
        }
    }
});

fn names(avatar: &Avatar<'_>) {
    if let Some(name) = avatar.file_name() {
        assert!((1..=255).contains(&name.len()) && name.chars().any(|character| character != '.'));
        assert!(!name.contains(['/', '\\', ':', '%']) && !name.contains(char::is_control), "{name:?}");
        assert!(!name.starts_with(' ') && !name.ends_with(' '));
    }
    if let Some(extension) = avatar.extension() {
        assert!((1..=8).contains(&extension.len()) && extension != "jpeg");
        assert!(extension.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
    }
}

/// What a browser makes of it has the same host, and nobody's name in front of it.
fn address(avatar: &Avatar<'_>) {
    let web = matches!(avatar.kind(), AvatarKind::Wechat | AvatarKind::Remote);
    if !web {
        assert!(avatar.size().is_none());
        return;
    }
    let parsed = Url::parse(avatar.url()).unwrap();
    let (scheme, rest) = avatar.url().split_once("://").unwrap();
    let host = rest.split(['/', '?', '#']).next().unwrap();
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, port.parse().ok()));
    assert_eq!((parsed.scheme(), parsed.host_str(), parsed.port()), (scheme, Some(host), port));
    assert!(parsed.username().is_empty() && parsed.password().is_none());
    // It is what a browser would write, but for characters that it encodes.
    assert!(avatar.url().starts_with(&parsed[..url::Position::BeforePath]));
    if avatar.kind() == AvatarKind::Wechat {
        assert!(
            scheme == "https" && ["wx.qlogo.cn", "thirdwx.qlogo.cn", "mmbiz.qpic.cn"].contains(&host) && port.is_none()
        );
    } else {
        // With a port it is a server of that name.
        assert!(port.is_some() || !matches!(host, "tmp" | "store" | "usr"));
    }
}
