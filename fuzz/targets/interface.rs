//! The three functions of the module's interface, called as the glue calls them and as it never would: any request, any length. The
//! address sanitizer sees every byte that is written and read; every answer is one that the glue can read.
#![no_main]
#![expect(unsafe_code, reason = "the interface is addresses")]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use weapp_opendata::fuzzing::Interface;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    operations: [u8; 2],
    /// Is the request of values, with the lengths that belong to them? Where may the length that is said be wrong?
    how: u8,
    off: u16,
    bytes: &'a [u8],
}

/// Operations of the interface, and some that are none.
const OPERATIONS: u32 = 24;
const MAX_BYTES: usize = 1 << 16;

/// A request as the glue writes it: tag by tag from `bytes`, the texts after the structure.
fn request(mut bytes: &[u8]) -> Vec<u8> {
    let (mut structure, mut texts) = (Vec::new(), Vec::new());
    let mut take = |len: usize| {
        let (taken, rest) = bytes.split_at(len.min(bytes.len()));
        bytes = rest;
        taken
    };
    while let [tag] = take(1) {
        structure.push(tag % 18);
        match tag % 18 {
            4 | 13 => {
                let mut number = [0; 8];
                let found = take(8);
                number[..found.len()].copy_from_slice(found);
                structure.extend(number);
            }
            kind @ (5 | 14) => {
                let len = take(1).first().map_or(0, |len| usize::from(*len));
                let text = take(len);
                structure.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
                (if kind == 5 { &mut texts } else { &mut structure }).extend(text);
            }
            6 => structure.extend(u32::from(take(1).first().copied().unwrap_or(0)).to_le_bytes()),
            _ => {}
        }
    }
    [&u32::try_from(structure.len()).unwrap().to_le_bytes()[..], &structure, &texts].concat()
}

/// The texts of an answer, and what follows them. `None` is a text that is not there.
fn parts(bytes: &[u8]) -> (Vec<Option<&str>>, &[u8]) {
    let number = |at: usize| u32::from_le_bytes(bytes[4 * at..4 * at + 4].try_into().unwrap());
    let count = usize::try_from(number(0)).unwrap();
    let mut rest = &bytes[4 + 4 * count..];
    let texts = (1..=count)
        .map(|at| {
            (number(at) != u32::MAX).then(|| {
                let (text, after) = rest.split_at(usize::try_from(number(at)).unwrap());
                rest = after;
                std::str::from_utf8(text).unwrap()
            })
        })
        .collect();
    (texts, rest)
}

fn is_error(texts: &[Option<&str>]) {
    let [Some(code), Some(message), errcode, reason, hint, _errmsg] = texts else { panic!("{texts:?}") };
    let is_word =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    assert!(
        is_word(code) && !message.is_empty() && reason.is_none_or(is_word) && hint.is_none_or(|hint| !hint.is_empty())
    );
    assert!(errcode.is_none_or(|errcode| errcode.parse::<i64>().is_ok()));
}

/// One call, from the reserving of room to the wiping: status, text, and what else is said in a number that is no address.
fn call(interface: &mut Interface, operation: u32, request: &[u8], said: usize) -> (usize, Vec<u8>, usize) {
    let room = interface.reserve(request.len());
    // SAFETY: there is room for that many bytes at the address, and nobody else looks at it.
    unsafe { room.copy_from_nonoverlapping(request.as_ptr(), request.len()) };
    let frame = interface.call(operation, said);
    // SAFETY: the frame lives in the interface, which is not called until the last look at it.
    let [status, text, len, facts] = unsafe { *frame };
    // SAFETY: as above; that this many bytes are there is what the address sanitizer finds out.
    let read = |text: usize, len: usize| unsafe {
        std::slice::from_raw_parts(std::ptr::with_exposed_provenance::<u8>(text), len)
    };
    let answer = read(text, len);
    match (status, operation) {
        (1, _) => {
            let (texts, rest) = parts(answer);
            assert!(rest.is_empty());
            is_error(&texts);
        }
        (0, 2) => {
            let mut rest = answer;
            let mut failed = 0;
            while let Some((len, after)) = rest.split_first_chunk() {
                rest = after;
                match u32::from_le_bytes(*len) {
                    u32::MAX => failed += 1,
                    len => {
                        let (record, after) = rest[size_of_layout(rest)..].split_at(usize::try_from(len).unwrap());
                        assert!(plain_object(record));
                        check_layout(rest, record);
                        rest = after;
                    }
                }
            }
            assert!(rest.is_empty());
            // The errors stand one after the other.
            let mut at = facts;
            for _ in 0..failed {
                let (count, mut size) = (6, 4 + 4 * 6);
                let lengths = read(at, size);
                assert_eq!(lengths[..4], u32::to_le_bytes(count));
                for length in lengths[4..].as_chunks().0 {
                    let length = u32::from_le_bytes(*length);
                    size += if length == u32::MAX { 0 } else { usize::try_from(length).unwrap() };
                }
                let (texts, rest) = parts(read(at, size));
                assert!(rest.is_empty());
                is_error(&texts);
                at += size;
            }
        }
        (0, 3 | 11 | 13 | 19) => {
            let (texts, rest) = parts(answer);
            assert!(rest.is_empty() && texts.len() >= if operation == 3 { 3 } else { 4 });
        }
        (0, 1) => {
            assert!(plain_object(answer));
            if facts != 0 {
                check_layout(read(facts, size_of_layout(read(facts, 4))), answer);
            }
        }
        (0, 5 | 10) => assert!(plain_object(answer)),
        (0, 6..=8) => {
            let (e164, prefix, region, valid) = (facts & 0xFF, facts >> 8 & 0xFF, facts >> 16 & 0xFF, facts >> 24);
            let text = std::str::from_utf8(answer).unwrap();
            assert!(text.starts_with('+') && prefix < e164 && e164 + region < len && valid <= 1);
        }
        (0, 0..OPERATIONS) => assert!(std::str::from_utf8(answer).is_ok()),
        _ => panic!("status {status} of operation {operation}"),
    }
    let answer = (status, answer.to_vec(), if operation < 3 { 0 } else { facts });
    interface.wipe(request.len());
    assert!(interface.is_clean());
    answer
}

