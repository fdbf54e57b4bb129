//! CloudIDs: open data that WeChat has put in place of an identifier before a cloud function sees it.
//!
//! Source: WeChat documentation, 开放数据校验与解密 (云调用直接获取开放数据) and 云开发/参考信息 (error codes).

use crate::error::{Error, ErrorCode, Row};
use crate::watermark::{self, WatermarkPolicy};
use crate::{rows, wechat};

rows! {
    pub(crate) NOT_RESOLVED = Row::new(ErrorCode::CloudIdNotResolved, "the CloudID was not replaced with data").hint(
        "Only top-level wx.cloud.CloudID fields of a wx.cloud.callFunction call are replaced, at most 5 a call.",
        "只有 wx.cloud.callFunction 的 data 顶层的 wx.cloud.CloudID 字段会被替换，每次调用最多 5 个。",
    );
}

/// What stands where a CloudID was passed.
#[derive(Clone, Copy, Debug)]
pub enum CloudValue<'a> {
    /// The identifier itself: WeChat did not replace it.
    Unresolved,
    /// WeChat's refusal: its number and its words.
    Failed(i64, &'a str),
    /// The data, as JSON text.
    Data(&'a str),
}

/// Checks the data in place of a CloudID and returns it.
///
/// # Errors
/// `CLOUD_ID_NOT_RESOLVED`, `WECHAT_ERROR`, those of the watermark, and `WATERMARK_MISSING` for data that is no JSON object.
pub fn read_cloud_data<'a>(value: CloudValue<'a>, policy: &WatermarkPolicy<'_>) -> Result<&'a str, Error> {
    match value {
        CloudValue::Unresolved => Err(Error::new(&NOT_RESOLVED)),
        CloudValue::Failed(errcode, errmsg) => Err(Error::wechat(errcode, errmsg, wechat::HINTS)),
        CloudValue::Data(text) => check_watermark(text, policy).map(|()| text),
    }
}

/// Checks the watermark of data that was never encrypted, given as the text of a JSON object.
///
/// # Errors
/// `WATERMARK_MISSING`, `APPID_MISMATCH`, `WATERMARK_EXPIRED`, `WATERMARK_IN_FUTURE`.
pub fn check_watermark(json: &str, policy: &WatermarkPolicy<'_>) -> Result<(), Error> {
    let found = watermark::read(json).unwrap_or(watermark::Stamp::WrongShape);
    policy.check(&found)
}
