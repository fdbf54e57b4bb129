//! How typed text and WeChat's fields are read, refused and masked.
//!
//! Numbers are libphonenumber's examples, WeChat's own test accounts, or made up.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use weapp_opendata::phone::{CallingCode, PhoneError, PhoneNumber, PhoneType, mask_text};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[track_caller]
fn parse(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, CallingCode::CHINA).unwrap()
}

#[track_caller]
fn parse_in(code: u16, text: &str) -> PhoneNumber {
    PhoneNumber::parse(text, CallingCode::new(code).unwrap()).unwrap()
}

#[track_caller]
fn refused(text: &str, error: PhoneError) {
    assert_eq!(PhoneNumber::parse(text, CallingCode::CHINA), Err(error), "{text}");
}

/// E.164, region, type and validity in one line.
fn shown(number: PhoneNumber) -> String {
    let validity = if number.is_valid() { "valid" } else { "invalid" };
    format!("{} {} {} {validity}", number.e164(), number.region().unwrap_or("-"), number.kind().as_str())
}

#[test]
fn text_is_as_long_as_250_characters_of_whatever_size() {
    for space in [" ", "\u{3000}", "-"] {
        let padded = |count: usize| format!("135{}80006666", space.repeat(count - 11));
        assert_eq!(parse(&padded(250)), parse("13580006666"), "{space:?}");
        refused(&padded(251), PhoneError::TooLong);
    }
    refused(&"😀".repeat(250), PhoneError::NotANumber);
    refused(&"😀".repeat(251), PhoneError::TooLong);
}

#[test]
fn digits_of_other_scripts_are_digits() {
    for zero in ['\u{0660}', '\u{06F0}', '\u{FF10}'] {
        let digit = |digit: char| char::from_u32(u32::from(zero) + digit.to_digit(10).unwrap()).unwrap();
        let text: String = "13580006666".chars().map(digit).collect();
        assert_eq!(parse(&text), parse("13580006666"), "{text}");
    }
}

#[test]
fn every_failure_has_words_of_its_own() {
    let all = [
        PhoneError::Empty,
        PhoneError::Masked,
        PhoneError::NotANumber,
        PhoneError::TooShort,
        PhoneError::TooLong,
        PhoneError::InvalidCountryCode,
    ];
    let words: std::collections::BTreeSet<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(words.len(), all.len());
    assert!(words.iter().all(|words| words.len() > 20), "{words:?}");
}

#[test]
fn a_national_number_may_begin_like_its_calling_code() {
    // Kazakhstan has +7, and its mobile numbers begin with 7 again.
    let number = PhoneNumber::from_wechat("7", "7710009998").unwrap();
    assert_eq!(shown(number), "+77710009998 KZ MOBILE valid");
    assert_eq!(PhoneNumber::from_wechat("7", "+77710009998"), Ok(number));
}

#[test]
fn a_plus_says_that_a_calling_code_follows_whatever_else_the_digits_could_be() {
    // A mobile number of Germany, were it not for the plus.
    assert_eq!(shown(PhoneNumber::from_wechat("49", "15112345678").unwrap()), "+4915112345678 DE MOBILE valid");
    assert_eq!(PhoneNumber::from_wechat("49", "+15112345678"), Err(PhoneError::InvalidCountryCode));
}

#[test]
fn a_plus_stands_before_all_digits() {
    for text in ["86+13580006666", "135+80006666", "+86+13580006666", "13580006666+", "*+13580006666"] {
        refused(text, PhoneError::NotANumber);
    }
}

#[test]
fn a_mask_of_a_number_of_four_digits_shows_none_of_them() {
    let number = parse_in(290, "8999");
    assert_eq!(number.national_number().len(), 4);
    assert_eq!(number.masked().to_string(), "+290 ****");
}

