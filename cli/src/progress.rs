//! How long work tells about itself: a bar on a terminal, lines elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use dyrust_importer::source::progress::{Progress, Silent};
use dyrust_report::visible::visible;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The progress for this process's standard error: a bar on a terminal, lines elsewhere, nothing in continuous integration, whose logs are
/// read by nobody until something fails.
pub(crate) fn for_standard_error() -> Box<dyn Progress> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "false");
    if is_set("CI") {
        Box::new(Silent)
    } else if std::io::stderr().is_terminal() {
        Box::new(Bar::default())
    } else {
        Box::new(Lines::new(std::io::stderr()))
    }
}

/// What is being done, how much of it is done, and how much there is. Work that comes in several parts (`downloading`, twice) is one, so that
/// what is shown never goes backwards.
#[derive(Debug, Default)]
struct Work {
    doing: String,
    done: usize,
    total: usize,
}

impl Work {
    fn begin(&mut self, doing: &str, more: usize) {
        if self.doing == doing {
            self.total += more;
        } else {
            *self = Self {
                doing: doing.to_owned(),
                done: 0,
                total: more,
            };
        }
    }
}

/// A bar on the terminal, gone when the work is over.
#[derive(Debug, Default)]
pub(crate) struct Bar(Mutex<(Work, Option<ProgressBar>)>);

impl Bar {
    fn with(&self, act: impl FnOnce(&mut Work, &mut Option<ProgressBar>)) {
        // A thread that panicked while it told of its progress leaves nothing half-done behind.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (work, bar) = &mut *state;
        act(work, bar);
    }
}

impl Progress for Bar {
    fn begin(&self, doing: &str, total: usize) {
        self.with(|work, place| {
            work.begin(doing, total);
            let bar = ProgressBar::with_draw_target(Some(work.total as u64), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{prefix:>12} {bar:30} {pos}/{len} {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_prefix(doing.to_owned());
            bar.set_position(work.done as u64);
            *place = Some(bar);
        });
    }

    fn step(&self, name: &str) {
        self.with(|work, place| {
            work.done += 1;
            if let Some(bar) = place {
                bar.set_message(visible(name).into_owned());
                bar.set_position(work.done as u64);
            }
        });
    }

    fn end(&self) {
        self.with(|_work, place| {
            if let Some(bar) = place.take() {
                bar.finish_and_clear();
            }
        });
    }
}

/// One line at the beginning, one at every tenth of the work, for logs.
#[derive(Debug)]
pub(crate) struct Lines<W>(Mutex<(W, Work)>);

impl<W: Write> Lines<W> {
    /// Writes the lines to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self(Mutex::new((out, Work::default())))
    }

    /// Counts and writes under one lock: two threads would else write their lines in either order.
    fn with(&self, act: impl FnOnce(&mut Work) -> Option<String>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (out, work) = &mut *state;
        if let Some(text) = act(work) {
            // That nobody reads the lines is no reason to stop the work.
            let _ = writeln!(out, "{text}");
        }
    }
}

impl<W: Write + Send> Progress for Lines<W> {
    fn begin(&self, doing: &str, total: usize) {
        self.with(|work| {
            work.begin(doing, total);
            let things = if total == 1 { "package" } else { "packages" };
            Some(format!("{doing} {total} {things}"))
        });
    }

    fn step(&self, _name: &str) {
        self.with(|work| {
            work.done += 1;
            let Work { doing, done, total } = work;
            let is_tenth = *total >= 20 && *done < *total && (*done * 10) / *total != ((*done - 1) * 10) / *total;
            is_tenth.then(|| format!("{doing}: {done} of {total}"))
        });
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
        let text = String::from_utf8(lines.0.into_inner().unwrap().0).unwrap();
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
            String::from_utf8(lines.0.into_inner().unwrap().0).unwrap(),
            "downloading 1 package\n"
        );
    }

    /// An import that downloads twice once began its bar anew at 0.
    #[test]
    fn work_in_several_parts_goes_on() {
        let lines = Lines::new(Vec::new());
        for _ in 0..2 {
            lines.begin("downloading", 20);
            (0..20).for_each(|_| lines.step("x"));
            lines.end();
        }
        let text = String::from_utf8(lines.0.into_inner().unwrap().0).unwrap();
        let counts = text.lines().filter_map(|line| line.strip_prefix("downloading: "));
        let counts: Vec<usize> = counts
            .map(|line| line.split(' ').next().unwrap().parse().unwrap())
            .collect();
        assert!(counts.is_sorted() && counts.last() == Some(&36), "{text}");
    }
}
