//! The same vectors inside WebAssembly: `wasm-pack test --node -- --features bindgen,assurance`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Vector, sample, vectors};
use wasm_bindgen_test::wasm_bindgen_test;
use weapp_opendata::assurance::read_json;
use weapp_opendata::channel::{self, ChannelKey};
use weapp_opendata::{ErrorCode, MessagePush, sign_with_session_key};

#[wasm_bindgen_test]
fn published_vectors_open() {
    for vector in vectors() {
        assert_eq!(vector.open().unwrap().as_str(), vector.plaintext, "{}", vector.id);
    }
}

#[wasm_bindgen_test]
fn wrong_keys_are_refused_in_one_way() {
    for number in 0..1024_u32 {
        let mut wrong = [0x5A; 16];
        wrong[..4].copy_from_slice(&number.to_le_bytes());
        let error = Vector { session_key: common::base64(&wrong), ..sample() }.open().unwrap_err();
        assert_eq!(error.code(), ErrorCode::DecryptFailed);
    }
}

#[wasm_bindgen_test]
fn sealed_payloads_of_every_length_open() {
    for len in 0..300_u16 {
        let plaintext = format!(
            r#"{{"n":"{}",{}"#,
            "微".repeat(usize::from(len / 3)) + &"x".repeat(usize::from(len % 3)),
            common::WATERMARK
        );
        let vector = common::seal(&[len.to_le_bytes()[0]; 16], &[7; 16], plaintext.as_bytes());
        assert_eq!(vector.open_strictly().unwrap().as_str(), plaintext);
    }
}

#[wasm_bindgen_test]
fn signatures_and_pushed_messages_are_those_that_wechat_publishes() {
    let signature = sign_with_session_key("o0q0otL8aEzpcZL/FT9WsQ==", "{\"foo\":\"bar\"}").unwrap();
    assert_eq!(signature, "654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b");
    let vectors: Vec<serde_json::Value> = serde_json::from_str(include_str!("vectors/message-push.json")).unwrap();
    for vector in vectors.iter().filter(|vector| vector["encrypt"].is_string()) {
        let text = |field: &str| vector[field].as_str().unwrap();
        let push = MessagePush::new(text("token"), text("encodingAesKey"), text("appid")).unwrap();
        let opened = push.decrypt(text("encrypt"), text("msgSignature"), text("timestamp"), text("nonce")).unwrap();
        assert_eq!(opened.as_str(), text("plaintext"));
        let random = text("random").as_bytes().try_into().unwrap();
        let timestamp = text("timestamp").parse().unwrap();
        let reply = push.encrypt(text("plaintext"), timestamp, text("nonce"), random).unwrap();
        assert_eq!((reply.encrypt.as_str(), reply.msg_signature.as_str()), (text("encrypt"), text("msgSignature")));
    }
}

#[wasm_bindgen_test]
fn vectors_of_the_channel_are_sealed_and_opened() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("vectors/channel.json")).unwrap();
    for vector in vectors.as_array().unwrap() {
        let text = |field: &str| vector[field].as_str().unwrap();
        let version = u32::try_from(vector["version"].as_u64().unwrap()).unwrap();
        let key = ChannelKey::from_base64(text("encryptKey"), version).unwrap();
        let nonce = core::array::from_fn(|at| u8::from_str_radix(&text("random")[2 * at..2 * at + 2], 16).unwrap());
        assert_eq!(channel::seal(text("message"), &key, text("context"), nonce).unwrap(), text("sealed"));
        let opened = channel::open(text("sealed"), &[key], text("context")).unwrap();
        assert_eq!(opened.as_str(), text("message"));
    }
}

/// What `JSON.parse` says of a text: `None` if it throws, else whether the value is an object.
fn parsed(text: &str) -> Option<bool> {
    let value = js_sys::JSON::parse(text).ok()?;
    Some(value.is_object() && !value.is_null() && !js_sys::Array::is_array(&value))
}

/// Compares the JSON reader with `JSON.parse`, and counts what both accept and both refuse.
#[derive(Default)]
struct Compared {
    accepted: u32,
    refused: u32,
}

