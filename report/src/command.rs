//! `dyrust report`: its arguments, and what it does with them.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::budget::{Budget, Excess};
use crate::store::{Closure, NixCommand, NixOrScan, Scan};
use crate::text::TextOptions;
use crate::{Error, Form, FormRequest, Report, Request, html, make, read, read_plan, text, write};

/// Rows of the longer tables if no number is given.
const ROWS: usize = 20;

/// The arguments of `dyrust report`.
#[derive(Debug, Clone, Args)]
pub struct ReportArguments {
    /// Programs built with one shared object per crate: store paths, links to them (such as result), folders with bin/,
    /// or programs.
    pub paths: Vec<PathBuf>,
    /// The same programs with trimmed shared objects
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Other forms to compare with")]
    pub trim: Vec<PathBuf>,
    /// The same programs in groups of crates with the same users
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Other forms to compare with")]
    pub grouped: Vec<PathBuf>,
    /// The same programs as an image
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Other forms to compare with")]
    pub image: Vec<PathBuf>,
    /// The same programs, each linked alone
    #[arg(long = "static", value_name = "PATH", num_args = 1.., help_heading = "Other forms to compare with")]
    pub static_: Vec<PathBuf>,
    /// The same programs as cargo builds them, e.g. target/release
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Other forms to compare with")]
    pub cargo: Vec<PathBuf>,
    /// The plan of these programs before they were built (`dyrust fleet plan --format json`): the page shows its curve beside the measured one
    #[arg(long, value_name = "FILE", help_heading = "Other forms to compare with")]
    pub plan: Option<PathBuf>,
    /// The form that ratios are against [default: static, or else cargo]
    #[arg(long, value_name = "FORM", help_heading = "Other forms to compare with")]
    pub baseline: Option<FormName>,
    /// Write the page to a file as well
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub html: Option<PathBuf>,
    /// Write the JSON to a file as well
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub json: Option<PathBuf>,
    /// The report's title, e.g. the name of the fleet
    #[arg(long, help_heading = "Output")]
    pub title: Option<String>,
    /// Rows of the longer tables of the text; 0 for all [default: 20]
    #[arg(long, value_name = "NUMBER", help_heading = "Output")]
    pub rows: Option<usize>,
    /// Limits that the report must keep (TOML or JSON); exit code 1 if it does not
    #[arg(long, value_name = "FILE", help_heading = "Measurement")]
    pub budget: Option<PathBuf>,
    /// Start every program this many times with --version, and report how long that takes
    #[arg(long, value_name = "NUMBER", default_value_t = 0, help_heading = "Measurement")]
    pub starts: u32,
    /// Leave out compressed sizes
    #[arg(long, help_heading = "Measurement")]
    pub no_compress: bool,
    /// Show a report that was saved by --json, measuring nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "trim", "grouped", "image", "static_", "cargo", "baseline",
        "starts", "no_compress", "store", "scan", "nix"], help_heading = "Measurement")]
    pub from: Option<PathBuf>,
    /// The store's folder
    #[arg(
        long,
        value_name = "FOLDER",
        default_value = "/nix/store",
        help_heading = "Measurement"
    )]
    pub store: PathBuf,
    /// Find closures by scanning files, in place of asking Nix
    #[arg(long, conflicts_with = "nix", help_heading = "Measurement")]
    pub scan: bool,
    /// The Nix program to ask
    #[arg(long, value_name = "PROGRAM", default_value = "nix", help_heading = "Measurement")]
    pub nix: PathBuf,
}

/// A form's name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "as `Form` has them")]
pub enum FormName {
    Dynamic,
    Trim,
    Grouped,
    Image,
    Static,
    Cargo,
}

impl From<FormName> for Form {
    fn from(name: FormName) -> Self {
        match name {
            FormName::Dynamic => Self::Dynamic,
            FormName::Trim => Self::Trim,
            FormName::Grouped => Self::Grouped,
            FormName::Image => Self::Image,
            FormName::Static => Self::Static,
            FormName::Cargo => Self::Cargo,
        }
    }
}

