//! weapp-opendata
#![no_std]
extern crate alloc;
pub mod avatar;
mod error;
pub mod phone;
pub use error::{Error, ErrorCode, ErrorRecord};
