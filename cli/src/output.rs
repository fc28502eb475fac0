//! What the commands print: results on standard output, the rest on standard error.

use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use dyrust_report::visible::{indented, visible, visible_json};
use serde_json::Value;

use dyrust_importer::source::progress::{Progress, Silent};

use crate::Error;
use crate::arguments::{Common, Format};
use crate::progress::for_standard_error;

/// Colours as rustc and Cargo have them; `anstream` leaves them out where `--color`, NO_COLOR or a file say so.
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTE: Style = AnsiColor::Green.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// Where and how a command prints.
pub(crate) struct Output {
    common: Common,
}

impl Output {
    pub(crate) fn new(common: Common) -> Self {
        Self { common }
    }

    /// A sentence for people, on standard error.
    pub(crate) fn say(&self, text: &str) {
        if !self.common.quiet && !self.is_json() {
            let text = message(text);
            let _ = match text.split_once(": ") {
                Some(("note", rest)) => writeln!(anstream::stderr(), "{NOTE}note{NOTE:#}: {rest}"),
                Some(("warning", rest)) => writeln!(anstream::stderr(), "{WARNING}warning{WARNING:#}: {rest}"),
                _ => writeln!(anstream::stderr(), "{text}"),
            };
        }
    }

    /// What programs may read, on standard output, if they asked for it.
    ///
    /// # Errors
    /// As [`print`].
    pub(crate) fn json(&self, value: &Value) -> Result<(), Error> {
        if self.is_json() { print_json(value) } else { Ok(()) }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.common.format == Some(Format::Json)
    }

    /// Refuses a form that was asked for by name, where what is printed has another one whatever is asked for.
    ///
    /// # Errors
    /// If it was; the default is no wish.
    pub(crate) fn refuse_format(&self, format: Format, option: &'static str, why: &'static str) -> Result<(), Error> {
        match self.common.format == Some(format) {
            true => Err(Error::NoEffect { option, why }),
            false => Ok(()),
        }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.common.quiet
    }

    /// A finding that decides the exit code: on standard error, however quiet.
    pub(crate) fn warn(&self, text: &str) {
        let _ = writeln!(std::io::stderr(), "{}", message(text));
    }

    pub(crate) fn error(&self, error: &Error) {
        if self.is_json() {
            // The same failure follows on standard error, and decides the exit code.
            let _ = self.json(&match error.help() {
                Some(help) => serde_json::json!({ "error": error.to_string(), "help": help }),
                None => serde_json::json!({ "error": error.to_string() }),
            });
        }
        let _ = writeln!(
            anstream::stderr(),
            "{ERROR}error{ERROR:#}: {}",
            message(&error.to_string())
        );
        let mut said = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            let reason = cause.to_string();
            // Many messages have their reason in them already.
            if !said.contains(&reason) {
                let _ = writeln!(std::io::stderr(), "  caused by: {}", message(&reason));
            }
            said = reason;
            source = cause.source();
        }
        if let Some(help) = error.help() {
            let _ = writeln!(anstream::stderr(), "  {HELP}help{HELP:#}: {}", message(&help));
        }
    }

    /// How long work tells about itself.
    pub(crate) fn progress(&self) -> Box<dyn Progress> {
        if self.common.quiet || self.is_json() {
            Box::new(Silent)
        } else {
            for_standard_error()
        }
    }
}

/// A message as a terminal may be shown it: what of it is of others is no line of its own, and no flood.
fn message(text: &str) -> String {
    // Of a longer one the beginning, which says what is wrong, and the end, which says what to do.
    const BEGINNING: usize = 12_000;
    const END: usize = 4_000;
    let start = text.floor_char_boundary(BEGINNING);
    let end = text.ceil_char_boundary(text.len().saturating_sub(END));
    match (text.get(..start), text.get(end..)) {
        (Some(first), Some(last)) if start < end => {
            let bytes = end - start;
            indented(&visible(&format!("{first} … [{bytes} bytes are left out] … {last}"))).into_owned()
        }
        _ => indented(&visible(text)).into_owned(),
    }
}

/// Prints a result on standard output; a reader that went away is no error.
///
/// # Errors
/// When the result is lost: the disk is full, say.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    write_out(&visible(text))
}

/// How many there are of a thing, whose name takes an `s` for more than one.
pub(crate) fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Prints what the command line alone is answered with: help and versions on standard output, else what is wrong with it.
pub(crate) fn answer(answer: &clap::Error) -> ExitCode {
    let printed = answer.print().and_then(|()| std::io::stdout().flush());
    match printed {
        Err(error) if !answer.use_stderr() && error.kind() != std::io::ErrorKind::BrokenPipe => {
            let _ = writeln!(anstream::stderr(), "{ERROR}error{ERROR:#}: {}", Error::Output(error));
            ExitCode::from(2)
        }
        _ => ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2)),
    }
}

/// One JSON value on a line of its own.
///
/// # Errors
/// As [`print`].
pub(crate) fn print_json(value: &Value) -> Result<(), Error> {
    write_out(&(visible_json(&value.to_string()) + "\n"))
}

/// Writes to standard output as it is, after what is there already; a reader that went away is no error.
///
/// # Errors
/// When the result is lost: the disk is full, say.
pub(crate) fn write_out(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::Output(error)),
        _ => Ok(()),
    }
}
