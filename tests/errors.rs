//! The table of errors: every code, its errcode and its exact words.
#![allow(clippy::unwrap_used)]

mod common;

use common::{SAMPLE_TIME, Vector, sample, seal};
use weapp_opendata::channel::{self, ChannelKey};
use weapp_opendata::phone::{CallingCode, PhoneNumber};
use weapp_opendata::{
    CloudValue, Error, ErrorCode, MAX_TEXT, MessagePush, WatermarkPolicy, check_watermark, read_cloud_data,
    sign_payment,
};

/// The reply that WeChat's documentation publishes, 消息推送.
const ENCRYPT: &str = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==";
const SIGNATURE: &str = "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1";

fn push(key: &str, appid: &str, signature: &str) -> Error {
    match MessagePush::new("AAAAA", key, appid) {
        Ok(push) => push.decrypt(ENCRYPT, signature, "1713424427", "415670741").unwrap_err(),
        Err(error) => error,
    }
}

fn raised() -> Vec<Error> {
    let error = |vector: Vector| vector.open().unwrap_err();
    let watermark = |json: &str, now, max_age| {
        check_watermark(json, &WatermarkPolicy { max_age, ..WatermarkPolicy::new(&["wx1"], now) }).unwrap_err()
    };
    let phone = |text| Error::from(PhoneNumber::parse(text, CallingCode::CHINA).unwrap_err());
    let fields = |code| Error::from(PhoneNumber::from_wechat(code, "13580006666").unwrap_err());
    let sealed = |text: &str| {
        let key = ChannelKey::from_base64("AAAAAAAAAAAAAAAAAAAAAA==", 1).unwrap();
        channel::open(text, &[key], "").unwrap_err()
    };
    let cloud = |value| read_cloud_data(value, &WatermarkPolicy::new(&["wx1"], 0)).unwrap_err();
    vec![
        sample().open_with_keys(&[]).unwrap_err(),
        sample().open_with_keys(&["AA"; 9]).unwrap_err(),
        error(Vector { session_key: "AAAA".into(), ..sample() }),
        error(Vector { session_key: "0123456789abcdef0123456789abcdef".into(), ..sample() }),
        error(Vector { iv: "AAAA".into(), ..sample() }),
        error(Vector { iv: "A".repeat(MAX_TEXT + 1), ..sample() }),
        error(Vector { encrypted_data: "{}".into(), ..sample() }),
        error(Vector { encrypted_data: "AA=A".into(), ..sample() }),
        error(Vector { encrypted_data: String::new(), ..sample() }),
        error(Vector { encrypted_data: "AAAA".into(), ..sample() }),
        error(Vector { session_key: "AAAAAAAAAAAAAAAAAAAAAA==".into(), ..sample() }),
        error(seal(&[1; 16], &[2; 16], b"{}")),
        watermark(r#"{"watermark":{}}"#, SAMPLE_TIME, None),
        watermark(r#"{"watermark":{"appid":"wx1","timestamp":1477314187000}}"#, SAMPLE_TIME, None),
        watermark(r#"{"watermark":{"appid":"wx2","timestamp":1477314187}}"#, SAMPLE_TIME, None),
        watermark(r#"{"watermark":{"appid":"wx1","timestamp":1477314187}}"#, SAMPLE_TIME + 9, Some(8)),
        watermark(r#"{"watermark":{"appid":"wx1","timestamp":1477314187}}"#, SAMPLE_TIME - 301, None),
        push("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wx1", ""),
        push("BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wx1", SIGNATURE),
        push("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wx1", SIGNATURE),
        push("A", "wx1", ""),
        sign_payment("", "u", "{}").unwrap_err(),
        phone(""),
        phone("135****6666"),
        phone("ask me"),
        phone("1358"),
        phone("1358000666666666"),
        fields("CN"),
        cloud(CloudValue::Failed(-601_006, "cloudID expired.")),
        cloud(CloudValue::Unresolved),
        ChannelKey::from_base64("AAAA", 1).unwrap_err(),
        sealed("A"),
        sealed("AAAA"),
        sealed(&"A".repeat(44)),
        sealed(&format!("AQAAAAI{}", "A".repeat(37))),
        sealed(&format!("AQAAAAE{}", "A".repeat(37))),
        Error::not_initialized(),
        Error::module_refused(),
    ]
}

#[test]
fn every_code_has_its_errcode_and_its_exact_words() {
    let rows: Vec<String> = raised()
        .iter()
        .map(|error| {
            let errcode = error.errcode().map_or_else(String::new, |errcode| errcode.to_string());
            format!("{} {errcode} {} | {error}", error.code(), error.reason().unwrap_or("-"))
        })
        .collect();
    let expected = [
        "INVALID_ARGUMENT  EMPTY | policy.sessionKey: expected a session_key or a list of them, found an empty one",
        "INVALID_ARGUMENT  TOO_MANY | policy.sessionKey: expected at most 8 session keys, found more",
        "ILLEGAL_SESSION_KEY -41001 WRONG_LENGTH | sessionKey: expected base64 of 16 bytes, found 3 bytes",
        "ILLEGAL_SESSION_KEY -41001 HEXADECIMAL | sessionKey: expected base64 of 16 bytes, found 32 hexadecimal digits",
        "ILLEGAL_IV -41002 WRONG_LENGTH | iv: expected base64 of 16 bytes, found 3 bytes",
        "ILLEGAL_IV -41002 TOO_LONG | iv: expected at most 1048576 characters, found a longer text",
        "ILLEGAL_BASE64 -41004 ILLEGAL_CHARACTER | encryptedData: a character outside the base64 alphabet",
        "ILLEGAL_BASE64 -41004 MISPLACED_PADDING | encryptedData: '=' in the wrong place",
        "ILLEGAL_BUFFER -41003 EMPTY | encryptedData: expected base64 of a multiple of 16 bytes, found an empty text",
        "ILLEGAL_BUFFER -41003 WRONG_LENGTH | encryptedData: expected base64 of a multiple of 16 bytes, found 3 bytes",
        "DECRYPT_FAILED -41003 - | encryptedData does not open with the given sessionKey and iv",
        "WATERMARK_MISSING -41003 ABSENT | the data holds no watermark",
        "WATERMARK_MISSING -41003 WRONG_SHAPE | the watermark is not an object with a text appid and a whole number of seconds as timestamp",
        "WATERMARK_MISSING -41003 MILLISECONDS | watermark.timestamp can only be milliseconds; WeChat writes seconds",
        "APPID_MISMATCH -41003 - | watermark.appid is not the expected app",
        "WATERMARK_EXPIRED  - | watermark.timestamp is older than maxAge allows",
        "WATERMARK_IN_FUTURE  - | watermark.timestamp lies further in the future than clockSkew allows",
        "SIGNATURE_MISMATCH  - | msg_signature does not match token, timestamp, nonce and encrypt",
        "DECRYPT_FAILED -41003 - | the Encrypt text does not open with the given encodingAESKey",
        "APPID_MISMATCH -41003 - | the message is for another app than config.appid",
        "INVALID_ARGUMENT  WRONG_LENGTH | config.encodingAESKey: expected 43 letters and digits, found 1 bytes",
        "INVALID_ARGUMENT  EMPTY | appKey: expected the appKey of virtual payment, found an empty one",
        "INVALID_PHONE_NUMBER  EMPTY | phone number: expected digits, found an empty text",
        "INVALID_PHONE_NUMBER  MASKED | phone number: some digits are hidden",
        "INVALID_PHONE_NUMBER  NOT_A_NUMBER | phone number: expected digits, found something else",
        "INVALID_PHONE_NUMBER  TOO_SHORT | phone number: fewer digits than any number of its calling code has",
        "INVALID_PHONE_NUMBER  TOO_LONG | phone number: more digits than any number of its calling code has",
        "INVALID_PHONE_NUMBER  INVALID_COUNTRY_CODE | phone number: the calling code is not in use, or not that of the number",
        "WECHAT_ERROR -601006 - | WeChat answered with errcode -601006",
        "CLOUD_ID_NOT_RESOLVED  - | the CloudID was not replaced with data",
        "INVALID_ARGUMENT  OUT_OF_RANGE | options.key.encryptKey: expected base64 of 16 bytes",
        "ILLEGAL_BASE64 -41004 NOT_BASE64URL | sealed: expected base64url without padding, found something else",
        "ILLEGAL_BUFFER -41003 WRONG_LENGTH | sealed: expected at least 33 bytes in base64url, found 3 bytes",
        "ILLEGAL_BUFFER -41003 FORMAT_VERSION | sealed: expected version 1 of the format, found version 0",
        "DECRYPT_FAILED -41003 KEY_VERSION | sealed: no key of version 2 was given",
        "DECRYPT_FAILED -41003 - | sealed: does not open with the given key and context",
        "NOT_INITIALIZED  - | the WebAssembly module is not loaded: await init() first",
        "NOT_INITIALIZED  REFUSED | this host does not run the WebAssembly module at hand",
    ];
    assert_eq!(rows, expected);

    for code in ErrorCode::ALL {
        let is_raised = raised().iter().any(|error| error.code() == code);
        assert!(is_raised, "{code}");
    }
}

#[test]
fn hints_are_in_english_and_chinese() {
    for error in raised() {
        let Some((english, chinese)) = error.hint() else { continue };
        assert!(english.ends_with('.') && english.chars().all(|character| !is_chinese(character)), "{english}");
        assert!(chinese.ends_with('。') && chinese.chars().any(is_chinese), "{chinese}");
    }
}

#[test]
fn wechats_numbers_with_a_known_cause_have_a_hint() {
    for errcode in [-1, 40001, 40013, 40029, 42001, 45011, -601_005, -601_006, -601_007, -601_009] {
        let error = Error::wechat(errcode, "");
        assert!(error.hint().is_some(), "{errcode}");
        assert_eq!(error.errcode(), Some(errcode));
        assert!(Error::wechat(-errcode, "").hint().is_none(), "{}", -errcode);
    }
}

fn is_chinese(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}

#[test]
fn wechats_own_words_are_kept_beside_the_message_and_cut() {
    let long = "错".repeat(600);
    let error = read_cloud_data(CloudValue::Failed(-99, &long), &WatermarkPolicy::new(&["wx1"], 0)).unwrap_err();
    assert_eq!(error.errmsg().map(|errmsg| errmsg.chars().count()), Some(512));
    assert!(!error.to_string().contains('错'));
    assert_eq!(error.hint(), None);
}

/// What JavaScript has to say while there is no module to ask is written down there a second time, word for word.
#[test]
fn the_words_of_javascript_are_those_of_the_table() {
    let glue = include_str!("../pkg-template/core/errors.js");
    // As one line, with the pieces of long strings joined.
    let glue = ["' +\n      '", "\" +\n      '", "\" +\n      \"", "' +\n      \""]
        .iter()
        .fold(glue.to_owned(), |glue, joint| glue.replace(joint, ""));
    for error in [Error::not_initialized(), Error::module_refused()] {
        let (english, chinese) = error.hint().unwrap();
        let code = error.code().as_str().to_owned();
        for words in [code, error.to_string(), format!("{english} / {chinese}")] {
            assert!(glue.contains(&words), "{words}");
        }
    }
}
