//! WeChat's message push in secure mode: what it sends is verified and decrypted, what is sent back encrypted and signed.
//!
//! # Layout
//! The `Encrypt` text is the base64 of AES-256-CBC over 16 random bytes, the length of the message as u32 in network order, the
//! message, the appid; padded by PKCS#7 to a multiple of 32 bytes, so that a pad has 1 to 32 bytes. The key is the base64 of
//! EncodingAESKey and a `=`, the iv its first half. JSON and XML differ in the envelope only, which is the caller's.
//!
//! # Signatures
//! sha1 of token, timestamp, nonce and, in secure mode, the `Encrypt` text, sorted by their bytes and put one after the other.
//! Nothing is decrypted whose signature does not match: CBC is not authenticated, and this is what stands in for it. Where one
//! text ends and the next begins is not signed, and a message can be sent again: WeChat's own `MsgId`, or FromUserName and
//! CreateTime, tell whether it is a new one.
//!
//! Source: WeChat documentation, 消息推送.

use alloc::string::String;
use core::fmt;
use core::ops::Range;

use base64_simd::{Out, STANDARD};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

use crate::cipher::{self, PUSH_WIDTH};
use crate::error::argument::{EMPTY, MILLISECONDS, OUT_OF_RANGE, TOO_LONG};
use crate::error::{Actual, Error, ErrorCode, Row, decimal};
use crate::rows;
use crate::secret::{SecretBuffer, wipe_stack};
use crate::signature::{SHA1_HEX, as_text, sha1_hex};
use crate::transport::{self, Field, MAX_TEXT};
use crate::watermark::{FIRST_MILLISECONDS, UnixSeconds};

/// Characters of an EncodingAESKey.
const KEY_TEXT: usize = 43;
/// Random bytes at the beginning.
const RANDOM: usize = 16;
/// What stands before the message: random bytes and its length.
const HEAD: usize = RANDOM + 4;

const fn wrong_key(message: &'static str) -> Row {
    Row::new(ErrorCode::InvalidArgument, message).hint(
        "Pass the text on exactly as WeChat gave it, without cutting, trimming or re-encoding it.",
        "请原样传递微信给出的文本，不要截断或重新编码。",
    )
}

rows! {
    KEY_LENGTH =
        wrong_key("{encoding_aes_key}: expected 43 letters and digits, found {found} bytes").reason("WRONG_LENGTH");
    KEY_CHARACTER =
        wrong_key("{encoding_aes_key}: a character outside the base64 alphabet").reason("ILLEGAL_CHARACTER");

    SIGNATURE_MISMATCH = Row::new(
        ErrorCode::SignatureMismatch,
        "msg_signature does not match token, timestamp, nonce and encrypt",
    )
    .hint(
        "Pass msg_signature (not signature), timestamp and nonce of the query and the Encrypt text as they came, and the token that is set in WeChat's console.",
        "请原样传入 query 中的 msg_signature（不是 signature）、timestamp、nonce 与包体中的 Encrypt，并核对后台配置的 Token。",
    );
    /// Whatever is wrong with the plaintext.
    NOT_OPENED =
        Row::new(ErrorCode::DecryptFailed, "the Encrypt text does not open with the given encodingAESKey").hint(
            "The token is right, so compare encodingAESKey with the one in WeChat's console; mind that each environment has its own.",
            "Token 是正确的，请核对 EncodingAESKey 与后台配置是否一致，注意区分不同环境。",
        );
    OTHER_APP = Row::new(ErrorCode::AppidMismatch, "the message is for another app than {appid}").hint(
        "Each app has its own token, encodingAESKey and appid: compare all three with WeChat's console.",
        "每个小程序有各自的 Token、EncodingAESKey 与 appid：请逐一核对后台配置。",
    );
}

/// The settings of one app's message push: token, EncodingAESKey, appid. The key is wiped when it is dropped.
///
/// ```
/// use weapp_opendata::MessagePush;
///
/// // Of WeChat's documentation.
/// let push = MessagePush::new("AAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "wxba5fad812f8e6fb9")?;
/// let reply = push.encrypt(r#"{"demo_resp":"good luck"}"#, 1_713_424_427, "415670741", b"707722b803182950")?;
/// assert_eq!(reply.msg_signature, "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1");
/// let message = push.decrypt(&reply.encrypt, &reply.msg_signature, "1713424427", "415670741")?;
/// assert_eq!(message.as_str(), r#"{"demo_resp":"good luck"}"#);
/// # Ok::<(), weapp_opendata::Error>(())
/// ```
pub struct MessagePush<'a> {
    token: &'a str,
    appid: &'a str,
    key: [u8; 32],
}

