//! Compares the phone module with libphonenumber itself, by way of the crate `rlibphonenumber`.
//!
//! Both speak of the same metadata: the table's title and the crate's version are compared first.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL as ORACLE, ParseError, PhoneNumberFormat, PhoneNumberType, Region,
    ValidationError,
};
use weapp_opendata::phone::{CallingCode, PhoneError, PhoneNumber, PhoneType};

/// A small generator (Steele, Lea and Flood's SplitMix64): the same numbers on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    fn digit(&mut self) -> char {
        char::from(b'0' + u8::try_from(self.below(10)).unwrap())
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.digit()).collect()
    }
}

fn folded(kind: PhoneNumberType) -> PhoneType {
    match kind {
        PhoneNumberType::Mobile => PhoneType::Mobile,
        PhoneNumberType::FixedLine => PhoneType::FixedLine,
        PhoneNumberType::FixedLineOrMobile => PhoneType::FixedLineOrMobile,
        PhoneNumberType::Unknown => PhoneType::Unknown,
        _ => PhoneType::Other,
    }
}

fn two_letters(region: Region) -> Option<String> {
    Some(region.as_region_str().to_string()).filter(|region| region != "001" && region != "World")
}

/// What differs between the two judgements, in words; nothing if they agree.
fn difference(text: &str, default: Option<(CallingCode, Region)>) -> Option<String> {
    let ours = PhoneNumber::parse(text, default.map_or(CallingCode::CHINA, |(code, _)| code));
    let theirs = ORACLE.parse(text, default.map(|(_, region)| region).or(Some(Region::CN)));
    let agree = match (&ours, &theirs) {
        (Ok(ours), Ok(theirs)) => {
            let length = ORACLE.is_possible_number_with_reason(theirs);
            ours.e164() == ORACLE.format(theirs, PhoneNumberFormat::E164)
                && ours.is_valid() == ORACLE.is_valid_number(theirs)
                && ours.kind() == folded(ORACLE.get_number_type(theirs))
                && ours.region().map(str::to_owned) == ORACLE.get_region_for_number(theirs).and_then(two_letters)
                && (ours.is_valid() || !matches!(length, Err(ValidationError::TooShort | ValidationError::TooLong)))
        }
        (Err(PhoneError::TooShort), Ok(theirs)) => {
            !ORACLE.is_valid_number(theirs)
                && matches!(
                    ORACLE.is_possible_number_with_reason(theirs),
                    Err(ValidationError::TooShort) | Ok(NumberLengthType::IsPossibleLocalOnly)
                )
        }
        (Err(PhoneError::TooLong), Ok(theirs)) => {
            !ORACLE.is_valid_number(theirs)
                && ORACLE.is_possible_number_with_reason(theirs) == Err(ValidationError::TooLong)
        }
        (Err(PhoneError::TooShort), Err(ParseError::TooShortNsn | ParseError::TooShortAfterIdd))
        | (Err(PhoneError::TooLong), Err(ParseError::TooLongNsn))
        | (Err(PhoneError::InvalidCountryCode), Err(ParseError::InvalidCountryCode)) => true,
        // libphonenumber does not call one digit a number, nor two behind a `+`.
        (Err(PhoneError::TooShort), Err(ParseError::NotANumber(_))) => text.trim_start_matches('+').len() <= 2,
        _ => false,
    };
    (!agree).then(|| {
        let shown = |number: &PhoneNumber| {
            format!("{} {:?} {:?} {}", number.e164(), number.region(), number.kind(), number.is_valid())
        };
        let theirs = theirs.map(|number| {
            format!(
                "{} {:?} {:?} {} {:?}",
                ORACLE.format(&number, PhoneNumberFormat::E164),
                ORACLE.get_region_for_number(&number).map(|region| region.as_region_str().to_string()),
                ORACLE.get_number_type(&number),
                ORACLE.is_valid_number(&number),
                ORACLE.is_possible_number_with_reason(&number),
            )
        });
        let default = default.map_or(86, |(code, _)| code.get());
        format!("{text} (default {default}): {:?}, libphonenumber {theirs:?}", ours.as_ref().map(shown))
    })
}

