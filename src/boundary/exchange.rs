//! The buffers that a request is written to and a reply is read from.

use alloc::vec::Vec;

use serde::Serialize;

use super::calls;
use crate::diagnosis::Diagnosis;
use crate::error::ErrorRecord;
use crate::open_data::Workspace;
use crate::secret::SecretBuffer;

/// What a call says besides text: errors and diagnoses, as JSON.
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
    PartOfRequest(core::ops::Range<usize>),
    /// The reply buffer holds a sequence of texts, the detail their errors.
    Batch(Vec<ErrorRecord>),
    /// The reply buffer holds the text; the number says more about it, in a way that each operation fixes.
    Written(u32),
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
    /// What else the operation says in a number.
    facts: u32,
}

impl Frame {
    #[expect(clippy::cast_possible_truncation, reason = "addresses and lengths have 32 bits where this is used")]
    fn point_to(&mut self, text: &[u8]) {
        self.text = text.as_ptr().addr() as u32;
        self.len = text.len() as u32;
    }
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
        let mut facts = 0;
        let (detail, text) = match outcome {
            Ok(Reply::Plaintext) => (Detail::None, self.workspace.plaintext().as_slice()),
            Ok(Reply::Done) => (Detail::None, &[][..]),
            Ok(Reply::PartOfRequest(part)) => (Detail::None, self.request.as_slice().get(part).unwrap_or_default()),
            Ok(Reply::Batch(errors)) => (Detail::Errors(errors), self.reply.as_slice()),
            Ok(Reply::Written(number)) => {
                facts = number;
                (Detail::None, self.reply.as_slice())
            }
            Ok(Reply::Diagnosis(diagnosis)) => (Detail::Diagnosis(diagnosis), &[][..]),
            Err(error) => (Detail::Error(error.to_record()), &[][..]),
        };
        self.frame = Frame { status: u32::from(matches!(detail, Detail::Error(_))), facts, ..Frame::default() };
        self.frame.point_to(text);
        self.detail = detail;
        &raw const self.frame
    }

    /// Writes the detail of the last call as JSON text into the reply.
    pub(crate) fn detail(&mut self) -> *const Frame {
        let json = serde_json::to_vec(&core::mem::take(&mut self.detail)).unwrap_or_default();
        self.reply.start(json.len()).copy_from_slice(&json);
        self.frame.point_to(self.reply.as_slice());
        &raw const self.frame
    }

    /// Wipes request, reply and everything between: to be called when the reply has been read.
    pub(crate) fn wipe(&mut self) {
        self.request.wipe();
        self.reply.wipe();
        self.workspace.wipe();
    }
}

#[cfg(test)]
impl Exchange {
    /// Writes a request as the glue would.
    pub(crate) fn fill(&mut self, request: &[u8]) {
        self.request.reserve(request.len())[..request.len()].copy_from_slice(request);
    }

    /// Nothing but zeros in any buffer.
    pub(crate) fn is_clean(&self) -> bool {
        self.request.is_clean() && self.reply.is_clean() && self.workspace.is_clean()
    }
}