/// What is written to the standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tables for a terminal.
    Text,
    /// The data.
    Json,
    /// Nothing.
    Nothing,
}

/// Makes or reads the report, writes it to `out` and the files asked for, and gives what is over the budget.
///
/// # Errors
/// As [`make`] and [`Budget::read`]; if something cannot be written; and if an argument would change nothing of what is.
pub fn run(arguments: &ReportArguments, format: Format, out: &mut dyn Write) -> Result<Vec<Excess>, Error> {
    arguments.refuse_without_effect(format)?;
    // A bad budget or plan is known before anything is measured.
    let budget = arguments.budget.as_deref().map(Budget::read).transpose()?;
    let plan = arguments.plan.as_deref().map(read_plan).transpose()?;
    let mut report = match &arguments.from {
        Some(file) => read(file)?,
        None => make(&arguments.request())?,
    };
    if let Some(title) = &arguments.title {
        report.title = Some(title.clone());
    }
    if let Some(plan) = plan {
        report.planned = plan;
    }
    let rows = arguments.rows.unwrap_or(ROWS);
    let options = TextOptions {
        rows: (rows > 0).then_some(rows),
    };
    let shown = match format {
        Format::Text => text::render(&report, options),
        Format::Json => json(&report, Path::new("-"))?,
        Format::Nothing => String::new(),
    };
    if let Some(file) = &arguments.html {
        write(file, &page(&report, file)?)?;
    }
    if let Some(file) = &arguments.json {
        write(file, &json(&report, file)?)?;
    }
    out.write_all(shown.as_bytes()).map_err(|source| Error::Write {
        path: "-".into(),
        source,
    })?;
    Ok(budget.map(|budget| budget.check(&report)).unwrap_or_default())
}

fn page(report: &Report, path: &Path) -> Result<String, Error> {
    html::render(report).map_err(|source| Error::Write {
        path: path.to_owned(),
        source: source.into(),
    })
}

fn json(report: &Report, path: &Path) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(report);
    text.map(|text| text + "\n").map_err(|source| Error::Write {
        path: path.to_owned(),
        source: source.into(),
    })
}

impl ReportArguments {
    /// What is asked for of an output that is not made would be missed.
    fn refuse_without_effect(&self, format: Format) -> Result<(), Error> {
        let is_data_written = format == Format::Json || self.json.is_some() || self.html.is_some();
        let (option, why) = if self.rows.is_some() && format != Format::Text {
            ("--rows", "is of the text, which is not printed: leave it out")
        } else if self.plan.is_some() && !is_data_written {
            (
                "--plan",
                "is for the page and the JSON, and neither is written: give `--html FILE`, or leave it out",
            )
        } else {
            return Ok(());
        };
        Err(Error::NoEffect { option, why })
    }

    fn request(&self) -> Request {
        let forms = [
            (Form::Dynamic, &self.paths),
            (Form::Trim, &self.trim),
            (Form::Grouped, &self.grouped),
            (Form::Image, &self.image),
            (Form::Static, &self.static_),
            (Form::Cargo, &self.cargo),
        ];
        let forms = forms.into_iter().filter(|(_, paths)| !paths.is_empty());
        let forms = forms
            .map(|(form, paths)| FormRequest {
                form,
                paths: paths.clone(),
            })
            .collect();
        let nix = NixCommand {
            program: self.nix.clone().into(),
        };
        let closure: Box<dyn Closure> = if self.scan {
            Box::new(Scan)
        } else {
            Box::new(NixOrScan { nix })
        };
        Request {
            title: self.title.clone(),
            baseline: self.baseline.map(Form::from),
            store: self.store.clone(),
            closure,
            compress: !self.no_compress,
            starts: self.starts,
            ..Request::new(forms)
        }
    }
}