#[test]
fn a_mainland_mobile_number_however_it_is_typed() {
    let plain = parse("13580006666");
    assert_eq!(shown(plain), "+8613580006666 CN MOBILE valid");
    assert_eq!((plain.country_code(), plain.calling_code()), ("86", CallingCode::CHINA));
    assert_eq!(plain.national_number(), "13580006666");
    for text in [
        "+8613580006666",
        "8613580006666",
        "008613580006666",
        "+86 135 8000 6666",
        "+86 (0)13580006666",
        "013580006666",
        "(+86) 135-8000-6666",
        "135-8000-6666",
        "135.8000.6666",
        "１３５８０００６６６６",
        "＋８６　１３５　８０００　６６６６",
        "（＋８６）１３５－８０００－６６６６",
        "135\u{2013}8000\u{2011}6666",
        "  13580006666\r\n",
        "\u{202D}135 8000 6666\u{202C}",
        "\u{FEFF}13580006666",
        "++8613580006666",
        "+008613580006666",
    ] {
        assert_eq!(parse(text), plain, "{text}");
    }
}

#[test]
fn other_numbers_of_china() {
    for text in ["010-62781234", "+86 10 6278 1234", "(010) 62781234", "86-10-62781234"] {
        assert_eq!(shown(parse(text)), "+861062781234 CN FIXED_LINE valid", "{text}");
    }
    assert_eq!(shown(parse("400 810 6666")), "+864008106666 CN OTHER valid");
    // A prefix that looks right is not an assigned range.
    assert_eq!(shown(parse("14112345678")), "+8614112345678 CN UNKNOWN invalid");
    assert_eq!(shown(parse("+852 5123 4567")), "+85251234567 HK MOBILE valid");
    assert_eq!(shown(parse("00852 5123 4567")), "+85251234567 HK MOBILE valid");
    assert_eq!(shown(parse("+853 6612 3456")), "+85366123456 MO MOBILE valid");
    assert_eq!(shown(parse_in(886, "0912 345 678")), "+886912345678 TW MOBILE valid");
}

#[test]
fn accounts_that_wechat_gives_for_tests_are_read_and_not_valid() {
    for last in 1..=4 {
        let national = format!("1206660000{last}");
        let number = PhoneNumber::from_wechat("86", &national).unwrap();
        assert_eq!(shown(number), format!("+86{national} CN UNKNOWN invalid"));
        assert_eq!(parse(&national), number);
        assert_eq!(number.masked().to_string(), format!("+86 120****000{last}"));
    }
}

#[test]
fn numbers_of_the_world() {
    assert_eq!(shown(parse("+1 (201) 555-0123")), "+12015550123 US FIXED_LINE_OR_MOBILE valid");
    assert_eq!(shown(parse_in(1, "1 201 555 0123")), "+12015550123 US FIXED_LINE_OR_MOBILE valid");
    assert_eq!(shown(parse_in(1, "011 86 135 8000 6666")), "+8613580006666 CN MOBILE valid");
    assert_eq!(shown(parse("+1 506-234-5678")), "+15062345678 CA FIXED_LINE_OR_MOBILE valid");
    assert_eq!(shown(parse("+44 (0)121 234 5678")), "+441212345678 GB FIXED_LINE valid");
    assert_eq!(shown(parse("+44 1481 256789")), "+441481256789 GG FIXED_LINE valid");
    assert_eq!(shown(parse("+7 701 234 5678")), "+77012345678 KZ MOBILE valid");
    assert_eq!(shown(parse_in(7, "8 (912) 345-67-89")), "+79123456789 RU MOBILE valid");
    assert_eq!(shown(parse_in(54, "011 15-2345-6789")), "+5491123456789 AR MOBILE valid");
    assert_eq!(shown(parse_in(55, "0 15 11 96123-4567")), "+5511961234567 BR MOBILE valid");
    // A zero in Italy belongs to the number.
    assert_eq!(shown(parse("+39 02 1234 5678")), "+390212345678 IT FIXED_LINE valid");
    assert_eq!(parse("+39 02 1234 5678").national_number(), "0212345678");
    // Calling codes of no region.
    assert_eq!(shown(parse("+800 1234 5678")), "+80012345678 - OTHER valid");
    // A number in a shared plan that no region claims.
    assert_eq!(shown(parse("+1 000 000 0000")), "+10000000000 - UNKNOWN invalid");
}

