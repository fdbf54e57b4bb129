//! `decrypt` as one would write it first in Rust for JavaScript: each crate used as its documentation shows.
//!
//! It is not shipped. `cargo xtask bench` builds it for speed, compares its results with those of the package, and times it beside the
//! package: the difference is what the package's own boundary, cipher and JSON reader are worth.

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use serde::{Deserialize, Serialize as _};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    encrypted_data: String,
    iv: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    session_key: String,
    appid: String,
    /// Seconds, as all times here. No limit by default.
    max_age: Option<f64>,
    #[serde(default = "five_minutes")]
    clock_skew: f64,
    #[serde(default = "clock")]
    now: f64,
}

fn five_minutes() -> f64 {
    300.0
}

fn clock() -> f64 {
    (js_sys::Date::now() / 1000.0).floor()
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
    timestamp: f64,
}

/// Decrypts a payload and checks its watermark.
///
/// # Errors
/// Arguments of another shape, data that does not open, and a watermark that the policy does not accept.
#[wasm_bindgen]
pub fn decrypt(payload: JsValue, policy: JsValue) -> Result<JsValue, JsError> {
    let payload: Payload = serde_wasm_bindgen::from_value(payload)?;
    let policy: Policy = serde_wasm_bindgen::from_value(policy)?;
    let plaintext = open(&payload, &policy.session_key).ok_or_else(|| JsError::new("the data does not open"))?;
    let data: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&plaintext).map_err(|_| JsError::new("the data does not open"))?;
    let watermark = data.get("watermark").ok_or_else(|| JsError::new("no watermark"))?;
    let watermark = Watermark::deserialize(watermark).map_err(|_| JsError::new("no watermark of that shape"))?;
    check(&watermark, &policy)?;
    // Objects instead of `Map`s.
    Ok(data.serialize(&Serializer::json_compatible())?)
}

/// The plaintext, or nothing, whatever the reason.
fn open(payload: &Payload, session_key: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(session_key).ok()?;
    let iv = STANDARD.decode(&payload.iv).ok()?;
    let ciphertext = STANDARD.decode(&payload.encrypted_data).ok()?;
    let decryptor = Decryptor::<Aes128>::new_from_slices(&key, &iv).ok()?;
    decryptor.decrypt_padded_vec::<Pkcs7>(&ciphertext).ok()
}

fn check(watermark: &Watermark, policy: &Policy) -> Result<(), JsError> {
    if watermark.appid != policy.appid {
        return Err(JsError::new("data of another app"));
    }
    let age = policy.now - watermark.timestamp;
    if policy.max_age.is_some_and(|oldest| age > oldest) {
        return Err(JsError::new("data that is too old"));
    }
    if -age > policy.clock_skew {
        return Err(JsError::new("data of the future"));
    }
    Ok(())
}
