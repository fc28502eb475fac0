//! What the commands print: results on standard output, the rest on standard error.

use std::io::Write;

use serde_json::Value;

use super::arguments::{Common, Format};
use crate::Error;
use crate::source::progress::{Progress, Silent, for_standard_error};

/// Where and how a command prints.
pub(super) struct Output {
    common: Common,
}

impl Output {
    pub(super) fn new(common: Common) -> Self {
        Self { common }
    }

    /// A sentence for people, on standard error.
    pub(super) fn say(&self, text: &str) {
        if !self.common.quiet && self.common.format == Format::Text {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// What programs may read, on standard output, if they asked for it.
    pub(super) fn json(&self, value: &Value) {
        if self.common.format == Format::Json {
            let _ = writeln!(std::io::stdout(), "{value}");
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.common.format == Format::Json
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.common.quiet
    }

    /// A finding that decides the exit code: on standard error, however quiet.
    pub(super) fn warn(&self, text: &str) {
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    pub(super) fn error(&self, error: &Error) {
        if self.is_json() {
            self.json(&match error.help() {
                Some(help) => serde_json::json!({ "error": error.to_string(), "help": help }),
                None => serde_json::json!({ "error": error.to_string() }),
            });
        }
        let _ = writeln!(std::io::stderr(), "error: {error}");
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            let _ = writeln!(std::io::stderr(), "  caused by: {cause}");
            source = cause.source();
        }
        if let Some(help) = error.help() {
            let _ = writeln!(std::io::stderr(), "  help: {help}");
        }
    }

    /// How long work tells about itself.
    pub(super) fn progress(&self) -> Box<dyn Progress> {
        if self.common.quiet || self.is_json() {
            Box::new(Silent)
        } else {
            for_standard_error()
        }
    }
}

/// Prints a result on standard output; a reader that went away is no error.
pub(super) fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
