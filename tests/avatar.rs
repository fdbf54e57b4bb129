//! Avatars: the table of every path form, and properties over arbitrary and hostile text.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde_json::Value;
use weapp_opendata::avatar::{
    Avatar, AvatarKind, AvatarSize, MAX_INLINE_LENGTH, MAX_LENGTH, NoSuchSize, TooLong, is_anonymous, resize,
};

const TABLE: &str = include_str!("vectors/avatars.json");
const GREY: &str = "https://thirdwx.qlogo.cn/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/132";
const SAMPLE: &str = "https://mmbiz.qpic.cn/mmbiz/icTdbqWNOwNRna42FI242Lcia07jQodd2FJGIYQfG0LAJGFxM4FbnQP6yfMxBgJ0F3YRqJCJ1aPAK2dQagdusBZg/0";
const PICTURE: &str = "https://thirdwx.qlogo.cn/mmopen/vi_32/AbC";
const SIZES: [AvatarSize; 5] =
    [AvatarSize::Px46, AvatarSize::Px64, AvatarSize::Px96, AvatarSize::Px132, AvatarSize::Px640];

fn rows() -> Vec<Value> {
    serde_json::from_str(TABLE).expect("the table is JSON")
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().expect("a text")
}

fn kind(input: &str) -> AvatarKind {
    Avatar::parse(input).expect("short enough").kind()
}

/// The fields of an avatar as a row of the table, without input and source.
fn row_of(avatar: &Avatar<'_>) -> Value {
    serde_json::json!({
        "kind": avatar.kind().as_str(),
        "url": avatar.url(),
        "needsUpload": avatar.needs_upload(),
        "isDefault": avatar.is_default(),
        "extension": avatar.extension(),
        "fileName": avatar.file_name(),
        "size": avatar.size(),
    })
}

#[test]
fn the_hosts_of_local_files_have_no_port() {
    for host in ["tmp", "store", "usr"] {
        assert_ne!(kind(&format!("http://{host}/a.png")), AvatarKind::Remote, "{host}");
        assert_eq!(kind(&format!("http://{host}:81/a.png")), AvatarKind::Remote, "{host}");
    }
}

#[test]
fn a_path_that_leaves_its_folder_names_no_file() {
    assert_eq!(kind("wxfile://usr/a/b.png"), AvatarKind::UserData);
    for folder in ["..", ".", "..?x", "..#x", ".?x"] {
        assert_eq!(kind(&format!("wxfile://usr/{folder}/b.png")), AvatarKind::Unknown, "{folder}");
    }
}

#[test]
fn file_names_are_decoded_once_and_have_at_most_255_bytes() {
    let name = |text: &str| Avatar::parse(text).expect("short enough").file_name().map(str::to_owned);
    assert_eq!(name("https://a.com/%e5%be%ae.png").as_deref(), Some("微.png"));
    assert_eq!(name("https://a.com/%E5%BE%AE.png").as_deref(), Some("微.png"));
    assert_eq!(name("https://a.com/%2561.png").as_deref(), None);
    for encoded in ["a", "%61"] {
        assert_eq!(name(&format!("https://a.com/{}", encoded.repeat(255))), Some("a".repeat(255)), "{encoded}");
        assert_eq!(name(&format!("https://a.com/{}", encoded.repeat(256))), None, "{encoded}");
    }
}

#[test]
fn hosts_and_ports_are_as_long_and_as_large_as_they_may_be() {
    let label = "a".repeat(63);
    let host = |last: usize| format!("https://{label}.{label}.{label}.{}/x.png", "a".repeat(last));
    assert_eq!(kind(&host(61)), AvatarKind::Remote);
    assert_eq!(kind(&host(62)), AvatarKind::Unknown);
    let port = |port: &str| kind(&format!("https://a.com:{port}/x.png"));
    assert_eq!(port("65535"), AvatarKind::Remote);
    for beyond in ["65536", "100000", "4294967377", "18446744073709551697", "081"] {
        assert_eq!(port(beyond), AvatarKind::Unknown, "{beyond}");
    }
}

#[test]
fn controls_are_in_no_path() {
    for control in ['\0', '\u{1f}', '\u{7f}', '\u{80}', '\u{9f}'] {
        assert_eq!(kind(&format!("https://a.com/a{control}b.png")), AvatarKind::Unknown, "{control:?}");
    }
    assert_eq!(kind("https://a.com/a\u{e9}\u{a1}b.png"), AvatarKind::Remote);
}

