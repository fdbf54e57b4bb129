//! The core alone, natively and through its public interface: `cargo bench`, or `cargo bench -- decrypt` for a part.
//!
//! For finding out what a change of the core does. What a user of the npm package sees is measured by `cargo xtask bench`.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a benchmark that cannot go on has to stop")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;

use common::{SAMPLE_TIME, Vector, WATERMARK, base64, seal};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use weapp_opendata::avatar::Avatar;
use weapp_opendata::phone::{CallingCode, PhoneNumber};
use weapp_opendata::{DecryptPolicy, Payload, Repair, WatermarkPolicy, check_watermark, decrypt, diagnose};

const KEY: [u8; 16] = *b"0123456789abcdef";
const IV: [u8; 16] = *b"fedcba9876543210";
/// One that opens nothing here.
const STALE_KEY: [u8; 16] = *b"ABCDEFGHIJKLMNOP";

/// A payload of `getPhoneNumber`, made up.
fn phone() -> Vector {
    let fields = r#"{"phoneNumber":"13580006666","purePhoneNumber":"13580006666","countryCode":"86","#;
    seal(&KEY, &IV, format!("{fields}{WATERMARK}").as_bytes())
}

/// A payload whose base64 text has exactly so many characters.
fn of_length(characters: usize) -> Vector {
    let frame = format!(r#"{{"text":"",{WATERMARK}"#).len();
    let text = "x".repeat(characters / 4 * 3 - 1 - frame);
    let sealed = seal(&KEY, &IV, format!(r#"{{"text":"{text}",{WATERMARK}"#).as_bytes());
    assert_eq!(sealed.encrypted_data.len(), characters);
    sealed
}

/// Opens it, and measures that.
fn opening(criterion: &mut Criterion, group: &str, name: &str, vector: &Vector) {
    assert_eq!(vector.open().unwrap().as_str(), vector.plaintext);
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Bytes(vector.encrypted_data.len() as u64));
    group.bench_with_input(BenchmarkId::from_parameter(name), vector, |bencher, vector| {
        bencher.iter(|| black_box(vector).open());
    });
    group.finish();
}

fn decrypting(criterion: &mut Criterion) {
    opening(criterion, "decrypt", "phone", &phone());
    opening(criterion, "decrypt", "userInfo", &common::sample());
    for characters in [1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20] {
        opening(criterion, "decrypt", &format!("{characters} characters"), &of_length(characters));
    }
}

/// What a text looks like that is put right by one repair.
fn damaged(text: &str, repair: Repair) -> String {
    match repair {
        Repair::LostPlus => text.replace('+', " "),
        Repair::PercentEncoding => text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"),
        Repair::UrlSafeAlphabet => text.replace('+', "-").replace('/', "_"),
        Repair::Whitespace => text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\n").collect(),
        Repair::MissingPadding => text.trim_end_matches('=').to_owned(),
    }
}

/// The sample again, damaged on its way: what each repair costs.
fn repairing(criterion: &mut Criterion) {
    for repair in Repair::ALL {
        let sample = common::sample();
        let vector = Vector { encrypted_data: damaged(&sample.encrypted_data, repair), ..sample };
        let repairs = vector.open().unwrap().repairs();
        assert!(repairs.contains(repair), "{repair:?}, but {repairs:?}");
        opening(criterion, "repair", repair.as_str(), &vector);
    }
}

fn checking(criterion: &mut Criterion) {
    let sample = common::sample();
    let appids = [sample.appid.as_str()];
    let policy = WatermarkPolicy::new(&appids, SAMPLE_TIME);
    assert_eq!(check_watermark(&sample.plaintext, &policy), Ok(()));
    criterion.bench_function("check_watermark", |bencher| {
        bencher.iter(|| check_watermark(black_box(&sample.plaintext), &policy));
    });
}

fn diagnosing(criterion: &mut Criterion) {
    let sample = common::sample();
    let appids = [sample.appid.as_str()];
    let payload = Payload { encrypted_data: &sample.encrypted_data, iv: &sample.iv };
    let stale = base64(&STALE_KEY);
    for (name, key) in [("what opens", sample.session_key.as_str()), ("stale session_key", &stale)] {
        let keys = [key];
        let policy =
            DecryptPolicy { session_keys: &keys, strict: false, watermark: WatermarkPolicy::new(&appids, SAMPLE_TIME) };
        assert_eq!(decrypt(payload, &policy).is_ok(), name == "what opens");
        criterion.bench_function(&format!("diagnose/{name}"), |bencher| {
            bencher.iter(|| diagnose(black_box(payload), &policy));
        });
    }
}

fn phone_numbers(criterion: &mut Criterion) {
    for (name, text) in [("mainland", "13580006666"), ("as typed", "+86 (0)135-8000-6666"), ("abroad", "+85251234567")]
    {
        assert!(PhoneNumber::parse(text, CallingCode::CHINA).unwrap().is_valid());
        criterion.bench_function(&format!("phone/{name}"), |bencher| {
            bencher.iter(|| PhoneNumber::parse(black_box(text), CallingCode::CHINA));
        });
    }
    assert!(PhoneNumber::from_wechat("86", "13580006666").unwrap().is_valid());
    criterion.bench_function("phone/WeChat's fields", |bencher| {
        bencher.iter(|| PhoneNumber::from_wechat(black_box("86"), black_box("13580006666")));
    });
}

fn avatars(criterion: &mut Criterion) {
    for (name, text) in [
        ("temporary", "http://tmp/kMqaeEnKgQ7_.jpeg"),
        ("wechat", "https://thirdwx.qlogo.cn/mmopen/vi_32/abcdefghijklmnopqrstuvwxyz/132"),
        ("cloud", "cloud://env.656e-env-1300000000/avatars/1.png"),
        ("remote", "https://example.com/avatars/1.png?size=132"),
    ] {
        assert_eq!(Avatar::parse(text).unwrap().kind().as_str(), name);
        criterion.bench_function(&format!("avatar/{name}"), |bencher| {
            bencher.iter(|| Avatar::parse(black_box(text)));
        });
    }
}

criterion_group!(core, decrypting, repairing, checking, diagnosing, phone_numbers, avatars);
criterion_main!(core);