/// libphonenumber's examples, on every platform. That the rest of the judgement is libphonenumber's is for phone_oracle.rs.
#[test]
fn all_examples_are_valid() {
    let examples: Vec<[String; 4]> = serde_json::from_str(include_str!("data/phone_examples.json")).unwrap();
    assert!(examples.len() > 1000);
    for [region, kind, code, national] in examples {
        let number = PhoneNumber::from_wechat(&code, &national).unwrap();
        assert!(number.is_valid(), "{region} {kind} +{code} {national}");
        assert_eq!(number.e164(), format!("+{code}{national}"));
        assert_eq!(number.region().is_none(), region == "001", "{region} {kind}");
        let expected: &[PhoneType] = match &*kind {
            "FIXED_LINE" => &[PhoneType::FixedLine, PhoneType::FixedLineOrMobile],
            "MOBILE" => &[PhoneType::Mobile, PhoneType::FixedLineOrMobile],
            _ => &[PhoneType::Other],
        };
        assert!(expected.contains(&number.kind()), "{region} {kind} +{code} {national}");
    }
}

#[test]
fn refusals_have_reasons() {
    for text in ["", " ", "\t\r\n", "\u{200B}\u{FEFF}"] {
        refused(text, PhoneError::Empty);
    }
    for text in
        ["135****6666", "135xxxx6666", "135XXXX6666", "+86 135••••6666", "***********", "１３５＊＊＊＊６６６６"]
    {
        refused(text, PhoneError::Masked);
    }
    for text in [
        "+",
        "-",
        "()",
        "abc",
        "13580006666a",
        "1358000６６6６b",
        "135 8000 6666 ext. 1",
        "135+8000+6666",
        "+86+13580006666",
        "tel:13580006666",
        "1-800-FLOWERS",
        "135,8000,6666",
        "135\t80006666",
        "135\0",
        "½",
        "१३५",
        "null",
        "undefined",
    ] {
        refused(text, PhoneError::NotANumber);
    }
    for text in ["1", "+1", "+8", "110", "123456", "+86 1", "+44 1", "00861"] {
        refused(text, PhoneError::TooShort);
    }
    for text in
        ["1358000666666", "+8613580006666666", "+1 201 555 01234", &"1".repeat(41), &" 1".repeat(126), &"é".repeat(251)]
    {
        refused(text, PhoneError::TooLong);
    }
    for text in ["+999 12345678", "+0 12345678", "+210 1234567"] {
        refused(text, PhoneError::InvalidCountryCode);
    }
}

#[test]
fn wechat_fields() {
    let number = Ok(parse("13580006666"));
    for code in ["86", "+86", "0086", " 86 ", "８６"] {
        assert_eq!(PhoneNumber::from_wechat(code, "13580006666"), number, "{code}");
    }
    for pure in ["+8613580006666", "8613580006666", "008613580006666", "+86 135-8000-6666", "135 8000 6666"] {
        assert_eq!(PhoneNumber::from_wechat("86", pure), number, "{pure}");
    }
    for pure in ["51234567", "+85251234567", "85251234567", "+852 5123 4567", "5123-4567"] {
        assert_eq!(shown(PhoneNumber::from_wechat("852", pure).unwrap()), "+85251234567 HK MOBILE valid", "{pure}");
    }
    assert_eq!(
        shown(PhoneNumber::from_wechat("1", "2015550123").unwrap()),
        "+12015550123 US FIXED_LINE_OR_MOBILE valid"
    );
    // The number says another calling code than the field.
    for (code, pure) in [("86", "+85251234567"), ("852", "+8613580006666"), ("1", "+8613580006666")] {
        assert_eq!(PhoneNumber::from_wechat(code, pure), Err(PhoneError::InvalidCountryCode), "{code} {pure}");
    }
    for code in ["", "0", "999", "86a", "+", "86****", "1234", "086", "-", "00", "86 86"] {
        assert_eq!(PhoneNumber::from_wechat(code, "13580006666"), Err(PhoneError::InvalidCountryCode), "{code}");
    }
    assert_eq!(PhoneNumber::from_wechat("86", ""), Err(PhoneError::Empty));
    assert_eq!(PhoneNumber::from_wechat("86", "135****6666"), Err(PhoneError::Masked));
    assert_eq!(PhoneNumber::from_wechat("86", "135"), Err(PhoneError::TooShort));
}

