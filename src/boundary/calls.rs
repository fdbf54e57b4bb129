//! The operations: arguments read in their order, the core called, the outcome returned.

use alloc::vec::Vec;

use super::exchange::{Operations, Reply, javascript_name};
use super::push::Push;
use super::request::{PolicyArguments, Reader, Value, non_empty, present, unexpected};
use super::{avatar, channel, parts, phone, push, signature};
use crate::cloud::{CloudValue, read_cloud_data};
use crate::diagnosis::{Diagnosis, diagnose_in};
use crate::error::{Actual, Error, ErrorCode, argument};
use crate::secret::SecretBuffer;
use crate::session::{MAX_SESSION_KEYS, check_session_key_count};
use crate::shape::Layout;
use crate::transport::{self, Field};
use crate::watermark::{self, WatermarkPolicy};
use crate::workspace::{Texts, Workspace};

/// Marks a record that failed, in place of the length of its text.
const FAILED: u32 = u32::MAX;

/// Most records of one call.
const MAX_RECORDS: usize = 100_000;

impl Operations for Workspace {
    fn dispatch(&mut self, operation: u32, request: &[u8], reply: &mut SecretBuffer) -> Result<Reply, Error> {
        dispatch(operation, request, self, reply)
    }

    fn plaintext(&mut self) -> &[u8] {
        self.text()
    }

    fn layout(&self) -> usize {
        Self::layout(self).address()
    }

    fn wipe(&mut self) {
        Self::wipe(self);
    }
}

fn dispatch(
    operation: u32,
    request: &[u8],
    workspace: &mut Workspace,
    reply: &mut SecretBuffer,
) -> Result<Reply, Error> {
    let mut arguments = Reader::new(request);
    // What needs a session_key has no place in the mini-program, whose module is built as a `client`.
    if cfg!(not(feature = "client")) {
        match operation {
            1 => return decrypt(&mut arguments, workspace),
            2 => return decrypt_many(&mut arguments, request.len(), workspace, reply),
            3 => return diagnosis(&mut arguments, workspace, reply),
            5 => return cloud_data(&mut arguments, request),
            8 => return phone::parse_opened_fields(&mut arguments, reply),
            10 => return phone::read_response(&mut arguments, request),
            13 => return avatar::user_info(&mut arguments, reply),
            14 => return signature::verify(&mut arguments),
            15 => return signature::sign(&mut arguments, reply),
            16 => return push::run(Push::Check, &mut arguments, reply),
            17 => return push::run(Push::Verify, &mut arguments, reply),
            18 => return push::run(Push::Decrypt, &mut arguments, reply),
            19 => return push::run(Push::Encrypt, &mut arguments, reply),
            _ => {}
        }
    }
    match operation {
        4 => watermark_alone(&mut arguments),
        6 => phone::parse_text(&mut arguments, reply),
        7 => phone::parse_fields(&mut arguments, reply),
        9 => phone::mask(&mut arguments, reply),
        11 => avatar::parse(&mut arguments, reply),
        12 => avatar::resize(&mut arguments, reply),
        20 => channel::seal(&mut arguments, reply),
        21 => channel::open(&mut arguments, reply),
        _ => Err(Error::of(&argument::OUT_OF_RANGE, "operation", "a known operation", Actual::Nothing)),
    }
}

/// `payload {encryptedData, iv}`, `policy {sessionKey, strict, …watermark}`
struct DecryptArguments<'a> {
    encrypted_data: &'a [u8],
    iv: &'a [u8],
    keys: Keys<'a>,
    strict: bool,
    policy: PolicyArguments<'a>,
}

impl<'a> DecryptArguments<'a> {
    fn read(arguments: &mut Reader<'a>) -> Result<Self, Error> {
        arguments.object("payload")?;
        let encrypted_data = text_of(arguments, Field::EncryptedData, "payload.encryptedData");
        let iv = text_of(arguments, Field::Iv, "payload.iv");
        let (encrypted_data, iv) = (encrypted_data?, iv?);
        arguments.object("policy")?;
        let keys = Keys::read(arguments, "policy.sessionKey")?;
        let strict = arguments.flag("policy.strict")?;
        let policy = arguments.watermark_policy()?;
        Ok(Self { encrypted_data, iv, keys, strict, policy })
    }

