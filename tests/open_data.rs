//! The main job: payloads open, or say why not.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{SAMPLE_TIME, Vector, WATERMARK, base64, encrypt_blocks, sample, seal, vectors};
use proptest::prelude::*;
use weapp_opendata::{
    DecryptPolicy, Diagnosis, ErrorCode, ExpectedApp, MAX_TEXT, Payload, Repair, WatermarkPolicy, diagnose,
};

fn code(outcome: Result<weapp_opendata::OpenData, weapp_opendata::Error>) -> ErrorCode {
    outcome.expect_err("should have been refused").code()
}

#[test]
fn published_vectors_open() {
    for vector in vectors() {
        let opened = vector.open().unwrap_or_else(|error| panic!("{}: {error}", vector.id));
        assert_eq!(opened.as_str(), vector.plaintext, "{}", vector.id);
    }
}

#[test]
fn every_repair_is_named_and_refused_by_strict() {
    let expected = [
        ("official-demo", None),
        ("derived-official-plus-to-space", Some(Repair::LostPlus)),
        ("derived-official-no-padding", Some(Repair::MissingPadding)),
        ("derived-official-urlsafe", Some(Repair::UrlSafeAlphabet)),
        ("derived-official-percent-encoded-once", Some(Repair::PercentEncoding)),
    ];
    for (id, repair) in expected {
        let vector = vectors().into_iter().find(|vector| vector.id == id).unwrap();
        let made: Vec<Repair> = vector.open().unwrap().repairs().iter().collect();
        assert_eq!(made, Vec::from_iter(repair), "{id}");
        match (vector.open_strictly(), repair) {
            (Ok(_), None) => {}
            (Err(error), Some(repair)) => {
                assert_eq!(error.code(), ErrorCode::IllegalBase64);
                assert_eq!(error.reason(), Some(repair.as_str()));
                assert!(error.hint().is_some());
            }
            (outcome, _) => panic!("{id}: {outcome:?}"),
        }
    }
}

