//! Phone numbers: what was read is written in a form that reads as the same number again.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use weapp_opendata::phone::{CallingCode, PhoneNumber, PhoneType, mask_text};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    code: u16,
    text: &'a str,
}

fuzz_target!(|input: Input<'_>| {
    let Input { code, text } = input;
    // Zero, and what is in no use, is China.
    let code = CallingCode::new(code % 1000).unwrap_or_default();
    let typed = PhoneNumber::parse(text, code);
    if let Ok(number) = typed {
        check(number, code);
        assert_eq!(mask_text(text, code).to_string(), number.masked().to_string());
    } else {
        assert_eq!(mask_text(text, code).to_string(), "****");
    }
    if let Ok(number) = PhoneNumber::from_wechat(&code.to_string(), text) {
        assert_eq!(number.calling_code(), code);
        check(number, code);
    }
    if let Ok(code) = CallingCode::parse(text) {
        assert_eq!(CallingCode::parse(&code.to_string()), Ok(code));
        assert_eq!(CallingCode::parse(&format!("+{code}")), Ok(code));
        assert_eq!(CallingCode::parse(&format!("00{code}")), Ok(code));
    }
});

fn check(number: PhoneNumber, code: CallingCode) {
    assert_eq!(number.e164(), format!("+{}{}", number.calling_code(), number.national_number()));
    assert_eq!(number.country_code(), number.calling_code().to_string());
    assert!(number.national_number().bytes().all(|byte| byte.is_ascii_digit()));
    assert!((1..=17).contains(&number.national_number().len()));
    assert_eq!(number.is_valid(), number.kind() != PhoneType::Unknown);
    // Whatever the default, since E.164 says it.
    let again = PhoneNumber::parse(number.e164(), code);
    assert_eq!(again, PhoneNumber::parse(number.e164(), CallingCode::CHINA));
    if let Ok(again) = again
        && !number.is_valid()
    {
        // libphonenumber takes a national prefix off what follows a calling code too, so of a number that is none there may be
        // less the second time. Nothing is ever put in.
        assert!(again == number || again.national_number().len() < number.national_number().len());
        assert_eq!(again.calling_code(), number.calling_code());
    }
    if number.is_valid() {
        let fields = PhoneNumber::from_wechat(number.country_code(), number.national_number());
        for again in [again, fields].into_iter().filter(|again| *again != Ok(number)) {
            // Numbers of Japan that begin with 003768 are numbers, and that is a prefix too: libphonenumber reads them so as well.
            let again = again.unwrap();
            assert!(number.national_number().starts_with("00"));
            assert!(number.national_number().ends_with(again.national_number()));
            assert_eq!(again.calling_code(), number.calling_code());
        }
    }
    let masked = number.masked().to_string();
    let (before, national) = masked[1..].split_once(' ').unwrap();
    assert_eq!(before, number.country_code());
    assert_eq!(national.len(), number.national_number().len());
    let shown = national.bytes().filter(u8::is_ascii_digit).count();
    assert!(shown <= 7 && (national.len() >= 11 || shown * 2 <= national.len()));
    // No digit that another place has.
    assert!(national.bytes().zip(number.national_number().bytes()).all(|(mask, digit)| mask == b'*' || mask == digit));
}
