//! Exit codes, as the command contract has them.

/// Settings are found, or the endpoint answers and only wants credentials, with nothing wrong.
pub const HEALTHY: u8 = 0;
/// A problem was found.
pub const PROBLEM: u8 = 1;
/// Wrong usage or configuration.
pub const USAGE: u8 = 2;
/// It could not run here: no resolver, no network, a file that cannot be read or written.
pub const CANNOT_RUN: u8 = 3;
/// Stopped by Ctrl-C (SIGINT).
pub const INTERRUPTED: u8 = 130;
/// Stopped by SIGTERM.
pub const TERMINATED: u8 = 143;
