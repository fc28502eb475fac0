//! `dyrust-report`: what `dyrust report` does, as a small program of its own, for use inside derivations.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;
use dyrust_report::command::{ReportArguments, run};

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
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut errors = io::stderr().lock();
    // Where nobody reads the standard error, the exit code still tells.
    match run(&arguments.report, &mut io::stdout().lock()) {
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