impl Compared {
    fn compare(&mut self, text: &str) {
        let theirs = parsed(text);
        assert_eq!(read_json(text.as_bytes()), theirs, "{text:?}");
        *(if theirs.is_some() { &mut self.accepted } else { &mut self.refused }) += 1;
    }
}

/// The texts of JSONTestSuite that are UTF-8, each as it is and as the value of a field.
fn suite_texts() -> Vec<String> {
    let suite: serde_json::Value = serde_json::from_str(include_str!("vectors/json-test-suite.json")).unwrap();
    let bytes = |text: &serde_json::Value| STANDARD.decode(text.as_str().unwrap()).unwrap();
    let texts = suite["cases"].as_array().unwrap().iter().filter_map(|case| {
        let text = match &case["repeat"] {
            serde_json::Value::Null => bytes(&case["base64"]),
            repeat => {
                let count = usize::try_from(repeat["count"].as_u64().unwrap()).unwrap();
                [bytes(&repeat["base64"]).repeat(count), bytes(&case["tailBase64"])].concat()
            }
        };
        String::from_utf8(text).ok()
    });
    texts.flat_map(|text| [format!(r#"{{"v":{text}}}"#), text]).collect()
}

#[wasm_bindgen_test]
fn json_is_what_json_parse_accepts() {
    let mut suite = Compared::default();
    suite_texts().iter().for_each(|text| suite.compare(text));
    assert_eq!(suite.accepted + suite.refused, 586);

    // Plaintexts of WeChat's, cut off at every character, and with every character replaced by each that JSON knows.
    let mut damaged = Compared::default();
    for text in vectors().iter().map(|vector| &vector.plaintext).chain(&Random(17).json_texts(200)) {
        damaged.compare(text);
        for (at, character) in text.char_indices() {
            damaged.compare(&text[..at]);
            let after = &text[at + character.len_utf8()..];
            for other in [
                "", "{", "}", "[", "]", ",", ":", "\"", "\\", "-", "+", "0", "1", ".", "e", "u", "t", " ", "\n", "\0",
                "微",
            ] {
                damaged.compare(&[&text[..at], other, after].concat());
            }
        }
    }
    assert!(damaged.accepted > 10_000 && damaged.refused > 100_000, "{} and {}", damaged.accepted, damaged.refused);
}

/// A generator of its own (xorshift): proptest does not run inside WebAssembly.
struct Random(u32);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        usize::try_from(self.0).unwrap() % limit
    }

    fn pick(&mut self, of: &[&'static str]) -> &'static str {
        of[self.below(of.len())]
    }

    fn json_texts(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.json(4)).collect()
    }

    /// A value with containers up to that depth, in odd but right spellings.
    fn json(&mut self, depth: usize) -> String {
        const TEXTS: [&str; 8] = [
            r#""""#,
            r#""微信😀""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u0000\ud83d\ude00""#,
            r#""\ud83d""#,
            "\"\u{7f}\u{2028}\"",
            r#""}],:""#,
            r#""a""#,
        ];
        const NUMBERS: [&str; 8] =
            ["0", "-0", "-1.50e+07", "1e400", "0.1E-400", "18446744073709551616", "1700000000", "9e0"];
        const SPACES: [&str; 4] = ["", "", " ", "\t\r\n "];
        let (before, after) = (self.pick(&SPACES), self.pick(&SPACES));
        let value = match self.below(if depth == 0 { 3 } else { 7 }) {
            0 => self.pick(&TEXTS).to_owned(),
            1 => self.pick(&NUMBERS).to_owned(),
            2 => self.pick(&["true", "false", "null"]).to_owned(),
            kind => {
                let inside: Vec<String> = (0..self.below(4))
                    .map(|_| {
                        let value = self.json(depth - 1);
                        if kind < 5 { value } else { format!("{before}{}{after}:{value}", self.pick(&TEXTS)) }
                    })
                    .collect();
                let inside = if inside.is_empty() { before.to_owned() } else { inside.join(",") };
                if kind < 5 { format!("[{inside}]") } else { format!("{{{inside}}}") }
            }
        };
        format!("{before}{value}{after}")
    }
}
