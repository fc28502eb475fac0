//! How long work tells about itself: a bar on a terminal, lines elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::output::visible;
use dyrust_importer::source::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The progress for this process's standard error: a bar on a terminal, lines elsewhere.
pub(crate) fn for_standard_error() -> Box<dyn Progress> {
    if std::io::stderr().is_terminal() {
        Box::new(Bar::default())
    } else {
        Box::new(Lines::new(std::io::stderr()))
    }
}

/// A bar on the terminal, gone when the work is over.
#[derive(Debug, Default)]
pub(crate) struct Bar(Mutex<Option<ProgressBar>>);

impl Bar {
    fn with(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        // A thread that panicked while it told of its progress leaves nothing half-done behind.
        act(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Progress for Bar {
    fn begin(&self, doing: &str, total: usize) {
        self.with(|place| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{prefix:>12} {bar:30} {pos}/{len} {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_prefix(doing.to_owned());
            *place = Some(bar);
        });
    }

    fn step(&self, name: &str) {
        self.with(|place| {
            if let Some(bar) = place {
                bar.set_message(visible(name).into_owned());
                bar.inc(1);
            }
        });
    }

    fn end(&self) {
        self.with(|place| {
            if let Some(bar) = place.take() {
                bar.finish_and_clear();
            }
        });
    }
}

/// One line at the beginning, one at every tenth of the work, for logs.
#[derive(Debug)]
pub(crate) struct Lines<W> {
    out: Mutex<W>,
    doing: Mutex<String>,
    done: AtomicUsize,
    total: AtomicUsize,
}

impl<W: Write> Lines<W> {
    /// Writes the lines to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self {
            out: Mutex::new(out),
            doing: Mutex::default(),
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
        }
    }

    fn line(&self, text: &str) {
        let mut out = self.out.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // That nobody reads the lines is no reason to stop the work.
        let _ = writeln!(out, "{text}");
    }
}

impl<W: Write + Send> Progress for Lines<W> {
    fn begin(&self, doing: &str, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        *self.doing.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = doing.to_owned();
        self.line(&format!(
            "{doing} {total} {}",
            if total == 1 { "package" } else { "packages" }
        ));
    }

    fn step(&self, _name: &str) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.total.load(Ordering::Relaxed);
        if total >= 20 && done < total && (done * 10) / total != ((done - 1) * 10) / total {
            let doing = self
                .doing
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .clone();
            self.line(&format!("{doing}: {done} of {total}"));
        }
    }

    fn end(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_tell_every_tenth() {
        let lines = Lines::new(Vec::new());
        lines.begin("downloading", 40);
        for _ in 0..40 {
            lines.step("x");
        }
        lines.end();
        let text = String::from_utf8(lines.out.into_inner().unwrap()).unwrap();
        assert_eq!(text.lines().count(), 10, "{text}");
        assert!(text.starts_with("downloading 40 packages\ndownloading: 4 of 40\n"));
        assert!(text.ends_with("downloading: 36 of 40\n"));
    }

    #[test]
    fn few_packages_are_one_line() {
        let lines = Lines::new(Vec::new());
        lines.begin("downloading", 1);
        lines.step("x");
        assert_eq!(
            String::from_utf8(lines.out.into_inner().unwrap()).unwrap(),
            "downloading 1 package\n"
        );
    }
}
