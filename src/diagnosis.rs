//! Says in words why a payload does not open.
//!
//! For a developer's eyes. The probes here tell apart what `decrypt` on purpose does not: never hand their outcome to a client.
//! They hold no key and no plaintext.

use alloc::string::String;
use alloc::vec::Vec;

use crate::cipher::{self, BLOCK};
use crate::error::{Error, ErrorCode, bilingual, decimal};
use crate::open_data::{DecryptPolicy, Payload};
use crate::secret::{SecretBuffer, wipe_stack};
use crate::session::{Iv, SessionKey};
use crate::transport::{self, Field, Repair, Repairs};
use crate::watermark::{self, WatermarkPolicy};
use crate::workspace::{Decoded, KeyTexts, Texts, Workspace};

/// Why a payload does not open, or that it does.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Diagnosis {
    /// True if `decrypt` gives the object.
    pub ok: bool,
    /// The code that `decrypt` fails with for the same arguments.
    pub code: Option<&'static str>,
    /// The reason that goes with the code.
    pub reason: Option<&'static str>,
    /// Which of the session keys opened it, from 0. Present as well where a later check failed.
    pub session_key_index: Option<u32>,
    /// The repairs that the texts needed.
    pub repairs: Vec<&'static str>,
    /// Lines to print, the most telling first.
    pub notes: Vec<String>,
}

impl Diagnosis {
    /// What an error by itself says.
    pub(crate) fn of(error: &Error, rename: Rename<'_>) -> Self {
        Self {
            code: Some(error.code().as_str()),
            reason: error.reason(),
            notes: alloc::vec![error_line(error, rename)],
            ..Self::default()
        }
    }
}

/// What the probes found out about a payload that no key opens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Finding {
    KeyAndIvSwapped,
    IvOfOtherData,
    CutShort,
    Nothing,
}

impl Finding {
    /// English and Chinese.
    const fn note(self) -> (&'static str, &'static str) {
        match self {
            Self::KeyAndIvSwapped => (
                "session_key and iv are swapped: the data opens when each is used as the other.",
                "session_key 与 iv 传反了：互换之后可以解开。",
            ),
            Self::IvOfOtherData => (
                "The session_key is right, but the iv belongs to other data, or the beginning of encryptedData is missing: take both from the same answer of WeChat.",
                "session_key 正确，但 iv 属于另一份数据，或 encryptedData 缺少开头：两者必须取自微信的同一次返回。",
            ),
            Self::CutShort => (
                "The session_key is right, but encryptedData is cut short: its end is missing. Look for a length limit in a database column, a log or a proxy.",
                "session_key 正确，但 encryptedData 被截断、缺少结尾：请检查数据库字段、日志或代理的长度限制。",
            ),
            Self::Nothing => (
                "No session_key given has anything to do with this data. Most likely it is stale: wx.login ran again after encryptedData was fetched. It may also be another user's key.",
                "给出的 session_key 均与数据无关：最可能是取得 encryptedData 之后又调用了 wx.login，session_key 已过期；也可能是其他用户的 key。",
            ),
        }
    }
}

/// Diagnoses a payload: why it does not open, and what was tried.
///
/// For a developer's eyes, never for a client's.
///
/// # Errors
/// `INVALID_ARGUMENT` for no or too many session keys. Everything else is an outcome.
pub fn diagnose(payload: Payload<'_>, policy: &DecryptPolicy<'_>) -> Result<Diagnosis, Error> {
    let keys = KeyTexts::new(policy.session_keys)?;
    let diagnosis = diagnose_unwiped(&keys.with(payload.encrypted_data, payload.iv), policy);
    wipe_stack();
    Ok(diagnosis)
}

/// A frame of its own, so that wiping the stack afterwards reaches all of it.
#[inline(never)]
fn diagnose_unwiped(texts: &Texts<'_>, policy: &DecryptPolicy<'_>) -> Diagnosis {
    diagnose_in(&mut Workspace::default(), texts, policy.strict, &policy.watermark, &|name| name)
}

