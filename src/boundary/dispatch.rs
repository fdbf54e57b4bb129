//! Which function carries out which operation.
//!
//! The functions are not inlined here: hosts compile a module function by function, each when it is first called, and a program uses few
//! of them.

use super::arguments::Request;
use super::exchange::{Operations, Reply};
use super::protocol::Operation;
use super::{avatar, channel, names, open_data, phone, push, signature, watermark};
use crate::error::{Actual, Error, argument};
use crate::secret::SecretBuffer;
use crate::workspace::Workspace;

/// The mini-program has no session_key and reads none of WeChat's answers to a server: its module leaves these operations out.
const ON_SERVER: bool = cfg!(not(feature = "miniprogram"));

impl Operations for Workspace {
    fn dispatch(&mut self, operation: u32, request: &[u8], reply: &mut SecretBuffer) -> Result<Reply, Error> {
        use Operation as O;
        let request = &mut Request::new(request);
        match Operation::of(operation) {
            Some(O::Nothing) => Ok(Reply::Detail(0)),
            Some(O::Decrypt) if ON_SERVER => open_data::decrypt(request, self),
            Some(O::DecryptPhoneNumber) if ON_SERVER => open_data::decrypt_phone_number(request, self, reply),
            Some(O::DecryptUserInfo) if ON_SERVER => open_data::decrypt_user_info(request, self, reply),
            Some(O::DecryptMany) if ON_SERVER => open_data::decrypt_many(request, self, reply),
            Some(O::Diagnose) if ON_SERVER => open_data::diagnose(request, self, reply),
            Some(O::CheckWatermark) => watermark::check(request),
            Some(O::ReadPhoneNumber) if ON_SERVER => watermark::read_phone_number(request, reply),
            Some(O::RefuseByWechat) if ON_SERVER => watermark::refuse_by_wechat(request),
            Some(O::RefuseCloudId) if ON_SERVER => watermark::refuse_cloud_id(),
            Some(O::ParsePhoneText) => phone::parse_text(request, reply),
            Some(O::ParsePhoneFields) => phone::parse_fields(request, reply),
            Some(O::MaskPhone) => phone::mask(request, reply),
            Some(O::ParseAvatar) => avatar::parse(request, reply),
            Some(O::ResizeAvatar) => avatar::resize(request, reply),
            Some(O::VerifySignature) if ON_SERVER => signature::verify(request),
            Some(O::SignWithSessionKey) if ON_SERVER => signature::sign_with_session_key(request, reply),
            Some(O::SignPayment) if ON_SERVER => signature::sign_payment(request, reply),
            Some(O::CheckPush) if ON_SERVER => push::check(request),
            Some(O::VerifyPush) if ON_SERVER => push::verify(request),
            Some(O::DecryptPush) if ON_SERVER => push::decrypt(request, reply),
            Some(O::EncryptPush) if ON_SERVER => push::encrypt(request, reply),
            Some(O::SealChannel) => channel::seal(request, reply),
            Some(O::OpenChannel) => channel::open(request, reply),
            _ => Err(Error::of(&argument::OUT_OF_RANGE, "operation", "a known operation", Actual::Nothing)),
        }
    }

    fn plaintext(&self) -> &[u8] {
        self.text()
    }

    fn offsets(&self) -> usize {
        Self::offsets(self).address()
    }

    fn field_in_javascript(field: &'static str) -> &'static str {
        names::in_javascript(field)
    }

    fn wipe(&mut self) {
        Self::wipe(self);
    }
}