/// Text of a payload whose base64 begins with `+`, and one that ends with it.
fn with_plus_at(start: bool) -> Vector {
    let mut vector = seal(&[7; 16], &[9; 16], format!("{{{WATERMARK}").as_bytes());
    for byte in 0..=u8::MAX {
        for second in 0..=u8::MAX {
            let mut iv = [byte; 16];
            iv[1] = second;
            // 48 bytes make 64 characters without padding, so that the last may be a `+` as well.
            let plaintext = format!(r#"{{"n":"{}",{WATERMARK}"#, "x".repeat(20));
            vector = seal(&[7; 16], &iv, &plaintext.as_bytes()[..plaintext.len()]);
            let text = &vector.encrypted_data;
            if if start { text.starts_with('+') } else { text.ends_with('+') } {
                return vector;
            }
        }
    }
    panic!("no such payload among 65,536: {}", vector.encrypted_data.len());
}

#[test]
fn spaces_at_the_ends_are_plus_only_where_the_length_asks_for_it() {
    let lost = with_plus_at(true);
    for (before, after) in [(" ", ""), ("   ", "  "), (" ", "\n"), (" ", " \r\n ")] {
        let text = format!("{before}{}{after}", &lost.encrypted_data[1..]);
        let opened = Vector { encrypted_data: text.clone(), ..with_plus_at(true) }.open();
        assert!(opened.is_ok_and(|opened| opened.repairs().contains(Repair::LostPlus)), "{text:?}");
    }
    let text = format!(" {}", &lost.encrypted_data[1..]);
    let opened = Vector { encrypted_data: text, ..with_plus_at(true) }.open().unwrap();
    assert_eq!(opened.repairs().iter().collect::<Vec<_>>(), [Repair::LostPlus]);
    // All there: the spaces are only white space.
    for text in [
        format!(" {}", lost.encrypted_data),
        format!("{}  ", lost.encrypted_data),
        format!("\n {}", lost.encrypted_data),
    ] {
        let opened = Vector { encrypted_data: text, ..with_plus_at(true) }.open().unwrap();
        let repairs: Vec<_> = opened.repairs().iter().collect();
        assert!(repairs.contains(&Repair::Whitespace));
    }
    let lost = with_plus_at(false);
    let text = format!("{} ", lost.encrypted_data.strip_suffix('+').unwrap());
    let opened = Vector { encrypted_data: text, ..lost }.open().unwrap();
    assert!(opened.repairs().contains(Repair::LostPlus));
}

#[test]
fn repairs_of_all_texts_are_told_together() {
    let sample = sample();
    let opened = sample.open().unwrap();
    assert!(opened.repairs().is_empty() && opened.repairs().iter().next().is_none());
    let unpadded = |text: &str| text.trim_end_matches('=').to_owned();
    let vector = Vector { session_key: unpadded(&sample.session_key), iv: unpadded(&sample.iv), ..sample };
    let repairs = vector.open().unwrap().repairs();
    assert!(!repairs.is_empty());
    assert_eq!(repairs.iter().collect::<Vec<_>>(), [Repair::MissingPadding]);
}

#[test]
fn percent_encoding_is_read_in_either_case() {
    let key = [0xFB; 16];
    let text = base64(&key);
    assert!(text.contains(['+', '/']) && text.ends_with('='), "{text}");
    let encoded = text.replace('+', "%2b").replace('/', "%2f").replace('=', "%3d");
    let vector = seal(&key, &[1; 16], format!("{{{WATERMARK}").as_bytes());
    for encoded in [encoded.to_uppercase(), encoded] {
        let encoded = encoded.replace("V7", "v7").replace("W%", "w%");
        let opened = vector.open_with_keys(&[&encoded]).unwrap();
        assert_eq!(opened.repairs().iter().collect::<Vec<_>>(), [Repair::PercentEncoding], "{encoded}");
    }
}

#[test]
fn texts_have_a_mebibyte_at_most() {
    let reason = |length: usize| {
        let error = Vector { encrypted_data: "A".repeat(length), ..sample() }.open().unwrap_err();
        (error.code(), error.reason())
    };
    assert_eq!(reason(1_048_576), (ErrorCode::DecryptFailed, None));
    assert_eq!(reason(1_048_577), (ErrorCode::IllegalBuffer, Some("TOO_LONG")));
}

#[test]
fn the_key_that_opens_is_named_by_its_place() {
    let sample = sample();
    let other = base64(&[3; 16]);
    for (keys, index) in [([&*sample.session_key, &*other], 0), ([&*other, &*sample.session_key], 1)] {
        assert_eq!(sample.open_with_keys(&keys).unwrap().session_key_index(), index);
    }
}

#[test]
fn a_lost_plus_in_key_and_iv_is_put_right_too() {
    let plus = [0xFB; 16];
    let vector = seal(&plus, &plus, format!("{{{WATERMARK}").as_bytes());
    assert!(vector.session_key.starts_with('+') && vector.iv.contains('+'));
    for mend in [
        |text: &str| text.replace('+', " "),
        |text: &str| text.replace('+', "%2B").replace('=', "%3D"),
        |text: &str| text.replace('+', "%252B"),
        |text: &str| text.replace('+', "%25252b"),
        |text: &str| text.replace('+', "-").replace('/', "_"),
        |text: &str| text.trim_end_matches('=').to_owned(),
        |text: &str| format!("\r\n    {}\n    {}\t\n", &text[..9], &text[9..]),
        |text: &str| text.replace('+', " ").trim_end_matches('=').to_owned() + "\n",
    ] {
        let damaged = Vector {
            session_key: mend(&vector.session_key),
            iv: mend(&vector.iv),
            encrypted_data: mend(&vector.encrypted_data),
            ..seal(&plus, &plus, b"")
        };
        assert_eq!(damaged.open().unwrap().as_str(), vector.plaintext, "{}", damaged.session_key);
        assert_eq!(code(damaged.open_strictly()), ErrorCode::IllegalSessionKey);
    }
    let four_layers = Vector { iv: vector.iv.replace('+', "%2525252B"), ..seal(&plus, &plus, b"") };
    assert_eq!(four_layers.open().unwrap_err().reason(), Some("PERCENT_ENCODING"));
}

#[test]
fn texts_beyond_repair_are_refused_with_the_cause() {
    let sample = sample();
    let cut = |at: usize| sample.encrypted_data[..at].to_owned();
    let long = "A".repeat(MAX_TEXT + 1);
    let cases: &[(&str, String, ErrorCode, &str)] = &[
        ("empty", String::new(), ErrorCode::IllegalBuffer, "EMPTY"),
        ("blank", " \n ".into(), ErrorCode::IllegalBuffer, "EMPTY"),
        ("JSON", r#"{"errMsg": "getPhoneNumber:fail"}"#.into(), ErrorCode::IllegalBase64, "ILLEGAL_CHARACTER"),
        ("Chinese", "加密数据".into(), ErrorCode::IllegalBase64, "ILLEGAL_CHARACTER"),
        ("NUL", "AAAA\0AAA".into(), ErrorCode::IllegalBase64, "ILLEGAL_CHARACTER"),
        ("no-break space", sample.encrypted_data.replace('+', "\u{a0}"), ErrorCode::IllegalBase64, "ILLEGAL_CHARACTER"),
        ("a character and its padding short", cut(531), ErrorCode::IllegalBuffer, "WRONG_LENGTH"),
        ("a group short", cut(532), ErrorCode::IllegalBuffer, "WRONG_LENGTH"),
        ("4n+1 characters", cut(533), ErrorCode::IllegalBase64, "TRUNCATED"),
        ("a block and a half", cut(32), ErrorCode::IllegalBuffer, "WRONG_LENGTH"),
        ("= inside", "AAA=AAAA".into(), ErrorCode::IllegalBase64, "MISPLACED_PADDING"),
        ("= too many", "AAAAAAAAAAAAAAAAAAAAAA===".into(), ErrorCode::IllegalBase64, "MISPLACED_PADDING"),
        ("bits", "AAAAAAAAAAAAAAAAAAAAAB==".into(), ErrorCode::IllegalBase64, "TRAILING_BITS"),
        ("broken percent", "AAAA%2".into(), ErrorCode::IllegalBase64, "PERCENT_ENCODING"),
        ("bad percent", "AAAA%zzAA".into(), ErrorCode::IllegalBase64, "PERCENT_ENCODING"),
        ("a space too many", sample.encrypted_data.replacen('+', "  ", 1), ErrorCode::IllegalBase64, "LOST_PLUS"),
        ("a mebibyte and one", long, ErrorCode::IllegalBuffer, "TOO_LONG"),
    ];
    for (name, text, code, reason) in cases {
        let error = Vector { encrypted_data: text.clone(), ..crate::sample() }.open().unwrap_err();
        assert_eq!((error.code(), error.reason()), (*code, Some(*reason)), "{name}");
    }
}

#[test]
fn keys_of_another_form_are_recognised() {
    let cases = [
        ("AAAAAAAAAAAAAAAAAAA=", "WRONG_LENGTH"),
        ("", "EMPTY"),
        ("0123456789abcdef0123456789abcdef", "HEXADECIMAL"),
        ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE", "ENCODING_AES_KEY"),
        ("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE=", "ENCODING_AES_KEY"),
        (&base64(sample().session_key.as_bytes()), "ENCODED_TWICE"),
        // Base64 again, of 18 bytes, which are no key either.
        (&base64(&[b'A'; 24]), "WRONG_LENGTH"),
    ];
    for (key, reason) in cases {
        let error = Vector { session_key: key.into(), ..sample() }.open().unwrap_err();
        assert_eq!((error.code(), error.reason()), (ErrorCode::IllegalSessionKey, Some(reason)), "{key}");
    }
}

#[test]
fn keys_are_tried_in_order_and_a_lucky_padding_changes_nothing() {
    let sample = sample();
    // Among 4,096 wrong keys some 16 give a correct padding; none gives anything else than the one refusal.
    for number in 0..4096_u32 {
        let mut wrong = [0x5A; 16];
        wrong[..4].copy_from_slice(&number.to_le_bytes());
        let wrong = base64(&wrong);
        let error = sample.open_with_keys(&[&wrong]).unwrap_err();
        assert_eq!(
            format!("{error:?}"),
            "DECRYPT_FAILED: encrypted_data does not open with the given session_key and iv"
        );
        let opened = sample.open_with_keys(&[&wrong, &sample.session_key, &wrong]).unwrap();
        assert_eq!((opened.session_key_index(), opened.as_str()), (1, sample.plaintext.as_str()));
    }
    // One text that is no key spoils the call before any key is used.
    assert_eq!(code(sample.open_with_keys(&[&sample.session_key, "x"])), ErrorCode::IllegalSessionKey);
    assert_eq!(code(sample.open_with_keys(&[])), ErrorCode::InvalidArgument);
    assert_eq!(code(sample.open_with_keys(&[""; 9])), ErrorCode::InvalidArgument);
}

#[test]
fn what_decrypts_to_no_object_is_refused_like_a_wrong_key() {
    let (key, iv) = ([1; 16], [2; 16]);
    let padded_wrongly = encrypt_blocks(&key, &iv, &[0; 32]);
    let cases: &[&[u8]] =
        &[b"", b"null", b"[]", b"\"text\"", b"{", b"{}{}", b"\xEF\xBB\xBF{}", b"{\"a\":\"\xFF\"}", b"{\"a\":1,}"];
    let mut vectors: Vec<_> = cases.iter().map(|plaintext| seal(&key, &iv, plaintext)).collect();
    vectors.push(Vector { encrypted_data: base64(&padded_wrongly), ..seal(&key, &iv, b"") });
    for vector in vectors {
        let error = vector.open().unwrap_err();
        assert_eq!((error.code(), error.reason(), error.errcode()), (ErrorCode::DecryptFailed, None, Some(-41003)));
        assert_eq!(error.to_string(), "encrypted_data does not open with the given session_key and iv");
    }
}

#[test]
fn the_watermark_is_checked() {
    let sample = sample();
    let with = |appid: ExpectedApp<'_>, now, max_age| {
        let policy = WatermarkPolicy { appid, max_age, ..WatermarkPolicy::new(&[], now) };
        let outcome = sample.open_under(&[&sample.session_key], false, policy);
        outcome.map_or_else(|error| error.code().as_str(), |_| "ok")
    };
    let app = sample.appid.as_str();
    assert_eq!(with(ExpectedApp::OneOf(&["wx1", app]), SAMPLE_TIME, None), "ok");
    assert_eq!(with(ExpectedApp::OneOf(&["wx1"]), SAMPLE_TIME, None), "APPID_MISMATCH");
    assert_eq!(with(ExpectedApp::OneOf(&[]), SAMPLE_TIME, None), "APPID_MISMATCH");
    assert_eq!(with(ExpectedApp::Any, SAMPLE_TIME, None), "ok");
    assert_eq!(with(ExpectedApp::Any, SAMPLE_TIME + 61, Some(60)), "WATERMARK_EXPIRED");
    assert_eq!(with(ExpectedApp::Any, SAMPLE_TIME - 301, Some(60)), "WATERMARK_IN_FUTURE");

    let run = seal(&[1; 16], &[2; 16], br#"{"stepInfoList":[{"timestamp":1445866601,"step":100}]}"#);
    assert_eq!(code(run.open()), ErrorCode::WatermarkMissing);
    assert!(run.open_unmarked().is_ok());
    let other = seal(&[1; 16], &[2; 16], br#"{"openGId":"x","watermark":{"appid":"wx1","timestamp":1477314187}}"#);
    assert_eq!(code(other.open_unmarked()), ErrorCode::AppidMismatch);
}

fn diagnosis(vector: &Vector) -> Diagnosis {
    let (session_keys, appids) = ([vector.session_key.as_str()], [vector.appid.as_str()]);
    let policy = DecryptPolicy {
        session_keys: &session_keys,
        strict: false,
        watermark: WatermarkPolicy::new(&appids, SAMPLE_TIME),
    };
    diagnose(Payload { encrypted_data: &vector.encrypted_data, iv: &vector.iv }, &policy).unwrap()
}

#[test]
fn diagnose_names_the_known_causes() {
    let first_note = |vector: Vector| diagnosis(&vector).notes.remove(0);
    let note = first_note(Vector { session_key: base64(&[3; 16]), ..sample() });
    assert!(note.contains("stale") && note.contains("已过期"), "{note}");
    let note = first_note(Vector { session_key: sample().iv, iv: sample().session_key, ..sample() });
    assert!(note.contains("session_key and iv are swapped"), "{note}");
    let note = first_note(Vector { iv: base64(&[3; 16]), ..sample() });
    assert!(note.contains("the iv belongs to other data"), "{note}");
    let note = first_note(Vector { encrypted_data: sample().encrypted_data[..512].into(), ..sample() });
    assert!(note.contains("cut short"), "{note}");
    let note = first_note(Vector { appid: "wx1".into(), ..sample() });
    assert!(note.contains("another mini-program"), "{note}");
    let note = first_note(Vector { session_key: base64(sample().session_key.as_bytes()), ..sample() });
    assert!(note.contains("24 characters of base64"), "{note}");
    let milliseconds = br#"{"watermark":{"timestamp":1477314187000,"appid":"wx0123456789abcdef"}}"#;
    let note = first_note(seal(&[1; 16], &[2; 16], milliseconds));
    assert!(note.contains("milliseconds"), "{note}");
    let swapped = diagnosis(&Vector { encrypted_data: sample().iv, iv: sample().encrypted_data, ..sample() });
    assert!(swapped.notes.iter().any(|note| note.contains("may be swapped")), "{:?}", swapped.notes);

    // A text of the right length for its place is not misplaced, wherever the fault lies.
    let stale = diagnosis(&Vector { session_key: base64(&[3; 16]), ..sample() });
    assert_eq!((stale.ok, stale.code, stale.reason), (false, Some("DECRYPT_FAILED"), None));
    assert_eq!(stale.notes.len(), 1, "{:?}", stale.notes);
    // Right to begin with, and no text further on: not cut short.
    let mut bytes = *br#"{"a":"0123456789abcdef"}        "#;
    bytes[20] = 0xFF;
    let garbled = seal(&[1; 16], &[2; 16], b"{}");
    let data = base64(&encrypt_blocks(&[1; 16], &[2; 16], &bytes));
    let note = first_note(Vector { encrypted_data: data, ..garbled });
    assert!(note.contains("stale"), "{note}");
    let short = diagnosis(&Vector { iv: "AAAA".into(), ..sample() });
    assert_eq!((short.code, short.reason), (Some("ILLEGAL_IV"), Some("WRONG_LENGTH")));

    let mended = diagnosis(&vectors()[1]);
    assert!(
        mended.notes.iter().any(|note| note.starts_with("encrypted_data") && note.contains('+')),
        "{:?}",
        mended.notes
    );
    // Said once, though it is true of two keys.
    let unpadded = sample().session_key.trim_end_matches('=').to_owned();
    let (session_keys, appids) = ([&*unpadded, &*unpadded], ["wx4f4bc4dec97d474b"]);
    let policy = DecryptPolicy {
        session_keys: &session_keys,
        strict: false,
        watermark: WatermarkPolicy::new(&appids, SAMPLE_TIME),
    };
    let vector = sample();
    let twice = diagnose(Payload { encrypted_data: &vector.encrypted_data, iv: &vector.iv }, &policy).unwrap();
    assert_eq!(twice.repairs, ["MISSING_PADDING"]);
    assert_eq!(twice.notes.iter().filter(|note| note.starts_with("session_key")).count(), 1, "{:?}", twice.notes);
    assert!(mended.ok && mended.session_key_index == Some(0) && mended.code.is_none());
    assert_eq!(mended.repairs, ["LOST_PLUS"]);
}

#[test]
fn diagnose_says_which_of_several_keys_opens_and_what_is_no_key() {
    let sample = sample();
    let diagnosed = |session_keys: &[&str]| {
        let watermark = WatermarkPolicy::new(&["wx4f4bc4dec97d474b"], SAMPLE_TIME);
        let policy = DecryptPolicy { session_keys, strict: false, watermark };
        diagnose(Payload { encrypted_data: &sample.encrypted_data, iv: &sample.iv }, &policy).unwrap()
    };
    let (stale, right) = (base64(&[3; 16]), sample.session_key.as_str());
    let first = diagnosed(&[right, &stale]);
    assert_eq!(first.session_key_index, Some(0));
    assert_eq!(first.notes, ["Session key 1 of 2 opens the data. / 第 1 个 session_key（共 2 个）可以解开数据。"]);
    let second = diagnosed(&[&stale, right]);
    assert_eq!(second.session_key_index, Some(1));
    assert_eq!(second.notes.len(), 2);
    assert_eq!(second.notes[0], "Session key 2 of 2 opens the data. / 第 2 个 session_key（共 2 个）可以解开数据。");
    assert!(second.notes[1].starts_with("It is not the first: "), "{:?}", second.notes);
    let data = diagnosed(&[&sample.encrypted_data]);
    assert!(!data.ok && data.session_key_index.is_none());
    assert!(data.notes.iter().any(|note| note.starts_with("What was given as session_key")), "{:?}", data.notes);

    // Cut within a character: 甲 takes three bytes, of which the last block has lost some or none.
    for filler in 0..16 {
        let text = format!(r#"{{"nickName":"{}{}",{WATERMARK}"#, "x".repeat(filler), "甲".repeat(40));
        let whole = seal(&[1; 16], &[2; 16], text.as_bytes());
        let cut = Vector { encrypted_data: whole.encrypted_data[..64].into(), ..whole };
        let note = diagnosis(&cut).notes.remove(0);
        assert!(note.contains("cut short"), "{filler}: {note}");
    }
}

#[test]
fn nothing_printed_holds_a_secret() {
    let sample = sample();
    let opened = sample.open().unwrap();
    let (key, _) = weapp_opendata::SessionKey::from_base64(&sample.session_key, true).unwrap();
    let (iv, _) = weapp_opendata::Iv::from_base64(&sample.iv, true).unwrap();
    assert_eq!(format!("{opened:?} {key:?} {iv:?}"), "OpenData(393 bytes) SessionKey([secret]) Iv([16 bytes])");
    let payload = Payload { encrypted_data: &sample.encrypted_data, iv: &sample.iv };
    assert_eq!(format!("{payload:?}"), "Payload(536 characters)");
    let session_keys = [sample.session_key.as_str()];
    let watermark = WatermarkPolicy { appid: ExpectedApp::OneOf(&[]), ..WatermarkPolicy::new(&[], 0) };
    let policy = format!("{:?}", DecryptPolicy { session_keys: &session_keys, strict: false, watermark });
    assert!(policy.starts_with("DecryptPolicy(1 session keys, ") && !policy.contains(&sample.session_key), "{policy}");
    let mut printed = format!("{:?}", diagnosis(&Vector { appid: "wx1".into(), ..crate::sample() }));
    printed += &format!("{:?}", diagnosis(&Vector { iv: base64(&[3; 16]), ..crate::sample() }));
    for secret in [&sample.session_key, &sample.iv, &sample.appid, "Band", "Guangzhou", "oGZUI0"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_is_sealed_opens_to_the_same_text(key: [u8; 16], iv: [u8; 16], name in ".{0,400}") {
        let name = serde_json::to_string(&name).unwrap();
        let plaintext = format!(r#"{{"nickName":{name},{WATERMARK}"#);
        let vector = seal(&key, &iv, plaintext.as_bytes());
        let opened = vector.open_strictly().unwrap();
        prop_assert_eq!(opened.as_str(), plaintext.as_str());
        prop_assert!(opened.repairs().is_empty());
    }

    #[test]
    fn arbitrary_texts_never_panic_and_strict_accepts_no_more(data in "[A-Za-z0-9+/= \r\n\t%_-]{0,200}", key in ".{0,40}", iv in ".{0,40}") {
        let vector = Vector { encrypted_data: data, session_key: key, iv, ..sample() };
        let lenient = vector.open();
        if vector.open_strictly().is_ok() {
            prop_assert!(lenient.is_ok());
        }
        let _ = diagnosis(&vector);
    }

    /// Repairs restore the text, whatever was done to it and in whatever order of these.
    #[test]
    fn repairs_undo_what_transit_does(key: [u8; 16], iv: [u8; 16], filler in "[a-z]{0,90}", steps in proptest::collection::vec(0..5_u8, 0..4)) {
        let vector = seal(&key, &iv, format!(r#"{{"n":"{filler}",{WATERMARK}"#).as_bytes());
        let mut text = vector.encrypted_data.clone();
        let mut layers = 0;
        for step in steps {
            text = match step {
                // Once wrapped or encoded, a lost plus would be another text.
                0 if layers == 0 && !text.contains('\n') => text.replace('+', " "),
                1 if layers < 3 => { layers += 1; percent_encode(&text) }
                2 => text.replace('+', "-").replace('/', "_"),
                3 if layers == 0 && !text.contains(' ') => text.as_bytes().chunks(30).map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join("\r\n   "),
                _ => text.trim_end_matches('=').to_owned(),
            };
        }
        let damaged = Vector { encrypted_data: text.clone(), ..seal(&key, &iv, b"") };
        let opened = damaged.open().map(|opened| opened.as_str().to_owned());
        prop_assert_eq!(opened, Ok(vector.plaintext.clone()), "{:?}", text);
    }
}

/// `encodeURIComponent`, for the characters that can occur here.
fn percent_encode(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' => character.to_string(),
            other => format!("%{:02X}", u32::from(other)),
        })
        .collect()
}

#[test]
fn work_is_linear_in_the_text() {
    // Each of these takes the way through the repairs; a quadratic step would take minutes.
    let shapes: [fn(usize) -> String; 5] = [
        |len| " ".repeat(len),
        |len| "A ".repeat(len / 2),
        |len| "%25".repeat(len / 3),
        |len| "\n ".repeat(len / 2) + "=",
        |len| "A\t".repeat(len / 2),
    ];
    let start = std::time::Instant::now();
    for shape in shapes {
        let vector = Vector { encrypted_data: shape(MAX_TEXT), ..sample() };
        assert!(vector.open().is_err());
        let _ = diagnosis(&vector);
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
