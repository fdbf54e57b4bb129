//! Every row of the errors: raised, with its errcode and its exact words.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/rows.rs"]
mod rows;

use common::{SAMPLE_TIME, Vector, sample, seal};
use rows::{is_chinese, lines};
use weapp_opendata::channel::{self, ChannelKey};
use weapp_opendata::internals::{Actual, ROWS, WECHAT_HINTS, argument};
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
    let key = || ChannelKey::from_base64("AAAAAAAAAAAAAAAAAAAAAA==", 1).unwrap();
    let sealed = |text: &str| channel::open(text, &[key()], "").unwrap_err();
    let cloud = |value| read_cloud_data(value, &WatermarkPolicy::new(&["wx1"], 0)).unwrap_err();
    let strictly = |key: &str| Vector { session_key: key.into(), ..sample() }.open_strictly().unwrap_err();
    let reply = |message: &str, timestamp| {
        let push = MessagePush::new("AAAAA", &"A".repeat(43), "wx1").unwrap();
        push.encrypt(message, timestamp, "1", &[0; 16]).unwrap_err()
    };
    vec![
        // Only others find out about these: the boundary, and the crate for API security.
        Error::of(&argument::MISSING, "url", "a string", Actual::Nothing),
        Error::of(&argument::WRONG_TYPE, "url", "a string", Actual::Kind("a number")),
        sample().open_with_keys(&[]).unwrap_err(),
        sample().open_with_keys(&["AA"; 9]).unwrap_err(),
        reply("", -1),
        reply("", 1_700_000_000_000),
        reply(&"x".repeat(MAX_TEXT), 1),
        strictly("tiihtNczf5v6AKR jwEUhQ=="),
        strictly("tiihtNczf5v6AKR\nyjwEUhQ=="),
        strictly("tiihtNczf5v6AKRyjwEUhQ%3D%3D"),
        strictly("tiihtNczf5v6AKRyjwEUh_=="),
        strictly("tiihtNczf5v6AKRyjwEUhQ"),
        strictly("tiihtNczf5v6AKRyjwEUhR=="),
        strictly("tiihtNczf5v6AKRyjwEUh"),
        strictly("dGlpaHROY3pmNXY2QUtSeWp3RVVoUT09"),
        strictly("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
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
        push("-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wx1", ""),
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
        sealed(&"A".repeat(MAX_TEXT + 1)),
        sealed(&format!("AQAAAAI{}", "A".repeat(37))),
        sealed(&format!("AQAAAAE{}", "A".repeat(37))),
        channel::seal("", &key(), &"x".repeat(MAX_TEXT + 1), [0; 12]).unwrap_err(),
    ]
}

