//! `dyrust report`: what built programs take.

use dyrust_report::command::{Format, ReportArguments};

use crate::Error;
use crate::Outcome;
use crate::output::{Output, print};

pub(crate) fn run(arguments: &ReportArguments, output: &Output) -> Result<Outcome, Error> {
    let format = if output.is_json() {
        Format::Json
    } else if output.is_quiet() {
        Format::Nothing
    } else {
        Format::Text
    };
    let mut text = Vec::new();
    let over = dyrust_report::command::run(arguments, format, &mut text)?;
    print(&String::from_utf8_lossy(&text))?;
    for excess in &over {
        output.warn(&format!("over budget: {}: {}", excess.what, excess.message));
    }
    Ok(if over.is_empty() {
        Outcome::Done
    } else {
        Outcome::OverBudget
    })
}
