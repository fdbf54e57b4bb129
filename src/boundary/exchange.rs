//! The buffers that a request is written to and a reply is read from.

use alloc::vec::Vec;

use super::parts;
use crate::error::{Error, bilingual, decimal};
use crate::secret::SecretBuffer;

/// What a module can do, over memory of its own that is wiped with the rest.
pub trait Operations: Default {
    /// Reads the arguments of one operation and carries it out.
    ///
    /// # Errors
    ///
    /// Whatever the operation fails with; the table of messages makes its text.
    fn dispatch(&mut self, operation: u32, request: &[u8], reply: &mut SecretBuffer) -> Result<Reply, Error>;

    /// Where the text of [`Reply::Plaintext`] lies.
    fn plaintext(&mut self) -> &[u8];

    /// The address of what else is to be said of it, or 0.
    fn layout(&self) -> usize {
        0
    }

    /// Wipes what the last operation left.
    fn wipe(&mut self);
}

/// How a call ended.
#[derive(Debug)]
pub enum Reply {
    /// The text lies in the plaintext buffer of the [`Operations`], and the facts are the address of its layout.
    Plaintext,
    /// Nothing to say.
    Done,
    /// Nothing but a number.
    Number(u32),
    /// A part of the request, by position, is the text.
    PartOfRequest(core::ops::Range<usize>),
    /// The reply buffer holds a sequence of texts, and these are the errors of the records that failed.
    Batch(Vec<Error>),
    /// The reply buffer holds the text; the number says more about it, in a way that each operation fixes.
    Written(u32),
}

/// Where the reply is: read by the glue straight from memory.
///
/// Four u32 in WebAssembly, whose addresses have 32 bits. Elsewhere the addresses are whole as well, so that the fuzzer can follow them.
#[repr(C)]
#[derive(Debug, Default)]
pub struct Frame {
    /// 0 success, 1 failure: the text is the parts of an error.
    status: usize,
    /// Address and length of the text.
    text: usize,
    len: usize,
    /// What else the operation says in a number.
    facts: usize,
}

fn address(bytes: &[u8]) -> usize {
    bytes.as_ptr().expose_provenance()
}

/// What fields and arguments of the core are called in JavaScript.
pub(super) fn javascript_name(name: &'static str) -> &'static str {
    match name {
        "encrypted_data" => "encryptedData",
        "session_key" => "sessionKey",
        "max_age" => "maxAge",
        "clock_skew" => "clockSkew",
        "app_key" => "appKey",
        "encrypt_key" => "options.key.encryptKey",
        "context" => "options.context",
        "token" => "config.token",
        "appid" => "config.appid",
        "encoding_aes_key" => "config.encodingAESKey",
        "nonce" => "options.nonce",
        "timestamp" => "options.timestamp",
        "symmetric_key" => "symmetricKey",
        "symmetric_key.sn" => "config.symmetricKey.sn",
        "symmetric_key.key" => "config.symmetricKey.key",
        "asymmetric_key.sn" => "config.asymmetricKey.sn",
        "asymmetric_key.private_key" => "config.asymmetricKey.privateKey",
        "platform_certificate" => "config.platformCertificate",
        "platform_certificate.sn" => "config.platformCertificate.sn",
        "platform_certificate.certificate" => "config.platformCertificate.certificate",
        "platform_certificate.public_key" => "config.platformCertificate.publicKey",
        "headers.appid" => "headers['Wechatmp-Appid']",
        "headers.timestamp" => "headers['Wechatmp-TimeStamp']",
        "headers.serial" => "headers['Wechatmp-Serial']",
        "headers.signature" => "headers['Wechatmp-Signature']",
        other => other,
    }
}

/// Code, message, errcode, reason, hint, errmsg.
fn append_error(error: &Error, out: &mut Vec<u8>) {
    let message = error.message_as(&javascript_name);
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
        let text = match outcome {
            Ok(Reply::Plaintext) => {
                self.frame.facts = self.operations.layout();
                self.operations.plaintext()
            }
            Ok(Reply::Done) => &[],
            Ok(Reply::Number(number)) => {
                self.frame.facts = number as usize;
                &[]
            }
            Ok(Reply::PartOfRequest(part)) => self.request.as_slice().get(part).unwrap_or_default(),
            Ok(Reply::Batch(errors)) => {
                errors.iter().for_each(|error| append_error(error, &mut self.errors));
                self.frame.facts = address(&self.errors);
                self.reply.as_slice()
            }
            Ok(Reply::Written(facts)) => {
                self.frame.facts = facts as usize;
                self.reply.as_slice()
            }
            Err(error) => {
                append_error(&error, &mut self.errors);
                self.frame.status = 1;
                &self.errors
            }
        };
        self.frame.text = address(text);
        self.frame.len = text.len();
        &raw const self.frame
    }

    /// Wipes a request of `len` bytes, whether it was carried out or not, the reply and everything between: to be called when the
    /// reply has been read. The stack, which holds copies, is left to the function that stands first on it.
    pub fn wipe(&mut self, len: usize) {
        self.request.set_used(len);
        self.request.wipe();
        self.reply.wipe();
        self.operations.wipe();
    }
}

#[cfg(any(all(test, not(target_arch = "wasm32")), fuzzing))]
impl Exchange<crate::workspace::Workspace> {
    /// Writes a request as the glue would.
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
