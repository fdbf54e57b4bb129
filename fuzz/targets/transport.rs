//! Damaged base64: strict is part of lenient, and what was put right is what an independent decoder reads from the text.
#![no_main]

use arbitrary::Arbitrary;
use base64::Engine as _;
use libfuzzer_sys::fuzz_target;
use weapp_opendata::{ErrorCode, MAX_TEXT, Repair, Repairs, fuzzing::decode};
use weapp_opendata_fuzz::{self as plain, UNPADDED};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    field: u8,
    damage: u16,
    text: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let field = input.field & 3;
    if input.field & 4 == 0 {
        any_text(field, input.text);
    } else {
        known_damage(field, input.damage, input.text);
    }
});

fn right_length(field: u8, len: usize) -> bool {
    match field {
        0 => len != 0 && len.is_multiple_of(16),
        3 => len != 0 && len.is_multiple_of(32),
        _ => len == 16,
    }
}

fn words(repairs: Repairs) -> Vec<Repair> {
    repairs.iter().collect()
}

fn any_text(field: u8, text: &[u8]) {
    let (strict, lenient) = (decode(field, text, true), decode(field, text, false));
    let canonical = plain::from_base64(text).filter(|bytes| right_length(field, bytes.len()) && text.len() <= MAX_TEXT);
    match (&strict, &canonical) {
        (Ok((bytes, repairs)), Some(expected)) => assert!(bytes == expected && repairs.is_empty()),
        (Err(_), None) => {}
        _ => panic!("strict {strict:?}, canonical {canonical:?}"),
    }
    match (&strict, &lenient) {
        (Ok(strict), Ok(lenient)) => assert_eq!(strict, lenient),
        (Ok(_), Err(error)) => panic!("strict, but not lenient: {}", error),
        (Err(error), Ok((bytes, repairs))) => {
            assert!(right_length(field, bytes.len()));
            assert_eq!(error.reason(), words(*repairs).first().map(|repair| repair.as_str()));
            repaired(text, bytes, *repairs);
        }
        (Err(strict), Err(lenient)) => {
            let codes: &[ErrorCode] = match field {
                1 => &[ErrorCode::IllegalIv],
                2 => &[ErrorCode::IllegalSessionKey],
                _ => &[ErrorCode::IllegalBase64, ErrorCode::IllegalBuffer],
            };
            assert!(codes.contains(&strict.code()) && codes.contains(&lenient.code()));
            assert!(strict.reason().is_some() || strict.code() == lenient.code());
        }
    }
}

/// The bytes are those of the characters that stand in the text, with `+` for spaces and nothing else put in.
fn repaired(text: &[u8], bytes: &[u8], repairs: Repairs) {
    let mut text = text.to_vec();
    let mut layers = 0;
    while text.contains(&b'%') {
        layers += 1;
        text = plain::undo_percent(&text).unwrap();
    }
    assert!(layers <= 3 && (layers > 0) == repairs.contains(Repair::PercentEncoding));
    let is_space = |byte: &u8| b" \t\r\n".contains(byte);
    let first = text.iter().position(|byte| !is_space(byte)).unwrap();
    let last = text.iter().rposition(|byte| !is_space(byte)).unwrap();
    let room = |run: &[u8]| if run.iter().all(|byte| *byte == b' ') { run.len() } else { 0 };
    let (lead, trail) = (room(&text[..first]), room(&text[last + 1..]));
    let mut middle = String::new();
    let mut equals = 0;
    for run in text[first..=last].chunk_by(|a, b| is_space(a) == is_space(b)) {
        if is_space(&run[0]) {
            middle.push_str(&"+".repeat(room(run)));
            continue;
        }
        for byte in run {
            match byte {
                b'=' => equals += 1,
                b'-' => middle.push('+'),
                b'_' => middle.push('/'),
                byte => middle.push(char::from(*byte)),
            }
        }
    }
    let encoded = UNPADDED.encode(bytes);
    let added = encoded.len() - middle.len();
    let fits = (0..=added).any(|before| {
        let after = added - before;
        before <= lead && after <= trail && encoded == format!("{}{middle}{}", "+".repeat(before), "+".repeat(after))
    });
    assert!(fits, "{encoded} of {middle}");
    let wanted = (4 - encoded.len() % 4) % 4;
    assert!(equals <= wanted);
    assert_eq!(repairs.contains(Repair::MissingPadding), equals < wanted);
    assert_eq!(repairs.contains(Repair::UrlSafeAlphabet), text.iter().any(|byte| b"-_".contains(byte)));
    assert_eq!(UNPADDED.decode(&encoded).unwrap(), bytes);
}

fn percent(text: &str, every: bool) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(3 * text.len());
    for byte in text.bytes() {
        if !every && (byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            encoded.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
            encoded.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
    encoded
}

/// What transit does to a text that was right is undone without fail.
fn known_damage(field: u8, damage: u16, data: &[u8]) {
    let mut bytes = data.to_vec();
    let block = if field == 3 { 32 } else { 16 };
    bytes.resize(if field == 0 || field == 3 { data.len().div_ceil(block).max(1) * block } else { 16 }, 0xFB);
    let mut text = plain::base64(&bytes);
    if damage & 1 != 0 {
        text = text.replace('+', "-").replace('/', "_");
    }
    if damage & 2 != 0 {
        text.truncate(text.trim_end_matches('=').len());
    }
    let ends = text.len() - text.trim_matches('+').len();
    // With as many at the ends as there are between two right lengths, two readings are possible.
    if damage & 4 != 0 && ends < 21 {
        text = text.replace('+', " ");
    } else if damage & 8 != 0 {
        let width = usize::from(damage >> 12) + 1;
        let lines: Vec<&str> = text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        text = lines.join(["\n", "\r\n", " \t", "\n    "][usize::from(damage >> 10 & 3)]);
        if damage & 16 != 0 {
            text = format!("\n  {text}\r\n");
        }
    }
    for _ in 0..damage >> 6 & 3 {
        text = percent(&text, damage & 32 != 0);
    }
    if text.len() > MAX_TEXT {
        return;
    }
    match decode(field, text.as_bytes(), false) {
        Ok((found, _)) => assert_eq!(found, bytes),
        Err(error) => panic!("{} of {text:?}", error),
    }
    any_text(field, text.as_bytes());
}