    fn texts(&self) -> Texts<'_> {
        Texts { encrypted_data: self.encrypted_data, iv: self.iv, session_keys: self.keys.as_slice() }
    }
}

pub(super) fn text_of<'a>(arguments: &mut Reader<'a>, field: Field, name: &'static str) -> Result<&'a [u8], Error> {
    match arguments.value() {
        Value::Text(text) => Ok(text),
        Value::OversizeText => Err(transport::too_long(field)),
        other => Err(unexpected(other, name, "a string")),
    }
}

/// One session key or a list of them.
pub(super) struct Keys<'a> {
    texts: [&'a [u8]; MAX_SESSION_KEYS],
    count: usize,
}

impl<'a> Keys<'a> {
    pub(super) fn read(arguments: &mut Reader<'a>, name: &'static str) -> Result<Self, Error> {
        let mut keys = Self { texts: [&[]; MAX_SESSION_KEYS], count: 1 };
        match arguments.value_or_list() {
            Value::Text(text) => keys.texts[0] = text,
            Value::OversizeText => return Err(transport::too_long(Field::SessionKey)),
            Value::List(count) => {
                keys.count = count as usize;
                if let Err(error) = check_session_key_count(keys.count, name) {
                    arguments.skip(count);
                    return Err(error);
                }
                // All are read before one is judged, so that the reader stands behind them either way.
                let mut outcome = Ok(());
                for slot in &mut keys.texts[..keys.count] {
                    match text_of(arguments, Field::SessionKey, name) {
                        Ok(text) => *slot = text,
                        Err(error) => outcome = outcome.and(Err(error)),
                    }
                }
                outcome?;
            }
            other => return Err(unexpected(other, name, "a session_key or a list of them")),
        }
        Ok(keys)
    }

    pub(super) fn as_slice(&self) -> &[&'a [u8]] {
        &self.texts[..self.count]
    }
}

/// The arguments as they nearly always are, by their places: three texts and one appid, and beside these only the time.
///
/// Taken one by one, with a place for all that they might be instead, they cost a tenth of the call.
#[inline(always)]
fn open_usual(arguments: &mut Reader<'_>, workspace: &mut Workspace) -> Option<Result<(), Error>> {
    #[rustfmt::skip]
    let [
        8, 5, d0, d1, d2, d3, 5, i0, i1, i2, i3,
        8, 5, k0, k1, k2, k3, 0, 5, a0, a1, a2, a3, 0, 0, 4, t0, t1, t2, t3, t4, t5, t6, t7, 0,
    ] = *arguments.structure_ahead::<35>()? else { return None };
    let now = present(f64::from_le_bytes([t0, t1, t2, t3, t4, t5, t6, t7]))?;
    let lengths = [[d0, d1, d2, d3], [i0, i1, i2, i3], [k0, k1, k2, k3], [a0, a1, a2, a3]];
    let [encrypted_data, iv, key, appid] = arguments.texts_ahead(lengths.map(u32::from_le_bytes))?;
    let appids = [non_empty(appid)?];
    let texts = Texts { encrypted_data, iv, session_keys: &[key] };
    Some(workspace.open(&texts, false, &WatermarkPolicy::new(&appids, now)).map(drop))
}

fn decrypt(arguments: &mut Reader<'_>, workspace: &mut Workspace) -> Result<Reply, Error> {
    if let Some(outcome) = open_usual(arguments, workspace) {
        return outcome.map(|()| Reply::Plaintext);
    }
    let arguments = DecryptArguments::read(arguments)?;
    workspace.open(&arguments.texts(), arguments.strict, &arguments.policy.as_policy())?;
    Ok(Reply::Plaintext)
}

