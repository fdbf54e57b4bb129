//! The buffers that a request is written to and a reply is read from.

use alloc::vec::Vec;

use super::parts;
use crate::error::{Error, bilingual, decimal};
use crate::secret::SecretBuffer;

/// What a module can do, over memory of its own that is wiped with the rest.
pub trait Operations: Default {
    /// Reads the request of one operation and carries it out. What it answers goes to `reply`.
    ///
    /// # Errors
    ///
    /// Whatever the operation fails with.
    fn dispatch(&mut self, operation: u32, request: &[u8], reply: &mut SecretBuffer) -> Result<Reply, Error>;

    /// The plaintext that the last operation left.
    fn plaintext(&self) -> &[u8];

    /// The address of the plaintext's offsets, or 0 where no template matched.
    fn offsets(&self) -> usize {
        0
    }

    /// What JavaScript calls a field that an error names.
    fn field_in_javascript(field: &'static str) -> &'static str;

    /// Wipes what the last operation left.
    fn wipe(&mut self);
}

/// What is there beside the reply buffer when an operation has succeeded. [`Operation`](super::protocol::Operation) says what the
/// number means.
#[derive(Debug)]
pub enum Reply {
    /// Nothing but the number.
    Detail(u32),
    /// The plaintext of the [`Operations`].
    Plaintext(u32),
    /// The errors of the records that failed.
    Batch(Vec<Error>),
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $word:ident,)+ }) => {
        $(#[$doc])*
        #[repr(C)]
        #[derive(Debug, Default)]
        pub struct $name {
            $($(#[$about])* $word: usize,)+
        }

        impl $name {
            /// The names of the words, in their order.
            pub const WORDS: &[&str] = &[$(stringify!($word)),+];
        }
    };
}

words! {
    /// How a call ended. JavaScript reads it from memory.
    ///
    /// Words of 32 bits in WebAssembly, as its addresses are. Elsewhere the addresses are whole as well, so that the fuzzer can
    /// follow them.
    Frame {
        /// 0 success; 1 failure, and the reply is the parts of an error.
        status,
        reply,
        reply_len,
        /// What else the operation says.
        detail,
        plaintext,
        plaintext_len,
        /// Address of the plaintext's offsets, or 0.
        offsets,
    }
}

fn address(bytes: &[u8]) -> usize {
    bytes.as_ptr().expose_provenance()
}

/// Code, message, errcode, reason, hint, errmsg.
fn append_error<O: Operations>(error: &Error, out: &mut Vec<u8>) {
    let message = error.message_as(&O::field_in_javascript);
    let hint = error.hint().map(bilingual);
    let errcode = error.errcode().map(decimal);
    let (errcode, hint) = (errcode.as_deref(), hint.as_deref());
    let texts = [Some(error.code().as_str()), Some(&*message), errcode, error.reason(), hint, error.errmsg()];
    let start = out.len();
    out.resize(start + parts::size(&texts), 0);
    parts::write(&texts, &mut out[start..]);
}

/// One side of the conversation; there is one per module instance.
#[derive(Debug, Default)]
pub struct Exchange<O> {
    request: SecretBuffer,
    reply: SecretBuffer,
    operations: O,
    /// Errors, as parts. They hold no secret.
    errors: Vec<u8>,
    frame: Frame,
}

impl<O: Operations> Exchange<O> {
    /// Makes room for a request of `capacity` bytes and returns its address.
    pub fn reserve(&mut self, capacity: usize) -> *mut u8 {
        self.request.reserve(capacity).as_mut_ptr()
    }

    /// Carries out a request of `len` bytes.
    pub fn call(&mut self, operation: u32, len: usize) -> *const Frame {
        self.request.set_used(len);
        let outcome = self.operations.dispatch(operation, self.request.as_slice(), &mut self.reply);
        self.errors.clear();
        self.frame = Frame::default();
        let mut reply = self.reply.as_slice();
        match outcome {
            Ok(Reply::Detail(detail)) => self.frame.detail = detail as usize,
            Ok(Reply::Plaintext(detail)) => {
                self.frame.detail = detail as usize;
                let plaintext = self.operations.plaintext();
                self.frame.plaintext = address(plaintext);
                self.frame.plaintext_len = plaintext.len();
                self.frame.offsets = self.operations.offsets();
            }
            Ok(Reply::Batch(errors)) => {
                errors.iter().for_each(|error| append_error::<O>(error, &mut self.errors));
                self.frame.detail = address(&self.errors);
            }
            Err(error) => {
                append_error::<O>(&error, &mut self.errors);
                self.frame.status = 1;
                reply = &self.errors;
            }
        }
        self.frame.reply = address(reply);
        self.frame.reply_len = reply.len();
        &raw const self.frame
    }

    /// Wipes a request of `len` bytes, carried out or not, the reply and everything between. To be called when the reply has been
    /// read. The stack, which holds copies, is left to the function that stands first on it.
    pub fn wipe(&mut self, len: usize) {
        self.request.set_used(len);
        self.request.wipe();
        self.reply.wipe();
        self.operations.wipe();
    }
}

#[cfg(any(all(test, not(target_arch = "wasm32")), fuzzing))]
impl Exchange<crate::workspace::Workspace> {
    /// Writes a request as JavaScript would.
    #[cfg(test)]
    pub(crate) fn fill(&mut self, request: &[u8]) {
        self.request.reserve(request.len())[..request.len()].copy_from_slice(request);
    }

    /// Of its own buffer for requests, and of what the operations have.
    #[cfg(test)]
    pub(crate) fn are_clean(&self) -> (bool, bool) {
        (self.request.is_clean(), self.operations.is_clean())
    }

    /// Nothing but zeros in any buffer.
    pub(crate) fn is_clean(&self) -> bool {
        self.request.is_clean() && self.reply.is_clean() && self.operations.is_clean()
    }
}
