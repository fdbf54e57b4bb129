//! weapp-opendata
#![no_std]

extern crate alloc;

pub mod avatar;
#[cfg(all(target_arch = "wasm32", any(feature = "bindgen", feature = "baseline")))]
mod bindings;
// Reachable through a binding only.
#[cfg_attr(not(all(target_arch = "wasm32", any(feature = "bindgen", feature = "baseline"))), allow(dead_code))]
mod boundary;
mod cipher;
mod cloud;
mod diagnosis;
mod error;
mod open_data;
pub mod phone;
mod secret;
mod session;
mod transport;
mod watermark;

pub use cloud::{CloudValue, check_watermark, read_cloud_data};
pub use diagnosis::Diagnosis;
pub use error::{Error, ErrorCode, ErrorRecord};
pub use open_data::{DecryptPolicy, MAX_SESSION_KEYS, OpenData, Payload, decrypt, diagnose};
pub use session::{Iv, SessionKey};
pub use transport::{MAX_TEXT, Repair, Repairs};
pub use watermark::{DEFAULT_CLOCK_SKEW, ExpectedApp, Presence, UnixSeconds, Watermark, WatermarkPolicy};
