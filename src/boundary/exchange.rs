//! The buffers that a request is written to and a reply is read from.

use alloc::vec::Vec;

use serde::Serialize;

use super::calls;
use crate::diagnosis::Diagnosis;
use crate::error::{Error, ErrorRecord};
use crate::open_data::Workspace;
use crate::secret::SecretBuffer;

/// What a call says besides text: errors and diagnoses, as objects.
#[derive(Default, Serialize)]
#[serde(untagged)]
pub(crate) enum Detail {
    #[default]
    None,
    Error(ErrorRecord),
    Errors(Vec<ErrorRecord>),
    Diagnosis(Diagnosis),
}

/// How a call ended.
pub(super) enum Reply {
    /// The text lies in the workspace's plaintext buffer.
    Plaintext,
    /// Nothing to say.
    Done,
    /// A part of the request, by position, is the text.
    PartOfRequest(usize, usize),
    /// The reply buffer holds a sequence of texts, the detail their errors.
    Batch(Vec<ErrorRecord>),
    Diagnosis(Diagnosis),
}

/// Where the reply is: read by the glue straight from memory.
#[repr(C)]
#[derive(Default)]
pub(crate) struct Frame {
    /// 0 success, 1 failure with an error as detail.
    status: u32,
    /// Address and length of the text.
    text: u32,
    len: u32,
}

/// One side of the conversation; there is one per module instance.
#[derive(Default)]
pub(crate) struct Exchange {
    request: SecretBuffer,
    reply: SecretBuffer,
    workspace: Workspace,
    detail: Detail,
    frame: Frame,
}

impl Exchange {
    /// Makes room for a request of `capacity` bytes and returns its address.
    pub(crate) fn reserve(&mut self, capacity: usize) -> *mut u8 {
        self.request.reserve(capacity).as_mut_ptr()
    }

    /// Carries out a request of `len` bytes.
    pub(crate) fn call(&mut self, operation: u32, len: usize) -> *const Frame {
        self.request.set_used(len);
        let outcome = calls::dispatch(operation, self.request.as_slice(), &mut self.workspace, &mut self.reply);
        let text = match outcome {
            Ok(Reply::Plaintext) => self.success(Detail::None, Source::Workspace),
            Ok(Reply::Done) => self.success(Detail::None, Source::None),
            Ok(Reply::PartOfRequest(start, len)) => self.success(Detail::None, Source::Request(start, len)),
            Ok(Reply::Batch(errors)) => self.success(Detail::Errors(errors), Source::Reply),
            Ok(Reply::Diagnosis(diagnosis)) => self.success(Detail::Diagnosis(diagnosis), Source::None),
            Err(error) => self.failure(&error),
        };
        let (address, len) = text;
        self.frame.text = address;
        self.frame.len = len;
        &raw const self.frame
    }

    fn success(&mut self, detail: Detail, source: Source) -> (u32, u32) {
        self.frame.status = 0;
        self.detail = detail;
        let text: &[u8] = match source {
            Source::None => &[],
            Source::Workspace => self.workspace.plaintext().as_slice(),
            Source::Reply => self.reply.as_slice(),
            Source::Request(start, len) => self.request.as_slice().get(start..start + len).unwrap_or_default(),
        };
        #[expect(clippy::cast_possible_truncation, reason = "addresses and lengths have 32 bits where this is used")]
        (text.as_ptr().addr() as u32, text.len() as u32)
    }

    fn failure(&mut self, error: &Error) -> (u32, u32) {
        self.frame.status = 1;
        self.detail = Detail::Error(error.to_record());
        (0, 0)
    }

    /// The detail of the last call, once.
    pub(crate) fn take_detail(&mut self) -> Detail {
        core::mem::take(&mut self.detail)
    }

    /// Wipes request, reply and everything between: to be called when the reply has been read.
    pub(crate) fn wipe(&mut self) {
        self.request.wipe();
        self.reply.wipe();
        self.workspace.wipe();
    }
}

enum Source {
    None,
    Workspace,
    Reply,
    Request(usize, usize),
}
