//! `dyrust-report`: what `dyrust report` does, as a small program of its own, for use inside derivations.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use dyrust_report::command::{Format, ReportArguments, run};
use dyrust_report::visible::{indented, visible, visible_json};

/// Reports what programs and their shared objects take: who shares what, what each adds, what an update costs
#[derive(Parser)]
#[command(
    name = "dyrust-report",
    version,
    after_help = "Exit codes: 0 done, 1 over the budget, 2 an error."
)]
struct Arguments {
    #[command(flatten)]
    report: ReportArguments,
    /// The form of what is printed on standard output.
    #[arg(long, value_enum, default_value_t = Printed::Text)]
    format: Printed,
    /// Print nothing on standard output.
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Printed {
    /// For people.
    Text,
    /// For programs.
    Json,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut errors = io::stderr().lock();
    // Where nobody reads the standard error, the exit code still tells.
    let format = match arguments.format {
        Printed::Json if arguments.quiet => {
            let _ = writeln!(
                errors,
                "error: `--quiet` prints nothing, and `--format json` asks for what is printed: leave one of them out"
            );
            return ExitCode::from(2);
        }
        Printed::Json => Format::Json,
        Printed::Text if arguments.quiet => Format::Nothing,
        Printed::Text => Format::Text,
    };
    let mut text = Vec::new();
    let over = match run(&arguments.report, format, &mut text) {
        Ok(over) => over,
        Err(error) => {
            let _ = writeln!(errors, "error: {}", indented(&visible(&error.to_string())));
            return ExitCode::from(2);
        }
    };
    let text = String::from_utf8_lossy(&text);
    let text = match arguments.format {
        Printed::Json => visible_json(&text),
        Printed::Text => visible(&text),
    };
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Who closes the pipe has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(errors, "error: standard output: {error}");
            return ExitCode::from(2);
        }
        _ => {}
    }
    for excess in &over {
        let line = format!("over budget: {}: {}", excess.what, excess.message);
        let _ = writeln!(errors, "{}", indented(&visible(&line)));
    }
    if over.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}
