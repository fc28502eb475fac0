//! `dyrust report`: what built programs take.

use dyrust_report::command::{Format, ReportArguments};

use crate::Error;
use crate::Outcome;
use crate::output::Output;

pub(crate) fn run(arguments: &ReportArguments, output: &Output) -> Result<Outcome, Error> {
    let format = if output.is_json() {
        Format::Json
    } else if output.is_quiet() {
        Format::Nothing
    } else {
        Format::Text
    };
    let over = dyrust_report::command::run(arguments, format, &mut std::io::stdout().lock())?;
    for excess in &over {
        output.warn(&format!("over budget: {}: {}", excess.what, excess.message));
    }
    Ok(if over.is_empty() {
        Outcome::Done
    } else {
        Outcome::OverBudget
    })
}