/// What WeChat pushed, decrypted. Wiped when dropped.
pub struct PushMessage {
    text: String,
}

/// What goes back to WeChat, under the names that it has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushReply {
    /// `Encrypt`: base64.
    pub encrypt: String,
    /// `MsgSignature`: lower-case hexadecimal.
    pub msg_signature: String,
    /// `TimeStamp`, in seconds.
    pub timestamp: UnixSeconds,
    /// `Nonce`
    pub nonce: String,
}

impl PushMessage {
    /// The message, exactly as WeChat wrote it: JSON or XML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<'a> MessagePush<'a> {
    /// Takes the settings as they stand in WeChat's console.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an empty token or appid, and for a key that is not 43 characters of base64.
    pub fn new(token: &'a str, encoding_aes_key: &str, appid: &'a str) -> Result<Self, Error> {
        for (text, field, expected) in [(token, "token", "a token"), (appid, "appid", "an appid")] {
            if text.is_empty() {
                return Err(Error::of(&EMPTY, field, expected, Actual::Nothing));
            }
        }
        let mut push = Self { token, appid, key: [0; 32] };
        if encoding_aes_key.len() != KEY_TEXT {
            return Err(Error::of(&KEY_LENGTH, "", "", Actual::count(encoding_aes_key.len())));
        }
        // WeChat draws the characters at random, so the last one may have bits that no encoder writes. With one more character they
        // are part of a 33rd byte, which is left out.
        let mut text = [b'A'; KEY_TEXT + 1];
        text[..KEY_TEXT].copy_from_slice(encoding_aes_key.as_bytes());
        let mut bytes = [0; 33];
        let decoded = STANDARD.decode(&text, Out::from_slice(&mut bytes)).is_ok();
        push.key.copy_from_slice(&bytes[..32]);
        bytes.zeroize();
        text.zeroize();
        if decoded { Ok(push) } else { Err(Error::new(&KEY_CHARACTER)) }
    }

    /// Verifies the `signature` of URL verification and of plain mode, in constant time.
    ///
    /// In secure mode it says nothing about the message, which [`decrypt`](Self::decrypt) verifies.
    #[must_use]
    pub fn verify(&self, signature: &str, timestamp: &str, nonce: &str) -> bool {
        let verified = self.signature_is(signature.as_bytes(), [timestamp, nonce, ""]);
        wipe_stack();
        verified
    }

    /// Verifies `msg_signature`, then decrypts, then checks whom the message is for.
    ///
    /// # Errors
    /// `SIGNATURE_MISMATCH` before anything is decrypted. After it, `ILLEGAL_BASE64` and `ILLEGAL_BUFFER` for a text that can be no
    /// ciphertext; `DECRYPT_FAILED` for all that can be wrong with the plaintext; `APPID_MISMATCH` for a message that is whole, but
    /// another app's.
    ///
    /// # Limits
    /// An `Encrypt` text of at most [`MAX_TEXT`] bytes.
    pub fn decrypt(
        &self,
        encrypt: &str,
        msg_signature: &str,
        timestamp: &str,
        nonce: &str,
    ) -> Result<PushMessage, Error> {
        let mut buffer = SecretBuffer::default();
        let outcome = self
            .open(
                self.signature_is(msg_signature.as_bytes(), [timestamp, nonce, encrypt]),
                encrypt.as_bytes(),
                &mut buffer,
            )
            .map(|message| PushMessage { text: String::from_utf8_lossy(&buffer.as_slice()[message]).into_owned() });
        wipe_stack();
        outcome
    }

    /// Encrypts and signs a reply.
    ///
    /// `random` has to come from a generator for cryptography; `nonce` is any text, WeChat's own are numbers.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an empty nonce, a timestamp that is not in seconds, and a message whose `Encrypt` text would be longer
    /// than [`MAX_TEXT`].
    pub fn encrypt(
        &self,
        message: &str,
        timestamp: UnixSeconds,
        nonce: &str,
        random: &[u8; 16],
    ) -> Result<PushReply, Error> {
        let mut buffer = SecretBuffer::default();
        let outcome = self.seal(message, timestamp, nonce, random, &mut buffer);
        wipe_stack();
        outcome.map(|(encrypt, msg_signature)| PushReply {
            encrypt,
            msg_signature: as_text(&msg_signature).into(),
            timestamp,
            nonce: nonce.into(),
        })
    }

