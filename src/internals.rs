//! What the other modules of the npm package have in common with this one: the boundary, the table of errors, memory that is wiped.
//! Part of this workspace's build and of no promise to anybody else.

#[cfg(all(target_arch = "wasm32", any(feature = "bindgen", feature = "baseline", feature = "internals")))]
pub use crate::bindings::OneThread;
pub use crate::boundary::{Exchange, Frame, Operations, Reply, Request, Text, protocol, write_parts};
pub use crate::error::{Actual, Hint, Row, WECHAT as WECHAT_ERROR, argument, decimal};
pub use crate::rows;
pub use crate::secret::{SecretBuffer, wipe_stack_of};
pub use crate::wechat::HINTS as WECHAT_HINTS;
use crate::{channel, cloud, error, message_push, phone, transport, watermark, workspace};

/// The reader of JSON.
pub mod json {
    pub use crate::json::{Quoted, integer_of, scan_object};
}

/// The rows of all modules of this crate, for the test that walks them.
pub const ROWS: &[&[&Row]] = &[
    error::ROWS,
    argument::ROWS,
    transport::ROWS,
    workspace::ROWS,
    watermark::ROWS,
    cloud::ROWS,
    message_push::ROWS,
    channel::ROWS,
    phone::ROWS,
];
