//! The three functions of the module's interface, called as the glue calls them and as it never would: any request, any length. The
//! address sanitizer sees every byte that is written and read; every answer is one that the glue can read.
#![no_main]
#![expect(unsafe_code, reason = "the interface is addresses")]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use weapp_opendata::fuzzing::Interface;
use weapp_opendata::fuzzing::protocol::{ABSENT, NOT_ASCII, OVERSIZE, Operation, PHONE, TEMPLATES, Value};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    operations: [u8; 2],
    /// Is the request of values, with the lengths that belong to them? Where may the length that is said be wrong?
    how: u8,
    off: u16,
    bytes: &'a [u8],
}

/// Operations of the interface, and some that are none.
const OPERATIONS: u32 = Operation::ALL.len() as u32 + 3;
const MAX_BYTES: usize = 1 << 16;

/// A request as JavaScript writes it: numbers, lengths and texts, as many as `bytes` says.
fn request(mut bytes: &[u8]) -> Vec<u8> {
    let mut take = |len: usize| {
        let (taken, rest) = bytes.split_at(len.min(bytes.len()));
        bytes = rest;
        taken
    };
    let numbers = take(1).first().map_or(0, |count| count % 16);
    let mut head = Vec::new();
    for _ in 0..numbers {
        match take(1) {
            // Small whole numbers are counts and flags.
            [small @ 0..200] => head.extend(f64::from(*small).to_le_bytes()),
            _ => {
                let mut number = [0; 8];
                let found = take(8);
                number[..found.len()].copy_from_slice(found);
                head.extend(number);
            }
        }
    }
    let mut texts = Vec::new();
    while let [len] = take(1) {
        let length = match len {
            255 => ABSENT,
            254 => OVERSIZE,
            len => {
                let text = take(usize::from(*len));
                texts.extend(text);
                u32::try_from(text.len()).unwrap()
            }
        };
        head.extend(length.to_le_bytes());
    }
    [&u32::try_from(head.len()).unwrap().to_le_bytes()[..], &head, &texts].concat()
}