#[test]
fn calling_codes() {
    assert_eq!(CallingCode::default().get(), 86);
    assert_eq!(CallingCode::CHINA.to_string(), "86");
    assert_eq!(CallingCode::parse("+1").map(CallingCode::get), Ok(1));
    assert_eq!(CallingCode::parse("00 852").map(CallingCode::get), Ok(852));
    assert_eq!((CallingCode::new(0), CallingCode::new(999), CallingCode::new(u16::MAX)), (None, None, None));
}

#[test]
fn masks() {
    for (text, masked) in [
        ("13580006666", "+86 135****6666"),
        ("+852 5123 4567", "+852 51****67"),
        ("+1 201 555 0123", "+1 20*****123"),
        ("+39 02 1234 5678", "+39 02*****678"),
        ("+290 22158", "+290 2***8"),
        ("+870 1234", "****"),
        ("135****6666", "****"),
        ("not a number", "****"),
        ("", "****"),
    ] {
        assert_eq!(mask_text(text, CallingCode::CHINA).to_string(), masked, "{text}");
    }
    assert_eq!(parse("13580006666").masked().to_string(), "+86 135****6666");
    assert_eq!(format!("{:?}", parse("13580006666")), "PhoneNumber(+86 135****6666)");
}

#[test]
fn errors_hold_no_digits() {
    for error in [
        PhoneError::Empty,
        PhoneError::Masked,
        PhoneError::NotANumber,
        PhoneError::TooShort,
        PhoneError::TooLong,
        PhoneError::InvalidCountryCode,
    ] {
        assert!(
            !format!("{error} {error:?} {}", error.reason()).contains(|character: char| character.is_ascii_digit())
        );
    }
    assert_eq!(PhoneType::FixedLineOrMobile.as_str(), "FIXED_LINE_OR_MOBILE");
}

/// Text of any length is read once: a thousand times the text takes nowhere near a million times as long. It is refused, and
/// by its length alone, so the bound is generous.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn long_text_takes_linear_time() {
    let start = std::time::Instant::now();
    for part in ["1", "+", " ", "(", "é", "*", "\u{200B}", "0086", "１"] {
        refused(&part.repeat(4_000_000), PhoneError::TooLong);
    }
    assert!(start.elapsed().as_secs() < 10);
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_is_too_strange(text in ".*", code in 0u16..1000) {
            let code = CallingCode::new(code).unwrap_or_default();
            let _ = PhoneNumber::parse(&text, code);
            let _ = PhoneNumber::from_wechat(&text, &text);
            let _ = mask_text(&text, code).to_string();
        }

        #[test]
        fn what_looks_like_a_number_is_read_alike_again(text in "[+＋]?[0-9０-９ ()-]{2,24}", code in 0u16..1000) {
            let code = CallingCode::new(code).unwrap_or_default();
            if let Ok(number) = PhoneNumber::parse(&text, code) {
                if number.is_valid() {
                    prop_assert_eq!(PhoneNumber::parse(number.e164(), CallingCode::CHINA), Ok(number));
                    prop_assert_eq!(PhoneNumber::from_wechat(number.country_code(), number.national_number()), Ok(number));
                }
                let e164 = format!("+{}{}", number.country_code(), number.national_number());
                prop_assert_eq!(number.e164(), e164);
                prop_assert_eq!(number.is_valid(), number.kind() != PhoneType::Unknown);
            }
        }

        #[test]
        fn a_mask_shows_at_most_seven_digits_and_at_most_half_of_a_short_number(digits in "[0-9]{2,17}", code in 1u16..1000) {
            let code = CallingCode::new(code).unwrap_or_default();
            if let Ok(number) = PhoneNumber::parse(&format!("+{code}{digits}"), code) {
                let masked = number.masked().to_string();
                let (front, national) = masked.split_once(' ').unwrap();
                prop_assert_eq!(front, format!("+{}", number.country_code()));
                prop_assert_eq!(national.len(), number.national_number().len());
                let shown = national.bytes().filter(u8::is_ascii_digit).count();
                prop_assert!(shown <= 7 && (shown <= national.len() / 2 || national.len() > 10));
                for (masked, digit) in national.bytes().zip(number.national_number().bytes()) {
                    prop_assert!(masked == b'*' || masked == digit);
                }
            }
        }
    }
}
