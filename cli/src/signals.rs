//! Ctrl-C and its kin, for a command that has something to put back before it ends.

use std::io;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGINT, SIGTERM};

/// How often a program that runs is looked after.
const PAUSE: Duration = Duration::from_millis(50);

/// The signals that ask a program to end: they are remembered, and end nothing by themselves. (SIGQUIT still does.)
pub(crate) struct Signals {
    arrived: Arc<AtomicBool>,
}

impl Signals {
    /// From now on they are remembered.
    ///
    /// # Errors
    /// When the system refuses it.
    pub(crate) fn remembered() -> io::Result<Self> {
        let arrived = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&arrived))?;
        }
        Ok(Self { arrived })
    }

    /// Runs a program; none if a signal arrived, which the program is told, too: a terminal tells both, `kill` dyrust alone.
    ///
    /// # Errors
    /// When the program can't be run.
    pub(crate) fn status(&self, command: &mut Command) -> io::Result<Option<ExitStatus>> {
        let has_arrived = || self.arrived.load(Ordering::SeqCst);
        if has_arrived() {
            return Ok(None);
        }
        let mut child = command.spawn()?;
        let mut told = false;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok((!has_arrived()).then_some(status));
            }
            if has_arrived() && !told {
                // It may have ended meanwhile.
                let _ = kill_process(Pid::from_child(&child), Signal::TERM);
                told = true;
            }
            std::thread::sleep(PAUSE);
        }
    }
}
