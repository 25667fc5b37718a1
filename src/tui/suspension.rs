//! Stopping on Ctrl-Z, as a shell's job control knows it, and coming back: on Unix by signals (POSIX.1-2024, "Job
//! Control"); Windows has nothing like it, so nothing ever happens there.

use std::{
    io,
    task::{Context, Poll},
};

/// What somebody outside did to the program.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(windows, expect(dead_code, reason = "nothing is ever heard there"))]
pub(super) enum Heard {
    /// Asked it to stop (SIGTSTP).
    Stop,
    /// Let it go on after it was stopped (SIGCONT).
    GoOn,
}

pub(super) use system::{Signals, is_possible, stop};

#[cfg(unix)]
mod system {
    use super::{Context, Heard, Poll, io};
    use nix::{
        sys::signal::{Signal as Number, kill},
        unistd::{Pid, getpid, getsid},
    };
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Whether there is a shell to come back from. The first process of a session has none above it, and nobody who could
    /// let it go on.
    pub(in crate::tui) fn is_possible() -> Result<(), &'static str> {
        let own = getpid();
        // A leader outside this process's namespace is told as 0 (getsid(2), pid_namespaces(7)): there is one, out of sight.
        // The first process of a namespace cannot be stopped from inside it.
        if own.as_raw() == 1 || getsid(None) == Ok(own) {
            return Err(say!("there is no shell to go back to, so nobody could bring the program back"));
        }
        Ok(())
    }

    /// Stops the program, with everything that the shell started beside it, until somebody lets it go on. The terminal has
    /// to be given back before.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub(in crate::tui) fn stop() -> io::Result<()> {
        // SIGTSTP is listened to, and so no longer stops; SIGSTOP always does.
        kill(Pid::from_raw(0), Number::SIGSTOP)?;
        // Another thread may be the one to take the signal, a moment later.
        std::thread::sleep(std::time::Duration::from_millis(10));
        Ok(())
    }

    /// Listens to SIGTSTP and SIGCONT, from the first time that somebody asks.
    #[derive(Debug, Default)]
    pub(in crate::tui) struct Signals(Option<[(Signal, Heard); 2]>);

    impl Signals {
        /// What was heard; pending while nothing was, and for ever where signals cannot be listened to.
        pub(in crate::tui) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Heard> {
            if self.0.is_none() {
                let listen = |number: Number| signal(SignalKind::from_raw(number as i32));
                let (Ok(stop), Ok(go_on)) = (listen(Number::SIGTSTP), listen(Number::SIGCONT)) else {
                    return Poll::Pending;
                };
                self.0 = Some([(stop, Heard::Stop), (go_on, Heard::GoOn)]);
            }
            for (signal, heard) in self.0.iter_mut().flatten() {
                if let Poll::Ready(Some(())) = signal.poll_recv(context) {
                    return Poll::Ready(*heard);
                }
            }
            Poll::Pending
        }
    }
}

#[cfg(windows)]
mod system {
    use super::{Context, Heard, Poll, io};

    /// Never possible.
    pub(in crate::tui) fn is_possible() -> Result<(), &'static str> {
        Err(say!("Windows cannot stop a program and bring it back"))
    }

    /// Does nothing.
    pub(in crate::tui) fn stop() -> io::Result<()> {
        Ok(())
    }

    /// Hears nothing.
    #[derive(Debug, Default)]
    pub(in crate::tui) struct Signals;

    impl Signals {
        /// Always pending.
        pub(in crate::tui) fn poll(&mut self, _: &mut Context<'_>) -> Poll<Heard> {
            Poll::Pending
        }
    }
}