/// The texts of an answer, and what follows them. `None` is a text that is not there.
fn parts(bytes: &[u8]) -> (Vec<Option<&str>>, &[u8]) {
    let number = |at: usize| u32::from_le_bytes(bytes[4 * at..4 * at + 4].try_into().unwrap());
    let count = usize::try_from(number(0)).unwrap();
    let mut rest = &bytes[4 + 4 * count..];
    let texts = (1..=count)
        .map(|at| {
            (number(at) != ABSENT).then(|| {
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

/// What a call has answered.
#[derive(PartialEq, Debug)]
struct Answer {
    status: usize,
    reply: Vec<u8>,
    plaintext: Vec<u8>,
    /// What else is said in a number that is not an address.
    detail: usize,
}

/// One call, from the reserving of room to the wiping.
fn call(interface: &mut Interface, operation: u32, request: &[u8], said: usize) -> Answer {
    let room = interface.reserve(request.len());
    // SAFETY: there is room for that many bytes at the address, and nobody else looks at it.
    unsafe { room.copy_from_nonoverlapping(request.as_ptr(), request.len()) };
    let frame = interface.call(operation, said);
    // SAFETY: the frame lives in the interface, which is not called until the last look at it.
    let [status, reply, reply_len, detail, plaintext, plaintext_len, offsets] = unsafe { *frame };
    // SAFETY: as above; that this many bytes are there is what the address sanitizer finds out. There are none where the address is 0.
    let read = |address: usize, len: usize| match address {
        0 => &[][..],
        _ => unsafe { std::slice::from_raw_parts(std::ptr::with_exposed_provenance::<u8>(address), len) },
    };
    let reply = read(reply, reply_len);
    let plaintext = read(plaintext, plaintext_len);
    let operation = if status == 0 { Operation::of(operation) } else { None };
    match operation {
        None => {
            assert_eq!(status, 1);
            let (texts, rest) = parts(reply);
            assert!(rest.is_empty());
            is_error(&texts);
        }
        Some(Operation::DecryptMany) => check_batch(reply, detail, &read),
        Some(Operation::Decrypt | Operation::DecryptPhoneNumber | Operation::DecryptUserInfo) => {
            assert!(plain_object(plaintext));
            if offsets != 0 {
                check_offsets(read(offsets, size_of_offsets(read(offsets, 4))), plaintext);
            }
            match operation {
                Some(Operation::DecryptPhoneNumber) => check_phone(reply, detail),
                Some(Operation::DecryptUserInfo) if !reply.is_empty() => check_parts(reply, 4),
                _ => assert!(reply.is_empty()),
            }
        }
        Some(Operation::Diagnose) => check_parts(reply, 3),
        Some(Operation::ParseAvatar | Operation::EncryptPush) => check_parts(reply, 4),
        Some(Operation::ReadPhoneNumber | Operation::ParsePhoneText | Operation::ParsePhoneFields) => {
            check_phone(reply, detail);
        }
        Some(_) => assert!(std::str::from_utf8(reply).is_ok()),
    }
    let detail = if operation == Some(Operation::DecryptMany) { 0 } else { detail };
    let answer = Answer { status, reply: reply.to_vec(), plaintext: plaintext.to_vec(), detail };
    interface.wipe(request.len());
    assert!(interface.is_clean());
    answer
}

fn check_parts(reply: &[u8], least: usize) {
    let (texts, rest) = parts(reply);
    assert!(rest.is_empty() && texts.len() >= least);
}

/// E.164, region and type, whose lengths the detail says.
fn check_phone(reply: &[u8], detail: usize) {
    let [e164, prefix, region, valid] = PHONE.map(|(_, shift)| detail >> shift & 0xFF);
    let text = std::str::from_utf8(reply).unwrap();
    assert!(text.starts_with('+') && prefix < e164 && e164 + region < text.len() && valid <= 1);
}

/// Of each record its plaintext with offsets, or that it failed; the errors of those stand elsewhere, one after the other.
fn check_batch<'a>(reply: &'a [u8], errors: usize, read: &impl Fn(usize, usize) -> &'a [u8]) {
    let mut rest = reply;
    let mut failed = 0;
    while let Some((len, after)) = rest.split_first_chunk() {
        rest = after;
        match u32::from_le_bytes(*len) {
            ABSENT => failed += 1,
            len => {
                let (record, after) = rest[size_of_offsets(rest)..].split_at(usize::try_from(len).unwrap());
                assert!(plain_object(record));
                check_offsets(rest, record);
                rest = after;
            }
        }
    }
    assert!(rest.is_empty());
    let mut at = errors;
    for _ in 0..failed {
        let (count, mut size) = (6, 4 + 4 * 6);
        let lengths = read(at, size);
        assert_eq!(lengths[..4], u32::to_le_bytes(count));
        for length in lengths[4..].as_chunks().0 {
            let length = u32::from_le_bytes(*length);
            size += if length == ABSENT { 0 } else { usize::try_from(length).unwrap() };
        }
        let (texts, rest) = parts(read(at, size));
        assert!(rest.is_empty());
        is_error(&texts);
        at += size;
    }
}

/// The values of a template, the two of its watermark included.
fn values(offsets: &[u8]) -> Vec<Value> {
    let template = u32::from_le_bytes(*offsets.first_chunk().unwrap()) as usize;
    let Some(template) = template.checked_sub(1) else { return Vec::new() };
    TEMPLATES[template].fields.iter().map(|field| field.1).chain([Value::Number, Value::Text]).collect()
}

fn size_of_offsets(offsets: &[u8]) -> usize {
    4 + 8 * values(offsets).len()
}

/// Every text that the offsets name stands between quotes, a list of steps between brackets, and what they say of it is so.
fn check_offsets(offsets: &[u8], text: &[u8]) {
    for (value, words) in values(offsets).iter().zip(offsets[4..].chunks(8)) {
        let [start, len] = [0, 4].map(|at| u32::from_le_bytes(words[at..at + 4].try_into().unwrap()));
        if *value == Value::Number {
            assert_eq!(len, 0);
            continue;
        }
        let (start, is_ascii, len) = (start as usize, len & NOT_ASCII == 0, (len & !NOT_ASCII) as usize);
        let found = std::str::from_utf8(&text[start..start + len]).unwrap();
        let around = (text[start - 1], text[start + len]);
        if *value == Value::Steps {
            assert_eq!(around, (b'[', b']'));
            assert!(found.split_inclusive('}').all(is_step));
        } else {
            assert_eq!(around, (b'"', b'"'));
            assert!(found.is_ascii() == is_ascii && !found.contains(['"', '\\']));
        }
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
