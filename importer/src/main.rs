//! The command line of `dyrust`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    dyrust::commands::run(dyrust::commands::Arguments::parse())
}