/// What fields are called for whoever reads the notes.
pub(crate) type Rename<'a> = &'a dyn Fn(&'static str) -> &'static str;

fn error_line(error: &Error, rename: Rename<'_>) -> String {
    let message = error.message_as(rename);
    match error.hint() {
        Some(hint) => [&message, ". ", &bilingual(hint)].concat(),
        None => message,
    }
}

/// Diagnoses one payload. `workspace` is left wiped; copies of secrets remain on the stack, which the caller wipes.
pub(crate) fn diagnose_in(
    workspace: &mut Workspace,
    texts: &Texts<'_>,
    strict: bool,
    policy: &WatermarkPolicy<'_>,
    rename: Rename<'_>,
) -> Diagnosis {
    let count = texts.session_keys.len();
    let outcome = workspace.open(texts, strict, policy).map(drop);
    let opened_by = workspace.opened_by();
    let mut diagnosis = match outcome {
        Ok(()) => Diagnosis { ok: true, ..Diagnosis::default() },
        Err(error) if error.code() == ErrorCode::DecryptFailed => {
            let note = bilingual(probe(workspace, texts, strict).note());
            Diagnosis { notes: alloc::vec![note], ..Diagnosis::of(&error, rename) }
        }
        Err(error) => Diagnosis::of(&error, rename),
    };
    match opened_by {
        Some(index) => note_key(&mut diagnosis, index, count),
        None => note_misplaced(&mut diagnosis, texts, rename),
    }
    note_repairs(&mut diagnosis, workspace, texts, rename);
    workspace.wipe();
    diagnosis
}

fn note_key(diagnosis: &mut Diagnosis, index: usize, count: usize) {
    diagnosis.session_key_index = u32::try_from(index).ok();
    if count == 1 {
        let note = ("The session_key opens the data.", "session_key 可以解开数据。");
        diagnosis.notes.push(bilingual(note));
        return;
    }
    // Of at most eight keys.
    let [this, all] = [index + 1, count].map(|number| decimal(i64::try_from(number).unwrap_or(i64::MAX)));
    let english = ["Session key ", &this, " of ", &all, " opens the data."].concat();
    let chinese = ["第 ", &this, " 个 session_key（共 ", &all, " 个）可以解开数据。"].concat();
    diagnosis.notes.push(bilingual((&english, &chinese)));
    if index > 0 {
        let note = (
            "It is not the first: the data was fetched before the latest wx.login.",
            "它不是第一个：数据是在最近一次 wx.login 之前取得的。",
        );
        diagnosis.notes.push(bilingual(note));
    }
}

/// Texts that stand in each other's place betray themselves by their length.
fn note_misplaced(diagnosis: &mut Diagnosis, texts: &Texts<'_>, rename: Rename<'_>) {
    let mut work = SecretBuffer::default();
    let mut is_data = |text: &[u8]| {
        transport::decode(Field::EncryptedData, text, false, &mut work).is_ok() && work.as_slice().len() > BLOCK
    };
    let [encrypted_data, iv, session_key] = ["encrypted_data", "iv", "session_key"].map(rename);
    if is_data(texts.iv) {
        let english = ["What was given as ", iv, " has the length of ", encrypted_data, ": the two may be swapped."];
        let chinese = ["作为 ", iv, " 传入的文本长度像 ", encrypted_data, "：两者可能传反了。"];
        diagnosis.notes.push(bilingual((&english.concat(), &chinese.concat())));
    }
    if texts.session_keys.iter().any(|key| is_data(key)) {
        let english =
            ["What was given as ", session_key, " has the length of ", encrypted_data, " or of another app secret."];
        let chinese = ["作为 ", session_key, " 传入的文本长度像 ", encrypted_data, " 或其他密钥。"];
        diagnosis.notes.push(bilingual((&english.concat(), &chinese.concat())));
    }
}

/// Each text by itself, so that the repairs of one are reported although another is beyond repair.
fn note_repairs(diagnosis: &mut Diagnosis, workspace: &mut Workspace, texts: &Texts<'_>, rename: Rename<'_>) {
    let mut all = Repairs::default();
    let keys = texts.session_keys.iter().map(|key| (Field::SessionKey, *key));
    let others = [(Field::Iv, texts.iv), (Field::EncryptedData, texts.encrypted_data)];
    for (field, text) in keys.chain(others) {
        let Ok(repairs) = transport::decode(field, text, false, workspace.room()) else { continue };
        for repair in repairs.iter() {
            let note = error_line(&transport::fault(field, repair.row()), rename);
            if !diagnosis.notes.contains(&note) {
                diagnosis.notes.push(note);
            }
        }
        all = all.union(repairs);
    }
    diagnosis.repairs = all.iter().map(Repair::as_str).collect();
}

/// Tries the explanations that can be proved.
fn probe(workspace: &mut Workspace, texts: &Texts<'_>, strict: bool) -> Finding {
    let Ok(Decoded { keys, iv, ciphertext }) = workspace.decoded(texts, strict) else { return Finding::Nothing };
    let mut plaintext = SecretBuffer::default();
    for key in keys.iter().flatten() {
        let swapped_key = SessionKey::of_bytes(*iv.bytes());
        let swapped_iv = Iv::of_bytes(*key.secret_bytes());
        cipher::decrypt(&swapped_key, &swapped_iv, ciphertext, plaintext.start(ciphertext.len()));
        if is_object(plaintext.as_slice()) {
            return Finding::KeyAndIvSwapped;
        }
        cipher::decrypt(key, iv, ciphertext, plaintext.start(ciphertext.len()));
        if ends_like_an_object(plaintext.as_slice()) {
            return Finding::IvOfOtherData;
        }
        if begins_like_an_object(plaintext.as_slice()) {
            return Finding::CutShort;
        }
    }
    Finding::Nothing
}

fn is_object(plaintext: &[u8]) -> bool {
    cipher::unpadded_len::<{ cipher::BLOCK }>(plaintext)
        .and_then(|len| core::str::from_utf8(&plaintext[..len]).ok())
        .is_some_and(|text| watermark::read(text).is_ok())
}

/// A wrong iv spoils the first block only.
fn ends_like_an_object(plaintext: &[u8]) -> bool {
    let Some(len) = cipher::unpadded_len::<{ cipher::BLOCK }>(plaintext) else { return false };
    let rest = plaintext.get(BLOCK..len).unwrap_or_default();
    // The first block may have ended within a character, of which at most three bytes are left.
    (0..=3)
        .any(|start| core::str::from_utf8(rest.get(start..).unwrap_or_default()).is_ok_and(|text| text.ends_with('}')))
}

/// Right from the start, but the end with its padding is missing.
fn begins_like_an_object(plaintext: &[u8]) -> bool {
    let text = match core::str::from_utf8(plaintext) {
        Ok(text) => text,
        // Cut within a character.
        Err(error) if error.error_len().is_none() => {
            core::str::from_utf8(&plaintext[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    text.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('"'))
}
