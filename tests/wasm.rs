//! The same vectors inside WebAssembly: `wasm-pack test --node -- --features bindgen`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

mod common;

use common::{Vector, sample, vectors};
use wasm_bindgen_test::wasm_bindgen_test;
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
