//! The operations that open encryptedData.

use alloc::vec::Vec;

use super::arguments::{PolicyArguments, PolicyNumbers, Request, SessionKeys, Text};
use super::exchange::Reply;
use super::names::in_javascript;
use super::opened::{Field, fields};
use super::protocol::{ABSENT, AvatarFlag, MAX_RECORDS};
use super::{avatar, parts, phone};
use crate::diagnosis::{self, Diagnosis};
use crate::error::Error;
use crate::phone::{PhoneError, PhoneNumber};
use crate::secret::SecretBuffer;
use crate::session::MAX_SESSION_KEYS;
use crate::templates::Offsets;
use crate::transport::{self, Field as PayloadField};
use crate::watermark::WatermarkPolicy;
use crate::workspace::{Opened, Texts, Workspace};

/// A text of a payload, whose field decides what it is to be too long.
#[inline(always)]
pub(super) fn copied(text: Text<'_>, field: PayloadField) -> Result<&[u8], Error> {
    if text == Text::Oversize { Err(transport::too_long(field)) } else { Ok(text.bytes()) }
}

/// The texts of a payload, of which none is too long.
#[inline(always)]
fn texts<'a>(encrypted_data: Text<'a>, iv: Text<'a>, keys: &'a SessionKeys<'a>) -> Result<Texts<'a>, Error> {
    Ok(Texts {
        encrypted_data: copied(encrypted_data, PayloadField::EncryptedData)?,
        iv: copied(iv, PayloadField::Iv)?,
        session_keys: keys.copied(|| transport::too_long(PayloadField::SessionKey))?,
    })
}

/// Reads the arguments of an operation on one payload.
#[inline(always)]
fn read<'a>(request: &mut Request<'a>, keys: &mut SessionKeys<'a>) -> (PolicyArguments<'a>, [Text<'a>; 2]) {
    let policy = PolicyNumbers::read(request);
    let count = request.count(MAX_SESSION_KEYS);
    let payload = [request.text(), request.text()];
    keys.read(request, count);
    (policy.with_appids(request), payload)
}

#[inline(never)]
fn open<'w>(request: &mut Request<'_>, workspace: &'w mut Workspace) -> Result<Opened<'w>, Error> {
    let mut keys = SessionKeys::new();
    let (policy, [encrypted_data, iv]) = read(request, &mut keys);
    workspace.open(&texts(encrypted_data, iv, &keys)?, policy.strict(), &policy.as_policy())
}

#[inline(never)]
pub(super) fn decrypt(request: &mut Request<'_>, workspace: &mut Workspace) -> Result<Reply, Error> {
    open(request, workspace).map(|_| Reply::Plaintext(0))
}

#[inline(never)]
pub(super) fn decrypt_phone_number(
    request: &mut Request<'_>,
    workspace: &mut Workspace,
    reply: &mut SecretBuffer,
) -> Result<Reply, Error> {
    let opened = open(request, workspace)?;
    // WeChat's older documentation shows the country code as a number.
    let number = match fields(&opened, ["countryCode", "purePhoneNumber"]) {
        [Some(code), Some(Field { text, is_text: true })] => PhoneNumber::from_wechat(&code.text, &text),
        _ => Err(PhoneError::NotANumber),
    };
    phone::write(number, reply).map(Reply::Plaintext)
}

#[inline(never)]
pub(super) fn decrypt_user_info(
    request: &mut Request<'_>,
    workspace: &mut Workspace,
    reply: &mut SecretBuffer,
) -> Result<Reply, Error> {
    let opened = open(request, workspace)?;
    let [Some(Field { text: nick_name, is_text: true }), Some(Field { text: avatar_url, is_text: true })] =
        fields(&opened, ["nickName", "avatarUrl"])
    else {
        return Ok(Reply::Plaintext(AvatarFlag::ProfileMissing as u32));
    };
    avatar::of_profile(&nick_name, &avatar_url, reply).map(Reply::Plaintext)
}

#[inline(never)]
pub(super) fn decrypt_many(
    request: &mut Request<'_>,
    workspace: &mut Workspace,
    reply: &mut SecretBuffer,
) -> Result<Reply, Error> {
    let policy = PolicyNumbers::read(request);
    // The number of a record's keys takes eight bytes of the head.
    let count = request.count(MAX_RECORDS).min(request.head_len() / 8);
    let key_counts: Vec<usize> = (0..count).map(|_| request.count(MAX_SESSION_KEYS)).collect();
    let policy = policy.with_appids(request);
    let (strict, policy) = (policy.strict(), policy.as_policy());
    // Text never grows on its way, so this is room enough, and the buffer need not move while it holds plaintext.
    let room = reply.start(request.texts_len() + (4 + Offsets::MAX_BYTES) * count);
    let mut end = 0;
    let mut errors = Vec::new();
    let mut keys = SessionKeys::new();
    for key_count in key_counts {
        match open_record(request, key_count, &mut keys, strict, &policy, workspace) {
            Ok(opened) => {
                #[expect(clippy::cast_possible_truncation, reason = "a text is at most MAX_TEXT bytes long")]
                let length = opened.text.len() as u32;
                room[end..end + 4].copy_from_slice(&length.to_le_bytes());
                end += 4;
                end += opened.offsets.write(&mut room[end..]);
                room[end..end + opened.text.len()].copy_from_slice(opened.text);
                end += opened.text.len();
            }
            Err(error) => {
                room[end..end + 4].copy_from_slice(&ABSENT.to_le_bytes());
                end += 4;
                errors.push(error);
            }
        }
    }
    reply.truncate(end);
    Ok(Reply::Batch(errors))
}

fn open_record<'a, 'w>(
    request: &mut Request<'a>,
    key_count: usize,
    keys: &mut SessionKeys<'a>,
    strict: bool,
    policy: &WatermarkPolicy<'_>,
    workspace: &'w mut Workspace,
) -> Result<Opened<'w>, Error> {
    let (encrypted_data, iv) = (request.text(), request.text());
    keys.read(request, key_count);
    workspace.open(&texts(encrypted_data, iv, keys)?, strict, policy)
}

#[inline(never)]
pub(super) fn diagnose(
    request: &mut Request<'_>,
    workspace: &mut Workspace,
    reply: &mut SecretBuffer,
) -> Result<Reply, Error> {
    let mut keys = SessionKeys::new();
    let (policy, [encrypted_data, iv]) = read(request, &mut keys);
    let names = &in_javascript;
    let diagnosis = match texts(encrypted_data, iv, &keys) {
        Ok(texts) => diagnosis::diagnose_in(workspace, &texts, policy.strict(), &policy.as_policy(), names),
        // A text that is too long to be copied.
        Err(error) => Diagnosis::of(&error, names),
    };
    let repairs = diagnosis.repairs.join(",");
    let mut texts = alloc::vec![diagnosis.code, diagnosis.reason, Some(repairs.as_str())];
    texts.extend(diagnosis.notes.iter().map(|note| Some(note.as_str())));
    parts::write_to(reply, &texts);
    let key = diagnosis.session_key_index.map_or(0, |index| index + 1);
    Ok(Reply::Detail(u32::from(diagnosis.ok) | key << 8))
}
