//! Signals that end the program, on each system by its own means.

use crate::exit;

/// Completes when the system asks the program to stop; gives the exit code that says so.
#[cfg(unix)]
pub async fn stopped() -> u8 {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hang_up)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()), signal(SignalKind::hangup()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => exit::INTERRUPTED,
        _ = terminate.recv() => exit::TERMINATED,
        _ = hang_up.recv() => exit::TERMINATED,
    }
}

/// Completes when the system asks the program to stop; gives the exit code that says so.
#[cfg(windows)]
pub async fn stopped() -> u8 {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
    let (Ok(mut interrupt), Ok(mut brk), Ok(mut close), Ok(mut shutdown)) =
        (ctrl_c(), ctrl_break(), ctrl_close(), ctrl_shutdown())
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => exit::INTERRUPTED,
        _ = brk.recv() => exit::INTERRUPTED,
        _ = close.recv() => exit::TERMINATED,
        _ = shutdown.recv() => exit::TERMINATED,
    }
}
