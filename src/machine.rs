//! This machine as a PC with Outlook: its registry, its hosts file and the files that Outlook stored. Read-only.
//!
//! Only Windows has such a registry; elsewhere there is nothing to read, and a text from the PC takes its place.

#[cfg(windows)]
mod windows;

#[cfg(windows)]
pub use windows::ThisMachine;

use crate::pc::Reader;
use std::sync::Arc;

/// Reads this machine, where it is one that Outlook for Windows runs on.
pub fn reader() -> Option<Arc<dyn Reader>> {
    #[cfg(windows)]
    return Some(Arc::new(ThisMachine));
    #[cfg(not(windows))]
    None
}
