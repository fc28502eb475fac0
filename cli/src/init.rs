//! `dyrust init`

use std::path::Path;

use serde_json::json;

use crate::Outcome;
use crate::arguments::{Common, Format, ImportArguments, InitArguments};
use crate::check::quote;
use crate::import::{self, GRAPH_NAME};
use crate::output::Output;
use crate::{Error, flake};
use dyrust_importer::source::Unknown;
use dyrust_importer::workspace;

/// The flake's file; Nix knows no other name.
const FLAKE_NAME: &str = "flake.nix";

/// The lock's file; Cargo knows no other name of a workspace's.
const LOCK_NAME: &str = "Cargo.lock";

pub(crate) fn run(arguments: InitArguments, output: &Output) -> Result<Outcome, Error> {
    let root = workspace::find_root(&arguments.path)?;
    let file = root.join(FLAKE_NAME);
    // A link that leads nowhere is something too.
    if file.symlink_metadata().is_ok() {
        return Err(Error::FlakeExists(file));
    }
    let import = ImportArguments {
        path: root.clone(),
        manifest_path: None,
        output: None,
        target: arguments.target,
        host: None,
        published: None,
        // What the checks of a flake need, unless the tests are to be resolved with the programs.
        with_tests: !arguments.selection.tests && !arguments.selection.all_targets,
        selection: arguments.selection,
        offline: arguments.offline,
        check: false,
        min_age: None,
    };
    // Of two commands in one only one may print JSON.
    let silent = Output::new(Common {
        quiet: true,
        format: Some(Format::Text),
        color: colorchoice_clap::Color::default(),
    });
    import::run(import, if output.is_json() { &silent } else { output })?;
    let graph_file = root.join(GRAPH_NAME);
    import::write(&file, &flake::text(&arguments.dyrust))?;
    // Libraries often have their lock ignored, and then neither `git add --all` nor one that names it takes it.
    let unknown = Unknown::of(&root, &[FLAKE_NAME, GRAPH_NAME, LOCK_NAME]);
    let force = if unknown.is_ignored { " --force" } else { "" };
    let is_unknown = |name: &str| unknown.files.iter().any(|unknown| unknown == name);
    let lock = match is_unknown(LOCK_NAME) {
        true => format!(" {LOCK_NAME}"),
        false => String::new(),
    };
    // Of what `cargo new` has just made git knows nothing, and each thing that it lacks would be another message of Nix's.
    let is_new = !Unknown::of(&root, &[workspace::MANIFEST_NAME]).files.is_empty();
    let git = git_in(&root);
    let named = format!("{git} add{force} {FLAKE_NAME} {GRAPH_NAME}{lock}");
    let command = match (is_new, unknown.is_ignored) {
        (true, false) => format!("{git} add ."),
        (true, true) => format!("{git} add . && {named}"),
        (false, _) => named,
    };
    output.say(&format!(
        "{} written: run `{command}`, as Nix sees only what git knows, then `nix build`",
        file.display()
    ));
    output.json(&json!({ "flake": file.display().to_string(), "graph": graph_file.display().to_string() }))?;
    Ok(Outcome::Done)
}

/// `git`, for names that are relative to a folder: from a member's, say, these would be others.
fn git_in(root: &Path) -> String {
    let is_here = Path::new(".").canonicalize().ok() == root.canonicalize().ok();
    if is_here {
        "git".to_owned()
    } else {
        format!("git -C {}", quote(&root.display().to_string()))
    }
}
