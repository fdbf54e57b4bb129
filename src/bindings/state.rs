//! The one exchange of a module instance.

use super::thread::OneThread;
use crate::boundary::Exchange;
use crate::workspace::Workspace;

static EXCHANGE: OneThread<Exchange<Workspace>> = OneThread::new();

/// Works with the exchange, which is made on first use.
pub(super) fn with<T>(work: impl FnOnce(&mut Exchange<Workspace>) -> T) -> T {
    EXCHANGE.with(work)
}