#[test]
fn every_row_is_raised_and_has_its_exact_words() {
    let expected = [
        "INVALID_ARGUMENT  MISSING | url: expected a string, found nothing",
        "INVALID_ARGUMENT  WRONG_TYPE | url: expected a string, found a number",
        "INVALID_ARGUMENT  EMPTY | session_keys: expected a session_key or a list of them, found an empty one",
        "INVALID_ARGUMENT  TOO_MANY | session_keys: expected at most 8 session keys, found more",
        "INVALID_ARGUMENT  OUT_OF_RANGE | timestamp: expected seconds since 1970",
        "INVALID_ARGUMENT  MILLISECONDS | timestamp: expected seconds since 1970, found what can only be milliseconds",
        "INVALID_ARGUMENT  TOO_LONG | message: expected what makes at most 1048576 characters of Encrypt, found a longer text",
        "ILLEGAL_SESSION_KEY -41001 LOST_PLUS | session_key: spaces stand where '+' was lost on the way",
        "ILLEGAL_SESSION_KEY -41001 WHITESPACE | session_key: line breaks, tabs or spaces within or around the text",
        "ILLEGAL_SESSION_KEY -41001 PERCENT_ENCODING | session_key: percent-encoded text",
        "ILLEGAL_SESSION_KEY -41001 URL_SAFE_ALPHABET | session_key: URL-safe base64 ('-' and '_')",
        "ILLEGAL_SESSION_KEY -41001 MISSING_PADDING | session_key: '=' at the end is missing",
        "ILLEGAL_SESSION_KEY -41001 TRAILING_BITS | session_key: the last character has bits that no encoder writes",
        "ILLEGAL_SESSION_KEY -41001 TRUNCATED | session_key: a number of characters that no base64 text has",
        "ILLEGAL_SESSION_KEY -41001 ENCODED_TWICE | session_key: expected base64 of 16 bytes, found base64 of 24 characters of base64",
        "ILLEGAL_SESSION_KEY -41001 ENCODING_AES_KEY | session_key: expected base64 of 16 bytes, found 32",
        "ILLEGAL_SESSION_KEY -41001 WRONG_LENGTH | session_key: expected base64 of 16 bytes, found 3 bytes",
        "ILLEGAL_SESSION_KEY -41001 HEXADECIMAL | session_key: expected base64 of 16 bytes, found 32 hexadecimal digits",
        "ILLEGAL_IV -41002 WRONG_LENGTH | iv: expected base64 of 16 bytes, found 3 bytes",
        "ILLEGAL_IV -41002 TOO_LONG | iv: expected at most 1048576 characters, found a longer text",
        "ILLEGAL_BASE64 -41004 ILLEGAL_CHARACTER | encrypted_data: a character outside the base64 alphabet",
        "ILLEGAL_BASE64 -41004 MISPLACED_PADDING | encrypted_data: '=' in the wrong place",
        "ILLEGAL_BUFFER -41003 EMPTY | encrypted_data: expected base64 of a multiple of 16 bytes, found an empty text",
        "ILLEGAL_BUFFER -41003 WRONG_LENGTH | encrypted_data: expected base64 of a multiple of 16 bytes, found 3 bytes",
        "DECRYPT_FAILED -41003 - | encrypted_data does not open with the given session_key and iv",
        "WATERMARK_MISSING -41003 ABSENT | the data holds no watermark",
        "WATERMARK_MISSING -41003 WRONG_SHAPE | the watermark is not an object with a text appid and a whole number of seconds as timestamp",
        "WATERMARK_MISSING -41003 MILLISECONDS | watermark.timestamp can only be milliseconds; WeChat writes seconds",
        "APPID_MISMATCH -41003 - | watermark.appid is not the expected app",
        "WATERMARK_EXPIRED  - | watermark.timestamp is older than max_age allows",
        "WATERMARK_IN_FUTURE  - | watermark.timestamp lies further in the future than clock_skew allows",
        "SIGNATURE_MISMATCH  - | msg_signature does not match token, timestamp, nonce and encrypt",
        "DECRYPT_FAILED -41003 - | the Encrypt text does not open with the given encodingAESKey",
        "APPID_MISMATCH -41003 - | the message is for another app than appid",
        "INVALID_ARGUMENT  WRONG_LENGTH | encoding_aes_key: expected 43 letters and digits, found 1 bytes",
        "INVALID_ARGUMENT  ILLEGAL_CHARACTER | encoding_aes_key: a character outside the base64 alphabet",
        "INVALID_ARGUMENT  EMPTY | app_key: expected the appKey of virtual payment, found an empty one",
        "INVALID_PHONE_NUMBER  EMPTY | phone number: expected digits, found an empty text",
        "INVALID_PHONE_NUMBER  MASKED | phone number: some digits are hidden",
        "INVALID_PHONE_NUMBER  NOT_A_NUMBER | phone number: expected digits, found something else",
        "INVALID_PHONE_NUMBER  TOO_SHORT | phone number: fewer digits than any number of its calling code has",
        "INVALID_PHONE_NUMBER  TOO_LONG | phone number: more digits than any number of its calling code has",
        "INVALID_PHONE_NUMBER  INVALID_COUNTRY_CODE | phone number: the calling code is not in use, or not that of the number",
        "WECHAT_ERROR -601006 - | WeChat answered with errcode -601006",
        "CLOUD_ID_NOT_RESOLVED  - | the CloudID was not replaced with data",
        "INVALID_ARGUMENT  OUT_OF_RANGE | encrypt_key: expected base64 of 16 bytes",
        "ILLEGAL_BASE64 -41004 NOT_BASE64URL | sealed: expected base64url without padding, found something else",
        "ILLEGAL_BUFFER -41003 WRONG_LENGTH | sealed: expected at least 33 bytes in base64url, found 3 bytes",
        "ILLEGAL_BUFFER -41003 FORMAT_VERSION | sealed: expected version 1 of the format, found version 0",
        "ILLEGAL_BUFFER -41003 TOO_LONG | sealed: expected at most 1048576 characters, found a longer text",
        "DECRYPT_FAILED -41003 KEY_VERSION | sealed: no key of version 2 was given",
        "DECRYPT_FAILED -41003 - | sealed: does not open with the given key and context",
        "INVALID_ARGUMENT  TOO_LONG | context: expected at most 1048576 bytes of UTF-8, found a longer text",
    ];
    let raised = raised();
    assert_eq!(lines(&raised), expected);
    rows::check(ROWS, &raised, &[]);
    for code in ErrorCode::ALL {
        assert!(raised.iter().any(|error| error.code() == code), "{code}");
    }
}

#[test]
fn wechats_numbers_with_a_known_cause_have_a_hint() {
    for errcode in [-1, 40001, 40013, 40029, 42001, 45011, -601_005, -601_006, -601_007, -601_009] {
        let error = Error::wechat(errcode, "", WECHAT_HINTS);
        let (english, chinese) = error.hint().unwrap();
        assert!(english.ends_with('.') && chinese.ends_with('。') && chinese.chars().any(is_chinese), "{errcode}");
        assert_eq!(error.errcode(), Some(errcode));
        assert!(Error::wechat(-errcode, "", WECHAT_HINTS).hint().is_none(), "{}", -errcode);
        assert!(Error::wechat(errcode, "", &[]).hint().is_none(), "{errcode}");
    }
}

#[test]
fn wechats_own_words_are_kept_beside_the_message_and_cut() {
    let long = "错".repeat(600);
    let error = read_cloud_data(CloudValue::Failed(-99, &long), &WatermarkPolicy::new(&["wx1"], 0)).unwrap_err();
    assert_eq!(error.errmsg().map(|errmsg| errmsg.chars().count()), Some(512));
    assert!(!error.to_string().contains('错'));
    assert_eq!(error.hint(), None);
}