/// Which of a shape's values are numbers, and how many values it has.
fn shape(layout: &[u8]) -> (&'static [usize], usize) {
    match u32::from_le_bytes(*layout.first_chunk().unwrap()) {
        0 => (&[], 0),
        1 => (&[3], 5),
        2 => (&[2, 8], 10),
        3 => (&[2, 9], 11),
        4 => (&[1], 3),
        other => panic!("shape {other}"),
    }
}

fn size_of_layout(layout: &[u8]) -> usize {
    4 + 8 * shape(layout).1
}

/// Every text that it names lies between quotes, a list of steps between brackets, and what it says of them is so.
fn check_layout(layout: &[u8], text: &[u8]) {
    let (numbers, values) = shape(layout);
    for (at, words) in layout[4..4 + 8 * values].chunks(8).enumerate() {
        let [start, len] = [0, 4].map(|at| u32::from_le_bytes(words[at..at + 4].try_into().unwrap()));
        if numbers.contains(&at) {
            assert_eq!(len, 0);
            continue;
        }
        let (start, is_ascii, len) = (start as usize, len >> 31 == 0, (len << 1 >> 1) as usize);
        let value = std::str::from_utf8(&text[start..start + len]).unwrap();
        if layout[0] == 4 && at == 0 {
            assert_eq!((text[start - 1], text[start + len]), (b'[', b']'));
            assert!(value.split_inclusive('}').all(is_step));
            continue;
        }
        assert_eq!((text[start - 1], text[start + len]), (b'"', b'"'));
        assert!(value.is_ascii() == is_ascii && !value.contains(['"', '\\']));
    }
}

/// A step as the glue reads it, with the comma that parts it from the one before.
fn is_step(entry: &str) -> bool {
    let is_number = |text: &str| text.parse::<u32>().is_ok_and(|number| number.to_string() == text);
    let entry = entry.strip_prefix(',').unwrap_or(entry);
    let inner = entry.strip_prefix(r#"{"timestamp":"#).and_then(|entry| entry.strip_suffix('}'));
    inner
        .and_then(|entry| entry.split_once(r#","step":"#))
        .is_some_and(|(time, step)| is_number(time) && is_number(step))
}

/// Is it one JSON object?
fn plain_object(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| weapp_opendata_fuzz::is_json(text) && text.trim_start().starts_with('{'))
}

fuzz_target!(|input: Input<'_>| {
    let bytes = &input.bytes[..input.bytes.len().min(MAX_BYTES)];
    let request = if input.how & 1 == 0 { request(bytes) } else { bytes.to_vec() };
    // Longer than what was reserved, or shorter.
    let said = match input.how >> 1 & 3 {
        0 | 1 => request.len(),
        2 => usize::from(input.off),
        _ => usize::MAX - usize::from(input.off),
    };
    let mut interface = Interface::default();
    let [first, second] = input.operations.map(|operation| u32::from(operation) % OPERATIONS);
    call(&mut interface, first, &request, said);
    // What the first call left does not show in those after it: they answer as a new interface does.
    for request in [&request[..], &request[..request.len() / 2]] {
        let fresh = call(&mut Interface::default(), second, request, request.len());
        assert_eq!(call(&mut interface, second, request, request.len()), fresh);
    }
});