/// Parts: code, reason, repairs with commas between, then the notes. The number: whether it opened, and 1 + which key did.
fn diagnosis(arguments: &mut Reader<'_>, workspace: &mut Workspace, reply: &mut SecretBuffer) -> Result<Reply, Error> {
    let diagnosis = match DecryptArguments::read(arguments) {
        Ok(arguments) => diagnose_in(
            workspace,
            &arguments.texts(),
            arguments.strict,
            &arguments.policy.as_policy(),
            &javascript_name,
        ),
        Err(error) if error.code() == ErrorCode::InvalidArgument => return Err(error),
        // A text too long to be copied.
        Err(error) => Diagnosis::of(&error, &javascript_name),
    };
    let repairs = diagnosis.repairs.join(",");
    let mut texts = alloc::vec![diagnosis.code, diagnosis.reason, Some(repairs.as_str())];
    texts.extend(diagnosis.notes.iter().map(|note| Some(note.as_str())));
    parts::write(&texts, reply.start(parts::size(&texts)));
    let key = diagnosis.session_key_index.map_or(0, |index| index + 1);
    Ok(Reply::Written(u32::from(diagnosis.ok) | key << 8))
}

/// `policy {strict, …watermark}`, then a list of `record {encryptedData, iv, sessionKey}`
fn decrypt_many(
    arguments: &mut Reader<'_>,
    request_len: usize,
    workspace: &mut Workspace,
    reply: &mut SecretBuffer,
) -> Result<Reply, Error> {
    arguments.object("policy")?;
    let strict = arguments.flag("policy.strict")?;
    let policy = arguments.watermark_policy()?;
    let policy = policy.as_policy();
    let count = arguments.list("records")? as usize;
    // Each record takes a byte at least, so a count beyond the request's length is none of the glue's.
    if count > MAX_RECORDS || count > request_len {
        return Err(Error::of(&argument::TOO_MANY, "records", "100000 records", Actual::Nothing));
    }
    // Text never grows on its way, so this is room enough, and the buffer need not move while it holds plaintext.
    let room = reply.start(request_len + (4 + Layout::MAX_BYTES) * count);
    let mut end = 0;
    let mut errors = Vec::new();
    for _ in 0..count {
        let outcome = match usual_record(arguments) {
            Some([encrypted_data, iv, key]) => {
                workspace.open(&Texts { encrypted_data, iv, session_keys: &[key] }, strict, &policy)
            }
            None => read_record(arguments).and_then(|(encrypted_data, iv, keys)| {
                let texts = Texts { encrypted_data, iv, session_keys: keys.as_slice() };
                workspace.open(&texts, strict, &policy)
            }),
        };
        match outcome {
            Ok(opened) => {
                #[expect(clippy::cast_possible_truncation, reason = "a text is at most MAX_TEXT bytes long")]
                let length = opened.text.len() as u32;
                room[end..end + 4].copy_from_slice(&length.to_le_bytes());
                end += 4;
                end += opened.layout.write(&mut room[end..]);
                room[end..end + opened.text.len()].copy_from_slice(opened.text);
                end += opened.text.len();
            }
            Err(error) => {
                room[end..end + 4].copy_from_slice(&FAILED.to_le_bytes());
                end += 4;
                errors.push(error);
            }
        }
    }
    reply.truncate(end);
    Ok(Reply::Batch(errors))
}

/// A record of three texts, by their places.
#[inline(always)]
fn usual_record<'a>(arguments: &mut Reader<'a>) -> Option<[&'a [u8]; 3]> {
    let [8, 5, d0, d1, d2, d3, 5, i0, i1, i2, i3, 5, k0, k1, k2, k3] = *arguments.structure_ahead()? else {
        return None;
    };
    let lengths = [[d0, d1, d2, d3], [i0, i1, i2, i3], [k0, k1, k2, k3]];
    let texts = arguments.texts_ahead(lengths.map(u32::from_le_bytes))?;
    arguments.pass(16, &texts);
    Some(texts)
}

/// A record is read to its end whatever is wrong with it, so that the next one can be.
fn read_record<'a>(arguments: &mut Reader<'a>) -> Result<(&'a [u8], &'a [u8], Keys<'a>), Error> {
    arguments.object("record")?;
    let encrypted_data = text_of(arguments, Field::EncryptedData, "record.encryptedData");
    let iv = text_of(arguments, Field::Iv, "record.iv");
    let keys = Keys::read(arguments, "record.sessionKey");
    Ok((encrypted_data?, iv?, keys?))
}

