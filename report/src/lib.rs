//! Measures closures of programs and their shared objects: what is shared, what each program adds, what an update
//! costs, and how that compares with the same programs deployed in other forms.
//!
//! [`make`] takes a [`Request`] and gives a [`Report`], which is plain data.

pub mod budget;
#[cfg(feature = "command")]
pub mod command;
pub mod curve;
pub mod elf;
mod error;
mod files;
pub mod html;
mod load;
mod measure;
pub mod model;
mod names;
mod request;
mod saved;
pub mod size;
pub mod start;
pub mod store;
mod table;
pub mod text;
mod tree;
mod update;
pub mod update_cost;
mod usage;
pub mod visible;

use std::collections::{BTreeMap, BTreeSet};

pub use error::Error;
pub use model::Report;
pub use request::{Form, FormRequest, Request};
pub use saved::{read, read_plan, write};
pub use table::Table;

use model::FormReport;

/// Measures what is asked for.
///
/// # Errors
/// If a path does not exist, holds no program or cannot be read, or the closure cannot be found.
pub fn make(request: &Request) -> Result<Report, Error> {
    let mut seen = BTreeSet::new();
    for form in &request.forms {
        if form.paths.is_empty() {
            return Err(Error::NoPath);
        }
        if !seen.insert(form.form) {
            return Err(Error::Request(format!(
                "the form `{}` is given twice: put its paths together",
                form.form
            )));
        }
    }
    if request.forms.is_empty() {
        return Err(Error::NoPath);
    }
    if let Some(baseline) = request.baseline.filter(|baseline| !seen.contains(baseline)) {
        return Err(Error::Request(format!(
            "nothing to compare with: no path of the form `{baseline}` is given"
        )));
    }
    let baseline = request
        .baseline
        .or_else(|| [Form::Static, Form::Cargo].into_iter().find(|form| seen.contains(form)));
    let mut forms = Vec::new();
    let mut warnings = Vec::new();
    let mut programs = Vec::new();
    for form in &request.forms {
        let measured = measure::form(request, form)?;
        forms.push(measured.report);
        programs.extend(measured.programs);
        warnings.extend(
            measured
                .warnings
                .into_iter()
                .map(|text| format!("{}: {text}", form.form)),
        );
    }
    compare(&mut forms, baseline, &mut warnings);
    curve::fill(&mut forms);
    if request.starts > 0 {
        // All forms in one interleaved series, so that they can be compared.
        let starts = start::measure(&programs, request.starts)?;
        let all = forms.iter_mut().flat_map(|form| &mut form.programs);
        for (program, start) in all.zip(starts) {
            program.start = Some(start);
        }
    }
    Ok(Report {
        schema: model::SCHEMA,
        generator: concat!("dyrust ", env!("CARGO_PKG_VERSION")).to_owned(),
        title: request.title.clone(),
        store: request.store.display().to_string(),
        baseline,
        forms,
        planned: BTreeMap::new(),
        warnings,
    })
}

/// Fills in what one form is against another: ratios, and the cost of updates.
fn compare(forms: &mut [FormReport], baseline: Option<Form>, warnings: &mut Vec<String>) {
    let Some((first, others)) = forms.split_first_mut() else {
        return;
    };
    for other in others.iter() {
        update::compare(first, other, other.form);
        let names = |form: &FormReport| -> BTreeSet<String> {
            form.programs.iter().map(|program| program.name.clone()).collect()
        };
        for (one, another) in [(&*first, other), (other, &*first)] {
            let only: Vec<String> = names(one).difference(&names(another)).cloned().collect();
            if !only.is_empty() {
                warnings.push(format!(
                    "only {} has {}: the forms' totals are of different sets",
                    one.form,
                    only.join(", ")
                ));
            }
        }
    }
    let Some(base) = forms.iter().find(|form| Some(form.form) == baseline).cloned() else {
        return;
    };
    for form in forms {
        form.totals.ratio = ratio(form.totals.bytes, base.totals.bytes);
        for program in &mut form.programs {
            let same = base.programs.iter().find(|other| other.name == program.name);
            program.ratio = same.and_then(|same| ratio(program.total, same.total));
        }
    }
}

/// A quotient to four digits behind the point.
#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^53 bytes")]
fn ratio(bytes: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| (bytes as f64 / of as f64 * 10_000.0).round() / 10_000.0)
}
