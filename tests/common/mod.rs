//! What the tests of open data share: vectors, and a sealer that makes payloads as WeChat does.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub, reason = "each test binary uses a part")]

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::{Array, BlockModeEncrypt as _, KeyIvInit as _};
use serde::Deserialize;
use weapp_opendata::{DecryptPolicy, Error, OpenData, Payload, Presence, WatermarkPolicy, decrypt};

/// One published or derived payload; `tests/vectors/README.md` says where they come from.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vector {
    pub id: String,
    pub appid: String,
    pub session_key: String,
    pub iv: String,
    pub encrypted_data: String,
    pub plaintext: String,
}

pub fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../vectors/open-data.json")).unwrap()
}

/// WeChat's own sample.
pub fn sample() -> Vector {
    vectors().into_iter().find(|vector| vector.id == "official-demo").unwrap()
}

/// When the sample was made.
pub const SAMPLE_TIME: i64 = 1_477_314_187;

impl Vector {
    /// Opens under the vector's own key and app.
    pub fn open(&self) -> Result<OpenData, Error> {
        self.open_under(&[&self.session_key], false, WatermarkPolicy::new(&[&self.appid], SAMPLE_TIME))
    }

    pub fn open_strictly(&self) -> Result<OpenData, Error> {
        self.open_under(&[&self.session_key], true, WatermarkPolicy::new(&[&self.appid], SAMPLE_TIME))
    }

    pub fn open_with_keys(&self, session_keys: &[&str]) -> Result<OpenData, Error> {
        self.open_under(session_keys, false, WatermarkPolicy::new(&[&self.appid], SAMPLE_TIME))
    }

    pub fn open_under(
        &self,
        session_keys: &[&str],
        strict: bool,
        watermark: WatermarkPolicy<'_>,
    ) -> Result<OpenData, Error> {
        let payload = Payload { encrypted_data: &self.encrypted_data, iv: &self.iv };
        decrypt(payload, &DecryptPolicy { session_keys, strict, watermark })
    }

    /// Opens data that may have no watermark.
    pub fn open_unmarked(&self) -> Result<OpenData, Error> {
        let app = [self.appid.as_str()];
        let policy = WatermarkPolicy { presence: Presence::Optional, ..WatermarkPolicy::new(&app, SAMPLE_TIME) };
        self.open_under(&[&self.session_key], false, policy)
    }
}

pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Encrypts blocks that are already padded.
pub fn encrypt_blocks(key: &[u8; 16], iv: &[u8; 16], padded: &[u8]) -> Vec<u8> {
    let mut data = padded.to_vec();
    let (blocks, rest) = Array::slice_as_chunks_mut(&mut data);
    assert!(rest.is_empty());
    cbc::Encryptor::<Aes128>::new(&Array(*key), &Array(*iv)).encrypt_blocks(blocks);
    data
}

/// Pads and encrypts a plaintext as WeChat does, for the app `wx` of the test.
pub fn seal(key: &[u8; 16], iv: &[u8; 16], plaintext: &[u8]) -> Vector {
    let pad = 16 - plaintext.len() % 16;
    let padded = [plaintext, &vec![u8::try_from(pad).unwrap(); pad]].concat();
    Vector {
        id: "sealed".into(),
        appid: "wx0123456789abcdef".into(),
        session_key: base64(key),
        iv: base64(iv),
        encrypted_data: base64(&encrypt_blocks(key, iv, &padded)),
        plaintext: String::from_utf8_lossy(plaintext).into_owned(),
    }
}

/// The end of every sealed plaintext: a watermark for the app of [`seal`].
pub const WATERMARK: &str = r#""watermark":{"timestamp":1477314187,"appid":"wx0123456789abcdef"}}"#;