    /// As [`decrypt`](Self::decrypt), once the signature has been looked at: the message's place in the buffer.
    #[inline(never)]
    pub(crate) fn open(
        &self,
        verified: bool,
        encrypt: &[u8],
        buffer: &mut SecretBuffer,
    ) -> Result<Range<usize>, Error> {
        if !verified {
            return Err(Error::new(&SIGNATURE_MISMATCH));
        }
        transport::decode(Field::Encrypt, encrypt, true, buffer)?;
        cipher::decrypt_push(&self.key, buffer.as_mut_slice());
        let (message, appid) = split(buffer.as_slice()).ok_or_else(|| Error::new(&NOT_OPENED))?;
        if bool::from(appid.ct_eq(self.appid.as_bytes())) {
            Ok(HEAD..HEAD + message.len())
        } else {
            Err(Error::new(&OTHER_APP))
        }
    }

    /// As [`encrypt`](Self::encrypt): `Encrypt` and `MsgSignature`.
    #[inline(never)]
    pub(crate) fn seal(
        &self,
        message: &str,
        timestamp: UnixSeconds,
        nonce: &str,
        random: &[u8; 16],
        buffer: &mut SecretBuffer,
    ) -> Result<(String, [u8; SHA1_HEX]), Error> {
        if nonce.is_empty() {
            return Err(Error::of(&EMPTY, "nonce", "a nonce", Actual::Nothing));
        }
        let row = match timestamp {
            ..0 => Some(&OUT_OF_RANGE),
            FIRST_MILLISECONDS.. => Some(&MILLISECONDS),
            _ => None,
        };
        if let Some(row) = row {
            return Err(Error::of(row, "timestamp", "seconds since 1970", Actual::Nothing));
        }
        let len = HEAD + message.len() + self.appid.len();
        let padded = (len / PUSH_WIDTH + 1) * PUSH_WIDTH;
        let (Ok(message_len), true) = (u32::try_from(message.len()), padded <= MAX_TEXT / 4 * 3) else {
            let expected = "what makes at most 1048576 characters of Encrypt";
            return Err(Error::of(&TOO_LONG, "message", expected, Actual::Nothing));
        };
        let room = buffer.start(padded);
        let mut rest = &mut *room;
        for part in [&random[..], &message_len.to_be_bytes(), message.as_bytes(), self.appid.as_bytes()] {
            let (place, after) = rest.split_at_mut(part.len());
            place.copy_from_slice(part);
            rest = after;
        }
        #[expect(clippy::cast_possible_truncation, reason = "1 to 32")]
        rest.fill((padded - len) as u8);
        cipher::encrypt_push(&self.key, room);
        // Nothing secret is left in the buffer from here on.
        let encrypt = STANDARD.encode_to_string(room);
        let msg_signature = self.signature([&decimal(timestamp), nonce, &encrypt]);
        Ok((encrypt, msg_signature))
    }

    #[inline(never)]
    pub(crate) fn signature_is(&self, signature: &[u8], texts: [&str; 3]) -> bool {
        self.signature(texts).ct_eq(signature).into()
    }

    /// A text that is not there is empty: it adds nothing wherever it is sorted to.
    fn signature(&self, [timestamp, nonce, encrypt]: [&str; 3]) -> [u8; SHA1_HEX] {
        let mut texts = [self.token.as_bytes(), timestamp.as_bytes(), nonce.as_bytes(), encrypt.as_bytes()];
        texts.sort_unstable();
        sha1_hex(&texts)
    }
}

/// Message and appid of a plaintext that is whole in every respect.
fn split(plaintext: &[u8]) -> Option<(&str, &[u8])> {
    let content = plaintext.get(..cipher::unpadded_len::<PUSH_WIDTH>(plaintext)?)?;
    let (_, content) = content.split_first_chunk::<RANDOM>()?;
    let (message_len, content) = content.split_first_chunk::<4>()?;
    let (message, appid) = content.split_at_checked(u32::from_be_bytes(*message_len) as usize)?;
    Some((core::str::from_utf8(message).ok()?, appid))
}

impl Drop for MessagePush<'_> {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl Drop for PushMessage {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for MessagePush<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessagePush([secret])")
    }
}

impl fmt::Debug for PushMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushMessage({} bytes)", self.text.len())
    }
}
