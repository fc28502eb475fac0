//! What an update costs, by two builds.

use std::path::{Path, PathBuf};

use dyrust_report::Form;
use dyrust_report::store::{NixCommand, NixOrScan};
use dyrust_report::update_cost::{Pair, text, update_cost};
use serde_json::json;

use crate::arguments::UpdateCostArguments;
use crate::output::{Output, print};
use crate::{Error, Outcome};

pub(super) fn run(arguments: &UpdateCostArguments, output: &Output) -> Result<Outcome, Error> {
    let both = [arguments.old.clone(), arguments.new.clone()];
    let forms = [
        (Form::Dynamic, both.as_slice()),
        (Form::Grouped, &arguments.grouped),
        (Form::Image, &arguments.image),
        (Form::Static, &arguments.static_),
        (Form::Cargo, &arguments.cargo),
    ];
    let pairs: Vec<Pair> = forms
        .into_iter()
        .filter_map(|(form, paths)| match paths {
            [old, new] => Some(Pair {
                form,
                old: old.clone(),
                new: new.clone(),
            }),
            _ => None,
        })
        .collect();
    // It would be one program, of which an update costs the whole file or nothing.
    let mut paths = pairs.iter().flat_map(|pair| [&pair.old, &pair.new]);
    if let Some(path) = paths.find(|path| path.is_file() && path.extension().is_some_and(|name| name == "json")) {
        return Err(Error::NotABuild(path.clone()));
    }
    let program = arguments.nix.clone().unwrap_or_else(|| PathBuf::from("nix"));
    let nix = NixCommand {
        program: program.into(),
    };
    let store = arguments.store.as_deref().unwrap_or(Path::new("/nix/store"));
    let costs = update_cost(&pairs, store, &NixOrScan { nix })?;
    if output.is_json() {
        output.json(&json!({ "forms": costs }))?;
    } else {
        print(&text(&costs))?;
    }
    Ok(Outcome::Done)
}