/// A calling code, its main region if it belongs to any, and the national numbers of all its examples.
struct Code {
    code: CallingCode,
    main: Option<Region>,
    examples: Vec<String>,
}

fn codes() -> Vec<Code> {
    let lines: Vec<[String; 4]> = serde_json::from_str(include_str!("data/phone_examples.json")).unwrap();
    let mut examples: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for [_region, _kind, code, national] in lines {
        examples.entry(code.parse().unwrap()).or_default().push(national);
    }
    examples
        .into_iter()
        .map(|(code, examples)| Code {
            code: CallingCode::new(code).unwrap(),
            main: ORACLE.get_region_for_country_code(code.into()).filter(|region| two_letters(*region).is_some()),
            examples,
        })
        .collect()
}

/// Runs `compare` for every calling code on both cores; it reports what differs and says how many numbers it compared.
fn for_all_codes(compare: impl Fn(&Code, &mut Vec<String>) -> usize + Sync) -> usize {
    let codes = codes();
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut count, mut differences) = (0, Vec::new());
        while let Some(code) = codes.get(next.fetch_add(1, Ordering::Relaxed)) {
            count += compare(code, &mut differences);
        }
        (count, differences)
    };
    let (count, differences) = std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let (count, mut differences) = work();
        let (more, others) = other.join().unwrap();
        differences.extend(others);
        (count + more, differences)
    });
    let few = differences.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} differences, such as:\n{few}", differences.len());
    count
}

/// A national number that is an example with some digits changed, the start of an example with other digits behind it, or
/// digits at random; now and then one digit longer or shorter, or with a digit in front.
fn mutated(random: &mut Random, examples: &[String]) -> String {
    let mut number: Vec<char> = examples[random.below(examples.len())].chars().collect();
    match random.below(8) {
        0..4 => {
            for _ in 0..=random.below(3) {
                let at = random.below(number.len());
                number[at] = random.digit();
            }
        }
        4..7 => {
            for at in random.below(number.len())..number.len() {
                number[at] = random.digit();
            }
        }
        _ => {
            let length = 2 + random.below(14);
            number = random.digits(length).chars().collect();
        }
    }
    match random.below(16) {
        0 => number.push(random.digit()),
        1 => {
            number.pop();
        }
        2 => number.insert(0, ['0', '1', '8', '9'][random.below(4)]),
        3 => number.insert(0, random.digit()),
        _ => {}
    }
    number.into_iter().collect()
}

#[test]
fn the_table_and_the_oracle_have_the_same_metadata() {
    let table = include_bytes!("../src/phone/ranges.bin");
    let title = String::from_utf8(table[1..=usize::from(table[0])].to_vec()).unwrap();
    let lock = include_str!("../Cargo.lock");
    let (_, entry) = lock.split_once("name = \"rlibphonenumber\"\nversion = \"").unwrap();
    let version = entry.split('"').next().unwrap();
    assert!(title.contains(&format!("rlibphonenumber {version}, ")), "{title}");
    assert!(
        entry.split("[[package]]").next().unwrap().contains(title.trim_end().rsplit(' ').next().unwrap()),
        "{title}"
    );
}

#[test]
fn calling_codes_are_those_of_the_oracle() {
    for code in 0..=1100 {
        assert_eq!(
            CallingCode::new(code).is_some(),
            ORACLE.get_region_for_country_code(code.into()).is_some(),
            "{code}"
        );
    }
}

