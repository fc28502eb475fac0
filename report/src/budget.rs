//! Budgets: limits that a report must keep, so that a regression fails a build.
//!
//! A budget is a file of TOML, or of JSON with the same structure:
//!
//! ```toml
//! [dynamic]                 # a form
//! total = "25 MB"           # all files once, the C library apart
//! download = "10 MB"        # all packages as Nix archives after gzip
//! packages = 200
//! ratio = 0.95              # of the baseline
//!
//! [dynamic.programs."*"]    # every program without an entry of its own
//! start-objects = 80
//!
//! [dynamic.programs.rg]
//! total = "6 MB"
//! adds = "4.5 MB"           # what only it uses
//! relocations = 30000
//! ratio = 1.2
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::model::{FormReport, Program, Report};
use crate::request::Form;
use crate::{Error, size};

/// Limits for each form.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Budget {
    forms: BTreeMap<Form, FormBudget>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct FormBudget {
    total: Option<Size>,
    download: Option<Size>,
    packages: Option<u64>,
    ratio: Option<Ratio>,
    programs: BTreeMap<String, ProgramBudget>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct ProgramBudget {
    total: Option<Size>,
    adds: Option<Size>,
    start_objects: Option<u64>,
    relocations: Option<u64>,
    ratio: Option<Ratio>,
}

/// Bytes, written as a number or as text with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "SizeText")]
struct Size(u64);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected bytes as a number or a text such as \"25 MB\"")]
enum SizeText {
    Number(u64),
    Text(String),
}

impl TryFrom<SizeText> for Size {
    type Error = String;

    fn try_from(text: SizeText) -> Result<Self, String> {
        match text {
            SizeText::Number(bytes) => Ok(Self(bytes)),
            SizeText::Text(text) => size::parse(&text).map(Self),
        }
    }
}

/// A share of what the report compares with: finite, since nothing is over a NaN or an infinity.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
struct Ratio(f64);

impl TryFrom<f64> for Ratio {
    type Error = String;

    fn try_from(ratio: f64) -> Result<Self, String> {
        match ratio.is_finite() && ratio >= 0.0 {
            true => Ok(Self(ratio)),
            false => Err(format!(
                "a ratio of {ratio} would limit nothing: expected a number such as 0.95"
            )),
        }
    }
}

/// One limit that a report does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// What is limited, e.g. `dynamic: rg: total`.
    pub what: String,
    /// What it is, is allowed to be, and by how much it is over, e.g. `6.20 MB, over 6.00 MB by 200 kB (3.3 %)`.
    pub message: String,
}

impl Budget {
    /// Reads a budget file.
    ///
    /// # Errors
    /// If the file cannot be read, is neither TOML nor JSON, names something that is not limited here, or has no limit.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(Error::read(path))?;
        let json = path.extension().is_some_and(|extension| extension == "json");
        let parsed = if json {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        } else {
            toml::from_str(&text).map_err(|error| error.to_string())
        };
        let wrong = |message: String| Error::Budget {
            path: path.to_owned(),
            message: message.trim_end().to_owned(),
        };
        let budget: Self = parsed.map_err(wrong)?;
        match budget.has_limits() {
            true => Ok(budget),
            false => Err(wrong(
                "it has no limit, so that no report would ever be over it".to_owned(),
            )),
        }
    }

    fn has_limits(&self) -> bool {
        let mut forms = self.forms.values();
        forms.any(|form| {
            let alone = FormBudget {
                programs: BTreeMap::new(),
                ..form.clone()
            };
            let mut programs = form.programs.values();
            alone != FormBudget::default() || programs.any(|program| *program != ProgramBudget::default())
        })
    }

    /// Compares a report with the limits, and gives what is over. A limit on what the report does not hold, such as a
    /// ratio without a baseline or a program that is not there, is over too: it would guard nothing.
    #[must_use]
    pub fn check(&self, report: &Report) -> Vec<Excess> {
        let mut over = Checks::default();
        for (name, budget) in &self.forms {
            match report.forms.iter().find(|form| form.form == *name) {
                Some(form) => budget.check(form, &mut over),
                None => over.absent(name.to_string(), "the report has no such form"),
            }
        }
        over.found
    }
}

impl FormBudget {
    fn check(&self, form: &FormReport, over: &mut Checks) {
        let what = |name: &str| format!("{}: {name}", form.form);
        over.size(what("total"), self.total, Some(form.totals.bytes));
        over.size(what("download"), self.download, form.totals.gzip_size);
        over.count(what("packages"), self.packages, form.totals.packages);
        over.ratio(what("ratio"), self.ratio, form.totals.ratio);
        for program in &form.programs {
            if let Some(budget) = self.programs.get(&program.name).or_else(|| self.programs.get("*")) {
                budget.check(&what(&program.name), program, over);
            }
        }
        for name in self.programs.keys().filter(|name| *name != "*") {
            if !form.programs.iter().any(|program| program.name == *name) {
                over.absent(what(name), "the report has no such program");
            }
        }
    }
}

impl ProgramBudget {
    fn check(&self, name: &str, program: &Program, over: &mut Checks) {
        let what = |field: &str| format!("{name}: {field}");
        over.size(what("total"), self.total, Some(program.total));
        over.size(what("adds"), self.adds, Some(program.adds));
        over.count(what("start-objects"), self.start_objects, program.start_objects);
        over.count(what("relocations"), self.relocations, program.relocations.total());
        over.ratio(what("ratio"), self.ratio, program.ratio);
    }
}

#[derive(Default)]
struct Checks {
    found: Vec<Excess>,
}

impl Checks {
    fn absent(&mut self, what: String, message: &str) {
        self.found.push(Excess {
            what,
            message: message.to_owned(),
        });
    }

    fn size(&mut self, what: String, limit: Option<Size>, value: Option<u64>) {
        let Some(Size(limit)) = limit else { return };
        let Some(value) = value else {
            return self.absent(what, "the report does not say: compression was left out");
        };
        if value > limit {
            let by = size::show(value - limit);
            let message = format!(
                "{}, over {} by {by}{}",
                size::show(value),
                size::show(limit),
                percent(value as f64, limit as f64)
            );
            self.found.push(Excess { what, message });
        }
    }

    fn count(&mut self, what: String, limit: Option<u64>, value: u64) {
        if let Some(limit) = limit.filter(|limit| value > *limit) {
            let message = format!(
                "{value}, over {limit} by {}{}",
                value - limit,
                percent(value as f64, limit as f64)
            );
            self.found.push(Excess { what, message });
        }
    }

    fn ratio(&mut self, what: String, limit: Option<Ratio>, value: Option<f64>) {
        let Some(Ratio(limit)) = limit else { return };
        let Some(value) = value else {
            return self.absent(what, "the report has no baseline to compare with");
        };
        if value > limit {
            let by = value - limit;
            self.found.push(Excess {
                what,
                message: format!("{value:.4}, over {limit:.4} by {by:.4}"),
            });
        }
    }
}

fn percent(value: f64, limit: f64) -> String {
    if limit > 0.0 {
        format!(" ({:.1} %)", (value - limit) * 100.0 / limit)
    } else {
        String::new()
    }
}
