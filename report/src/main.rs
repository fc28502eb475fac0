//! `dyrust-report`: what `dyrust report` does, as a small program of its own, for use inside derivations.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use dyrust_report::command::{Format, ReportArguments, run};

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
        Printed::Json => Format::Json,
        Printed::Text if arguments.quiet => Format::Nothing,
        Printed::Text => Format::Text,
    };
    match run(&arguments.report, format, &mut io::stdout().lock()) {
        Ok(over) if over.is_empty() => ExitCode::SUCCESS,
        Ok(over) => {
            for excess in over {
                let _ = writeln!(errors, "over budget: {}: {}", excess.what, excess.message);
            }
            ExitCode::from(1)
        }
        Err(error) => {
            let _ = writeln!(errors, "error: {error}");
            ExitCode::from(2)
        }
    }
}