/// What holds for every text.
fn check_invariants(input: &str) -> Result<(), TestCaseError> {
    let Ok(avatar) = Avatar::parse(input) else {
        prop_assert!(input.len() >= MAX_LENGTH);
        return Ok(());
    };
    prop_assert_eq!(&Avatar::parse(avatar.url()).expect("a canonical form is accepted"), &avatar);
    if let Some(name) = avatar.file_name() {
        prop_assert!((1..=255).contains(&name.len()), "{name:?}");
        prop_assert!(!name.contains(['/', '\\', ':', '%']) && !name.contains(char::is_control), "{name:?}");
        prop_assert!(!name.contains(['\u{200E}', '\u{202E}', '\u{2066}', '\u{FEFF}']), "{name:?}");
        prop_assert!(name.chars().any(|c| c != '.') && name.trim() == name, "{name:?}");
    }
    if let Some(extension) = avatar.extension() {
        prop_assert!((1..=8).contains(&extension.len()) && extension != "jpeg");
        prop_assert!(extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{extension:?}");
    }
    match avatar.kind() {
        AvatarKind::Wechat => prop_assert!(avatar.url().starts_with("https://")),
        kind => prop_assert!(avatar.size().is_none() && !avatar.is_default(), "{kind}"),
    }
    if avatar.kind() == AvatarKind::Unknown {
        prop_assert!(avatar.file_name().is_none() && avatar.extension().is_none());
    }
    for size in SIZES {
        let resized = resize(input, size);
        if avatar.size().is_none() {
            prop_assert_eq!(resized.as_deref(), Ok(input));
        } else if let Ok(resized) = resized {
            let again = Avatar::parse(&resized).expect("a resized address is accepted");
            prop_assert_eq!(again.size(), Some(size.pixels()));
            prop_assert_eq!(again.url(), &*resized);
            prop_assert_eq!(again.is_default(), avatar.is_default());
        }
    }
    Ok(())
}

#[test]
fn every_form_of_the_table() {
    for mut row in rows() {
        let input = text(&row, "input").to_owned();
        let avatar = Avatar::parse(&input).expect("short enough");
        assert!(!text(&row, "source").is_empty());
        let fields = row.as_object_mut().expect("an object");
        fields.remove("input");
        fields.remove("source");
        assert_eq!(row_of(&avatar), row, "{input:?}");
    }
}

#[test]
fn the_table_has_every_kind() {
    let rows = rows();
    for kind in ["temporary", "saved", "userData", "package", "cloud", "wechat", "remote", "inline", "unknown"] {
        assert!(rows.iter().any(|row| row["kind"] == kind), "{kind}");
    }
}

#[test]
fn invariants_hold_for_the_table() {
    for row in rows() {
        check_invariants(text(&row, "input")).expect("holds");
    }
}

/// A form must not depend on what stands around it, nor on the case of its scheme.
#[test]
fn spaces_around_and_the_case_of_the_scheme_change_nothing() {
    for row in rows() {
        let input = text(&row, "input");
        let expected = Avatar::parse(input).expect("short enough");
        let padded = format!("\0\u{1F} \t{input}\r\n ");
        assert_eq!(Avatar::parse(&padded).expect("short enough"), expected, "{input:?}");
        let trimmed = input.trim_matches(|c| c <= ' ');
        if expected.kind() != AvatarKind::Unknown
            && let Some((scheme, rest)) = trimmed.split_once(':')
        {
            let upper = format!("{}:{rest}", scheme.to_uppercase());
            assert_eq!(Avatar::parse(&upper).expect("short enough"), expected, "{upper:?}");
        }
    }
}

/// Cutting a form anywhere, or putting a control character anywhere, gives no form of WeChat's that it was not.
#[test]
fn truncated_and_broken_forms() {
    for row in rows() {
        let input = text(&row, "input");
        for (at, _) in input.char_indices() {
            check_invariants(&input[..at]).expect("holds");
            check_invariants(&input[at..]).expect("holds");
            let broken = format!("x{}\n{}x", &input[..at], &input[at..]);
            assert_eq!(kind(&broken), AvatarKind::Unknown, "{broken:?}");
        }
    }
}

#[test]
fn resizing() {
    for (number, side) in [(46, 46), (64, 64), (96, 96), (132, 132), (0, 640)] {
        let size = AvatarSize::try_from(number).expect("a size");
        assert_eq!(size.pixels(), side);
        let url = format!("{PICTURE}/{number}");
        assert_eq!(resize(&format!("{PICTURE}/132"), size).as_deref(), Ok(&*url));
        assert_eq!(resize(&format!("{PICTURE}/0?a=/1#/2"), size), Ok(format!("{url}?a=/1#/2").into()));
        assert_eq!(resize(" http://THIRDWX.qlogo.cn:80/mmopen/vi_32/AbC/46", size).as_deref(), Ok(&*url));
        assert_eq!(Avatar::parse(&url).expect("short enough").size(), Some(side));
    }
    for number in [1, 45, 47, 133, 640, u16::MAX] {
        assert_eq!(AvatarSize::try_from(number), Err(NoSuchSize));
    }
}

#[test]
fn other_addresses_keep_their_size() {
    for row in rows().iter().filter(|row| row["size"].is_null()) {
        let input = text(row, "input");
        assert_eq!(resize(input, AvatarSize::Px46).as_deref(), Ok(input));
    }
    assert_eq!(resize(SAMPLE, AvatarSize::Px46).as_deref(), Ok(SAMPLE));
}

#[test]
fn anonymous_profiles() {
    assert!(is_anonymous("微信用户", GREY));
    assert!(is_anonymous("微信用户", &GREY.replace("https", "http").replace("/132", "/0")));
    assert!(is_anonymous("微信用户", SAMPLE));
    assert!(!is_anonymous("微信用户", "https://thirdwx.qlogo.cn/mmopen/vi_32/AbC/132"));
    assert!(!is_anonymous("微信用户", ""));
    assert!(!is_anonymous("微信用户1", GREY));
    assert!(!is_anonymous("", GREY));
    assert!(!is_anonymous("微信用户", &format!("{GREY}?{}", "a".repeat(MAX_LENGTH))));
}

#[test]
fn limits() {
    assert_eq!(MAX_LENGTH, 8192);
    // The shortest storage that has an environment and a bucket, and one that lacks its bucket.
    assert_eq!(kind("cloud://a.b/c.png"), AvatarKind::Cloud);
    assert_eq!(kind("cloud://a./c.png"), AvatarKind::Unknown);
    let of_length = |length: usize, head: &str| format!("{head}{}", "a".repeat(length - head.len()));
    for head in ["https://cdn.example/", "wxfile://tmp_", "", "data:text/plain,"] {
        assert!(Avatar::parse(&of_length(MAX_LENGTH, head)).is_ok(), "{head}");
        assert_eq!(Avatar::parse(&of_length(MAX_LENGTH + 1, head)), Err(TooLong), "{head}");
    }
    // The canonical form is longer by a letter.
    let http = "http://thirdwx.qlogo.cn/?";
    assert!(Avatar::parse(&of_length(MAX_LENGTH - 1, http)).is_ok());
    assert_eq!(Avatar::parse(&of_length(MAX_LENGTH, http)), Err(TooLong));
    assert_eq!(Avatar::parse(&of_length(MAX_LENGTH, "http://cdn.example?")), Err(TooLong));
    // And so is an address of a larger size.
    let url = of_length(MAX_LENGTH - 2, "https://wx.qlogo.cn/mmopen/a/0?");
    assert_eq!(resize(&url, AvatarSize::Px132).map(|url| url.len()), Ok(MAX_LENGTH));
    let url = of_length(MAX_LENGTH, "https://wx.qlogo.cn/mmopen/a/0?");
    assert_eq!(resize(&url, AvatarSize::Px132), Err(TooLong));

    let inline = of_length(MAX_INLINE_LENGTH - 2, "data:image/png;base64,");
    assert_eq!((inline.len() - 22) % 4, 0);
    assert_eq!(kind(&inline), AvatarKind::Inline);
    assert_eq!(kind(&format!(" {inline} ")), AvatarKind::Inline);
    assert_eq!(Avatar::parse(&format!("{inline}aaaa")), Err(TooLong));
    assert_eq!(Avatar::parse(&format!("{inline}!")), Err(TooLong), "no picture, so the smaller limit holds");
    assert_eq!(Avatar::parse(&"a".repeat(4 * MAX_INLINE_LENGTH)), Err(TooLong));
}

/// Canonical texts are not copied.
#[test]
fn canonical_texts_are_borrowed() {
    for row in rows() {
        let url = text(&row, "url");
        let avatar = Avatar::parse(url).expect("short enough");
        assert_eq!(avatar.url(), url);
        assert!(std::ptr::eq(avatar.url(), url) || avatar.kind() == AvatarKind::Unknown, "{url:?}");
    }
}

/// Repetitive texts at the limits. With time quadratic in the length, the megabytes below would take minutes.
#[test]
fn linear_time() {
    let started = std::time::Instant::now();
    for head in ["", "http://tmp/", "https://a/", "cloud://a.b/", "wxfile://usr/", "http://127.0.0.1/", "https://"] {
        for unit in ["/", ".", "../", "./", "%2e", "%", "%25", ":", "@", "a.", "?", " ", "=", "\u{202E}", "__tmp__/"] {
            for tail in ["", "a.png", "/132"] {
                let input = format!("{head}{}{tail}", unit.repeat((MAX_LENGTH - head.len() - tail.len()) / unit.len()));
                check_invariants(&input).expect("holds");
            }
        }
    }
    for unit in ["a", "=", ";", "A=", "data:image/png;base64,", " "] {
        let input = format!("data:image/png;base64,{}", unit.repeat((MAX_INLINE_LENGTH - 22) / unit.len()));
        let _ = Avatar::parse(&input);
    }
    assert!(started.elapsed().as_secs() < 30);
}

#[test]
fn names_and_messages() {
    assert_eq!(AvatarKind::UserData.to_string(), "userData");
    assert!(TooLong.to_string().contains("8 KiB"));
    assert!(NoSuchSize.to_string().contains("132"));
}

/// Hosts that contain or resemble WeChat's, without being one of them.
fn hostile_authority() -> impl Strategy<Value = String> {
    let host = prop_oneof![Just("wx.qlogo.cn"), Just("thirdwx.qlogo.cn"), Just("mmbiz.qpic.cn")];
    let noise = prop_oneof![
        "[a-z0-9._@:%\\\\-]{1,12}",
        Just("evil.example".to_owned()),
        Just("@evil.example".to_owned()),
        Just(":80@evil.example".to_owned()),
        Just("\\@evil.example".to_owned()),
        Just("%2f".to_owned()),
        Just("\u{3002}".to_owned()),
        Just("\u{AD}".to_owned()),
        Just("\t".to_owned()),
        Just("xn--".to_owned()),
    ];
    (host, noise, any::<prop::sample::Index>()).prop_map(|(host, noise, at)| {
        let at = at.index(host.len() + 1);
        format!("{}{noise}{}", &host[..at], &host[at..])
    })
}

/// Pieces out of which forms are made, in any order.
fn assembled() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "http://", "https://", "wxfile://", "cloud://", "data:image/", ";base64,", "tmp", "tmp_", "temp/", "store", "usr",
            "/", "__tmp__", "127.0.0.1", "localhost", "wx.qlogo.cn", "thirdwx.qlogo.cn", "mmopen", "mmhead", "vi_32", "132", "0",
            "?", "#", ":", "@", "\\", ".", "..", "%2e", "%2F", "%", "%25", ".png", ".JPEG", "头像", " ", "\n", ":80", ":443",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

/// What most often makes a form: a beginning that fits, then anything.
fn begun() -> impl Strategy<Value = String> {
    let head = prop::sample::select(vec![
        "http://tmp/",
        "HTTP://usr/",
        "http://store/",
        "http://127.0.0.1:80/__tmp__/",
        "wxfile://tmp_",
        "wxfile://usr/",
        "Cloud://Env.Bucket/",
        "https://CDN.example/",
        "http://cdn.example",
        "http://thirdwx.qlogo.cn/mmopen/",
        "http://wx.qlogo.cn:80/mmhead/a/132",
        "data:image/PNG;base64,",
        "../",
    ]);
    (head, prop_oneof![assembled(), any::<String>(), "([a-z0-9.%]{1,6}/){0,2}[a-z0-9%]{1,8}(\\.[a-zA-Z]{1,4})?"])
        .prop_map(|(head, tail)| format!("{head}{tail}"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn invariants_hold_for_any_text(input in any::<String>()) {
        check_invariants(&input)?;
    }

    #[test]
    fn invariants_hold_for_assembled_text(input in assembled()) {
        check_invariants(&input)?;
    }

    #[test]
    fn invariants_hold_for_begun_forms(input in begun()) {
        check_invariants(&input)?;
    }

    #[test]
    fn hostile_hosts_are_never_wechat(
        scheme in "https?",
        authority in hostile_authority(),
        end in prop::sample::select(vec![
            "/", "/mmopen/vi_32/AbC/132", "?wx.qlogo.cn", "#wx.qlogo.cn", "@wx.qlogo.cn/",
        ]),
    ) {
        let input = format!("{scheme}://{authority}{end}");
        // The one noise that does no harm is the scheme's own port.
        let default_port = if scheme == "http" { ":80" } else { ":443" };
        prop_assume!(!authority.ends_with(default_port));
        let avatar = Avatar::parse(&input).expect("short enough");
        prop_assert!(matches!(avatar.kind(), AvatarKind::Remote | AvatarKind::Unknown), "{input:?}");
        let resized = resize(&input, AvatarSize::Px46);
        prop_assert_eq!(resized.as_deref(), Ok(&*input));
    }

    /// Local paths reach the client as it gave them.
    #[test]
    fn local_paths_stay_byte_for_byte(
        head in prop::sample::select(vec![
            "http://tmp/", "http://store/", "http://usr/", "wxfile://tmp_", "wxfile://tmp/", "wxfile://temp/",
            "wxfile://store_", "wxfile://usr/", "http://127.0.0.1:47692/__tmp__/",
        ]),
        file in "[a-zA-Z0-9头像][a-zA-Z0-9_.头像%+=~-]{0,40}",
    ) {
        let input = format!("{head}{file}");
        let avatar = Avatar::parse(&input).expect("short enough");
        prop_assert!(avatar.needs_upload());
        prop_assert_eq!(avatar.url(), &*input);
    }
}