/// `data {appid, timestamp}`, with marks in their place where there is no watermark or it is no object; `policy {…watermark}`
fn watermark_alone(arguments: &mut Reader<'_>) -> Result<Reply, Error> {
    arguments.object("data")?;
    let found = match arguments.value() {
        Value::Undefined => watermark::Stamp::Absent,
        Value::Object => {
            let (appid, timestamp) = (arguments.value(), arguments.value());
            match (appid, timestamp) {
                (Value::Text(appid), Value::Number(timestamp)) => {
                    watermark::Stamp::of_fields(core::str::from_utf8(appid).unwrap_or_default(), timestamp)
                }
                _ => watermark::Stamp::WrongShape,
            }
        }
        Value::Unreadable => return Err(unexpected(Value::Unreadable, "data.watermark", "an object")),
        _ => watermark::Stamp::WrongShape,
    };
    arguments.object("policy")?;
    arguments.watermark_policy()?.as_policy().check(&found)?;
    Ok(Reply::Done)
}

/// `value`: text for a CloudID that was not replaced, or `{errCode, errMsg, json}`; then `policy {…watermark}`.
fn cloud_data(arguments: &mut Reader<'_>, request: &[u8]) -> Result<Reply, Error> {
    let value = match arguments.value() {
        Value::Text(_) | Value::OversizeText => CloudValue::Unresolved,
        Value::Object => {
            let errcode = arguments.value();
            let errmsg = arguments.value();
            cloud_value(errcode, errmsg, arguments.value())?
        }
        other => return Err(unexpected(other, "value", "what stands in place of a CloudID")),
    };
    arguments.object("policy")?;
    let policy = arguments.watermark_policy()?;
    let text = read_cloud_data(value, &policy.as_policy())?;
    Ok(Reply::PartOfRequest(position(text, request)))
}

/// Where a part of the request lies in it.
pub(super) fn position(part: &str, request: &[u8]) -> core::ops::Range<usize> {
    let start = part.as_ptr().addr().wrapping_sub(request.as_ptr().addr());
    start..start.wrapping_add(part.len())
}

/// WeChat's number and words, if it answered with a failure.
pub(super) fn refusal<'a>(
    errcode: Value<'a>,
    errmsg: Value<'a>,
    name: &'static str,
) -> Result<Option<(i64, &'a str)>, Error> {
    match errcode {
        Value::Undefined | Value::Null => Ok(None),
        Value::Number(0.0) => Ok(None),
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        Value::Number(errcode) if errcode.is_finite() => {
            let errmsg = if let Value::Text(errmsg) = errmsg { errmsg } else { &[] };
            Ok(Some((errcode as i64, core::str::from_utf8(errmsg).unwrap_or_default())))
        }
        other => Err(unexpected(other, name, "a number")),
    }
}

fn cloud_value<'a>(errcode: Value<'a>, errmsg: Value<'a>, data: Value<'a>) -> Result<CloudValue<'a>, Error> {
    if let Some((errcode, errmsg)) = refusal(errcode, errmsg, "value.errCode")? {
        return Ok(CloudValue::Failed(errcode, errmsg));
    }
    match data {
        Value::Undefined | Value::Null => Ok(CloudValue::Unresolved),
        data => json_of(data, "value.data").map(CloudValue::Data),
    }
}

/// The text that the glue made of an object, or that stood in its place as JSON.
pub(super) fn json_of<'a>(value: Value<'a>, name: &'static str) -> Result<&'a str, Error> {
    const EXPECTED: &str = "an object of at most 1048576 characters of JSON";
    match value {
        Value::Text(json) => core::str::from_utf8(json).map_err(|_| unexpected(value, name, EXPECTED)),
        Value::OversizeText => Err(Error::of(&argument::OUT_OF_RANGE, name, EXPECTED, Actual::Nothing)),
        other => Err(unexpected(other, name, EXPECTED)),
    }
}
