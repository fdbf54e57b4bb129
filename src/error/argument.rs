//! Rows about arguments that more than one module raises.

use super::{ErrorCode, Row};
use crate::rows;

rows! {
    /// Not there at all.
    pub MISSING = Row::new(ErrorCode::InvalidArgument, "{field}: expected {expected}, found nothing").reason("MISSING");

    /// There, but of another kind.
    pub WRONG_TYPE = Row::new(ErrorCode::InvalidArgument, "{field}: expected {expected}, found {found}").reason("WRONG_TYPE");

    /// An empty text or list.
    pub EMPTY = Row::new(ErrorCode::InvalidArgument, "{field}: expected {expected}, found an empty one").reason("EMPTY");

    /// Of the right kind, but not one of the values that are accepted.
    pub OUT_OF_RANGE = Row::new(ErrorCode::InvalidArgument, "{field}: expected {expected}").reason("OUT_OF_RANGE");

    /// A list that is too long.
    pub TOO_MANY = Row::new(ErrorCode::InvalidArgument, "{field}: expected at most {expected}, found more").reason("TOO_MANY");

    /// A text that is too long.
    pub TOO_LONG = Row::new(ErrorCode::InvalidArgument, "{field}: expected {expected}, found a longer text")
        .reason("TOO_LONG")
        .hint("What WeChat gives is a few kilobytes at most.", "微信给出的内容最多只有几 KB。");

    /// Milliseconds where seconds are expected.
    pub MILLISECONDS =
        Row::new(ErrorCode::InvalidArgument, "{field}: expected {expected}, found what can only be milliseconds")
            .reason("MILLISECONDS")
            .hint("Divide by 1000, or pass a Date.", "请除以 1000 换算成秒，或直接传入 Date 对象。");
}