#[test]
fn every_example_number() {
    let count = for_all_codes(|code, differences| {
        for example in &code.examples {
            let international = format!("+{}{example}", code.code);
            differences.extend(difference(&international, None));
            let number = PhoneNumber::parse(&international, CallingCode::CHINA);
            if !number.is_ok_and(|number| number.is_valid()) {
                differences.push(format!("{international} is an example and not valid"));
            }
            if PhoneNumber::from_wechat(&code.code.to_string(), example) != number {
                differences.push(format!("{international} is another one in WeChat's fields"));
            }
        }
        code.examples.len()
    });
    println!("{count} example numbers compared");
    assert!(count >= 1000, "{count}");
}

#[test]
fn a_million_random_and_mutated_numbers() {
    const EACH: usize = 10_000;
    let valid = AtomicUsize::new(0);
    let count = for_all_codes(|code, differences| {
        let mut random = Random(u64::from(code.code.get()));
        for _ in 0..EACH {
            let text = format!("+{}{}", code.code, mutated(&mut random, &code.examples));
            differences.extend(difference(&text, None));
            // A valid number is read alike in its own E.164 form and from its two parts.
            let number = PhoneNumber::parse(&text, CallingCode::CHINA).ok().filter(PhoneNumber::is_valid);
            valid.fetch_add(usize::from(number.is_some()), Ordering::Relaxed);
            if let Some(number) = number
                && (PhoneNumber::parse(number.e164(), CallingCode::CHINA) != Ok(number)
                    || PhoneNumber::from_wechat(number.country_code(), number.national_number()) != Ok(number))
            {
                differences.push(format!("{text}: {} is read otherwise again", number.e164()));
            }
        }
        EACH
    });
    let valid = valid.into_inner();
    println!("{count} random and mutated numbers compared, {valid} of them valid");
    assert!(valid > count / 4 && valid < count * 3 / 4, "{valid}");
    assert!(count >= 1_000_000, "{count}");
}

/// Every way a national number can begin, in every length there is for its calling code.
#[test]
fn all_first_digits_in_all_lengths() {
    let count = for_all_codes(|code, differences| {
        let mut random = Random(1000 + u64::from(code.code.get()));
        let mut lengths: Vec<usize> = code.examples.iter().map(String::len).collect();
        lengths.sort_unstable();
        lengths.dedup();
        for &length in &lengths {
            for first in 0..1000 {
                let text = format!("+{}{first:03}{}", code.code, random.digits(length.saturating_sub(3)));
                differences.extend(difference(&text, None));
            }
        }
        1000 * lengths.len()
    });
    println!("{count} numbers by their first digits compared");
}

/// Found by the fuzzer: the one valid number known whose E.164 form is read as another, here as there.
#[test]
fn a_prefix_that_is_also_the_beginning_of_a_number() {
    let japan = CallingCode::new(81).unwrap();
    for text in ["0003768650376865", "+81003768650376865"] {
        assert_eq!(difference(text, Some((japan, Region::JP))), None);
    }
    let number = PhoneNumber::parse("0003768650376865", japan).unwrap();
    assert!(number.is_valid());
    assert_eq!(number.e164(), "+81003768650376865");
    assert_eq!(PhoneNumber::parse(number.e164(), japan).unwrap().e164(), "+81650376865");
}

/// National and international prefixes, carrier codes, the calling code without `+`: what a default region decides.
#[test]
fn numbers_without_a_calling_code() {
    const EACH: usize = 3000;
    let count = for_all_codes(|code, differences| {
        let Some(main) = code.main else { return 0 };
        let default = Some((code.code, main));
        let mut random = Random(2000 + u64::from(code.code.get()));
        for _ in 0..EACH {
            let national = mutated(&mut random, &code.examples);
            let front = match random.below(8) {
                0 => code.code.to_string(),
                1 => ["0", "1", "8", "06", "15", "011", "810"][random.below(7)].into(),
                2 => format!("0{}", code.code),
                3 => {
                    let count = 1 + random.below(5);
                    random.digits(count)
                }
                4 => "0".into(),
                _ => String::new(),
            };
            let text = format!("{front}{national}");
            // `00` is read leniently where it is not the international prefix; see phone_text.rs.
            if !text.starts_with("00") {
                differences.extend(difference(&text, default));
            }
        }
        EACH
    });
    println!("{count} numbers without a calling code compared");
}

