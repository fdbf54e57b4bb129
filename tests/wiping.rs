//! Memory that is given back holds no secret: an allocator looks at every block before it goes.
//!
//! One test in a binary of its own, since the allocator watches the whole process. What remains on the stack, and in the memory of a
//! WebAssembly module, is looked at by `js-tests/node/memory.test.mjs`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]
#![allow(unsafe_code, reason = "an allocator")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use common::{SAMPLE_TIME, Vector, base64, seal};
use weapp_opendata::channel::{self, ChannelKey};
use weapp_opendata::{
    DecryptPolicy, Iv, MessagePush, Payload, SessionKey, WatermarkPolicy, diagnose, sign_payment,
    sign_with_session_key, verify_signature,
};

/// Part of every secret here: eight bytes that nothing else has.
const MARK: [u8; 8] = *b"\xA7sEcReT\xA7";
/// The same for plaintext, which is text.
const WORD: &[u8; 8] = b"sEcReT-9";

static WATCHING: AtomicBool = AtomicBool::new(false);
static LEAKS: AtomicUsize = AtomicUsize::new(0);

struct Watch;

#[global_allocator]
static ALLOCATOR: Watch = Watch;

// SAFETY: all is handed on to the system's allocator. `realloc` is the trait's own, which allocates, copies and deallocates, so what
// moves is looked at as well.
unsafe impl GlobalAlloc for Watch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that a block which is not filled shows nothing of the one before it.
        // SAFETY: the caller's promise about the layout is handed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if WATCHING.load(Ordering::SeqCst) {
            // SAFETY: the block has this size, all of it was written when it was allocated, and nobody else uses it any more.
            let bytes = unsafe { core::slice::from_raw_parts(block, layout.size()) };
            if bytes.windows(MARK.len()).any(|window| window == MARK || window == WORD) {
                LEAKS.fetch_add(1, Ordering::SeqCst);
            }
        }
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

/// How many blocks with a secret are given back meanwhile.
fn leaks(work: impl FnOnce()) -> usize {
    LEAKS.store(0, Ordering::SeqCst);
    WATCHING.store(true, Ordering::SeqCst);
    work();
    WATCHING.store(false, Ordering::SeqCst);
    LEAKS.load(Ordering::SeqCst)
}

/// The compiler may keep a box that nobody looks at off the heap.
fn drop_boxed<T>(value: T) {
    drop(black_box(Box::new(value)));
}

fn key_bytes() -> [u8; 16] {
    let mut bytes = [0x11; 16];
    bytes[4..12].copy_from_slice(&MARK);
    bytes
}

fn sealed_secret() -> Vector {
    let text =
        format!(r#"{{"nickName":"sEcReT-9","watermark":{{"appid":"wx0123456789abcdef","timestamp":{SAMPLE_TIME}}}}}"#);
    seal(&key_bytes(), &[2; 16], text.as_bytes())
}

#[test]
fn nothing_that_is_given_back_holds_a_secret() {
    // The watch can see.
    assert_eq!(leaks(|| drop_boxed(key_bytes())), 1);
    assert_eq!(leaks(|| drop(black_box(String::from("this is sEcReT-9 text")))), 1);

    let key_text = base64(&key_bytes());
    assert_eq!(leaks(|| drop_boxed(SessionKey::from_base64(&key_text, true).unwrap())), 0, "session_key");
    assert_eq!(leaks(|| drop_boxed(Iv::from_base64(&key_text, true).unwrap())), 0, "iv");
    // A text that was damaged takes other ways, over buffers of their own.
    let damaged = format!(" {key_text}\n").replace('=', "");
    assert_eq!(leaks(|| drop_boxed(SessionKey::from_base64(&damaged, false).unwrap())), 0, "repaired session_key");

    let vector = sealed_secret();
    assert_eq!(leaks(|| drop(vector.open().unwrap())), 0, "open data");
    let wrong = base64(&[9; 16]);
    assert_eq!(leaks(|| drop(vector.open_with_keys(&[&wrong, &vector.session_key]).unwrap())), 0, "the second key");
    assert_eq!(leaks(|| drop(vector.open_with_keys(&[&wrong]).unwrap_err())), 0, "a wrong key");
    assert_eq!(
        leaks(|| {
            let session_keys = [vector.session_key.as_str()];
            // Another app's: opened, and refused.
            let watermark = WatermarkPolicy::new(&["wx"], SAMPLE_TIME);
            let policy = DecryptPolicy { session_keys: &session_keys, strict: false, watermark };
            let payload = Payload { encrypted_data: &vector.encrypted_data, iv: &vector.iv };
            assert!(weapp_opendata::decrypt(payload, &policy).is_err());
            assert!(!diagnose(payload, &policy).unwrap().ok);
        }),
        0,
        "refused and diagnosed"
    );

    let channel_key = || ChannelKey::from_base64(&key_text, 1).unwrap();
    assert_eq!(leaks(|| drop_boxed(channel_key())), 0, "encryptKey");
    let sealed = channel::seal("this is sEcReT-9 text", &channel_key(), "", [3; 12]).unwrap();
    assert_eq!(leaks(|| drop(channel::open(&sealed, &[channel_key()], "").unwrap())), 0, "channel");
    assert_eq!(leaks(|| drop(channel::seal("this is sEcReT-9 text", &channel_key(), "", [3; 12]))), 0, "sealing");

    let mut long = [0x11; 33];
    long[4..12].copy_from_slice(&MARK);
    let aes_key = base64(&long)[..43].to_owned();
    assert_eq!(leaks(|| drop_boxed(MessagePush::new("token", &aes_key, "wx1").unwrap())), 0, "EncodingAESKey");
    let push = MessagePush::new("token", &aes_key, "wx1").unwrap();
    let reply = push.encrypt("<xml>sEcReT-9</xml>", 1, "2", &[4; 16]).unwrap();
    let opened = || push.decrypt(&reply.encrypt, &reply.msg_signature, "1", "2").unwrap();
    assert_eq!(opened().as_str(), "<xml>sEcReT-9</xml>");
    assert_eq!(leaks(|| drop(opened())), 0, "pushed message");
    assert_eq!(leaks(|| drop(push.encrypt("<xml>sEcReT-9</xml>", 1, "2", &[4; 16]))), 0, "reply");

    assert_eq!(leaks(|| drop(sign_with_session_key(&key_text, ""))), 0, "signing");
    assert_eq!(leaks(|| drop(sign_payment("sEcReT-9 sEcReT-9", "u", "{}"))), 0, "payment");
    assert_eq!(leaks(|| drop(verify_signature("{}", "", &[&key_text]))), 0, "verifying");
}
