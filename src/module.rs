//! What the other modules of the npm package have in common with this one: the boundary, the table of errors, memory that is wiped.
//! Part of this workspace's build and of no promise to anybody else.

#[cfg(all(target_arch = "wasm32", any(feature = "bindgen", feature = "baseline", feature = "module")))]
pub use crate::bindings::OneThread;
pub use crate::boundary::{Exchange, Frame, Operations, Reader, Reply, Value, unexpected, write_parts};
pub use crate::error::{Found, Situation, decimal};
pub use crate::secret::{SecretBuffer, wipe_stack_of};