/// How libphonenumber writes a number, abroad and at home, leads back to it. Valid numbers of all ranges, not examples only.
#[test]
fn formatted_numbers_parse_back() {
    const EACH: usize = 400;
    // Gabon's former numbers, 0X XX XX XX at home, where the 0 is not taken for a trunk prefix: a number without it has a
    // possible length of its own. libphonenumber does not read back what it wrote either.
    const NOT_READ_BACK: [u16; 1] = [241];
    let not_read_back = std::sync::Mutex::new(std::collections::BTreeSet::new());
    let count = for_all_codes(|code, differences| {
        let mut random = Random(3000 + u64::from(code.code.get()));
        let mut nationals = code.examples.clone();
        nationals.extend((0..EACH).map(|_| mutated(&mut random, &code.examples)));
        let mut count = 0;
        for national in nationals {
            let Ok(number) = ORACLE.parse(format!("+{}{national}", code.code), None) else { continue };
            if !ORACLE.is_valid_number(&number) {
                continue;
            }
            let e164 = ORACLE.format(&number, PhoneNumberFormat::E164);
            for format in [PhoneNumberFormat::International, PhoneNumberFormat::National] {
                let text = ORACLE.format(&number, format);
                count += 1;
                let ours = PhoneNumber::parse(&text, code.code);
                if ours.as_ref().map(|number| number.e164()) == Ok(&*e164) {
                    continue;
                }
                let theirs = ORACLE
                    .parse(&text, code.main)
                    .map(|number| ORACLE.format(&number, PhoneNumberFormat::E164).into_owned());
                if theirs.is_ok_and(|theirs| theirs != e164 && ours.is_ok_and(|number| number.e164() == theirs)) {
                    not_read_back.lock().unwrap().insert(code.code.get());
                } else {
                    differences.push(format!("{text} (default {}): {ours:?} instead of {e164}", code.code));
                }
            }
        }
        count
    });
    println!("{count} formatted numbers compared");
    assert!(count >= 50_000, "{count}");
    assert_eq!(not_read_back.into_inner().unwrap().into_iter().collect::<Vec<_>>(), NOT_READ_BACK);
}

/// Text that the two read differently, on purpose.
#[derive(serde::Deserialize)]
struct KnownDifference {
    input: String,
    default: String,
    ours: String,
    libphonenumber: String,
    reason: String,
}

fn known_differences() -> Vec<KnownDifference> {
    serde_json::from_str(include_str!("data/phone_known_differences.json")).unwrap()
}

#[test]
fn known_differences_are_still_there() {
    for known in known_differences() {
        let code = CallingCode::parse(&known.default).unwrap();
        let ours = match PhoneNumber::parse(&known.input, code) {
            Ok(number) => number.e164().to_owned(),
            Err(error) => error.reason().to_owned(),
        };
        let region =
            ORACLE.get_region_for_country_code(code.get().into()).filter(|region| two_letters(*region).is_some());
        let theirs = match ORACLE.parse(&known.input, region) {
            Ok(number) => ORACLE.format(&number, PhoneNumberFormat::E164).into_owned(),
            Err(ParseError::NotANumber(_)) => "NOT_A_NUMBER".into(),
            Err(ParseError::TooShortNsn | ParseError::TooShortAfterIdd) => "TOO_SHORT".into(),
            Err(ParseError::TooLongNsn) => "TOO_LONG".into(),
            Err(ParseError::InvalidCountryCode) => "INVALID_COUNTRY_CODE".into(),
        };
        assert_eq!((&*ours, &*theirs), (&*known.ours, &*known.libphonenumber), "{}", known.input);
        assert_ne!(ours, theirs, "{} is read alike by now: take it off the list", known.input);
        assert!(!known.reason.is_empty());
    }
}
