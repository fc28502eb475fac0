//! `[lints]`: the flags by which Cargo hands the lints of a manifest to rustc, rustdoc and clippy
//! (<https://doc.rust-lang.org/cargo/reference/manifest.html#the-lints-section>).

use std::cmp::Reverse;

use cargo_util_schemas::manifest::{TomlLintLevel, TomlLints};

use super::inherit::Inheritance;
use super::{Error, Problem};

/// The tools whose lints a manifest may name.
pub(super) const TOOLS: [&str; 4] = ["cargo", "clippy", "rust", "rustdoc"];

/// The flags for a package's own lints, or for those that it inherits.
pub(super) fn flags(inherit: &Inheritance<'_>) -> Result<Vec<String>, Error> {
    let manifest = inherit.manifest;
    let Some(own) = &manifest.tables.lints else {
        return Ok(Vec::new());
    };
    let fail = |problem| manifest.fail(&["lints"], problem);
    if !own.workspace {
        return of_table(&own.lints).map_err(|problem| {
            let path = match &problem {
                Problem::LintName { tool, name, .. } => vec!["lints", tool, name],
                _ => vec!["lints", "rust", "unexpected_cfgs", "check-cfg"],
            };
            manifest.fail(&path, problem.clone())
        });
    }
    if !own.lints.is_empty() {
        return Err(fail(Problem::OverriddenLints));
    }
    let key = || "lints".to_owned();
    let workspace = inherit
        .workspace
        .ok_or_else(|| fail(Problem::NoWorkspace { key: key() }))?;
    let shared = workspace.tables.lints.as_ref();
    let shared = shared.ok_or_else(|| fail(Problem::NothingToInherit { key: key() }))?;
    of_table(shared).map_err(fail)
}

/// In Cargo's order: by priority; lints of one priority by name, backwards, so that the group `all` counts least.
fn of_table(lints: &TomlLints) -> Result<Vec<String>, Problem> {
    let mut flags = Vec::new();
    for (tool, table) in lints {
        for (name, lint) in table {
            if TOOLS.contains(&tool.as_str())
                && let Some((prefix, suffix)) = name.split_once("::")
            {
                let meant = prefix == tool || (tool == "rust" && TOOLS.contains(&prefix));
                let advice = if meant {
                    format!("write `lints.{prefix}.{suffix}`")
                } else {
                    "names have no `::`".to_owned()
                };
                return Err(Problem::LintName {
                    tool: tool.clone(),
                    name: name.clone(),
                    advice,
                });
            }
            // Cargo's own lints are none of rustc's.
            if tool == "cargo" {
                continue;
            }
            let level = match lint.level() {
                TomlLintLevel::Forbid => "--forbid",
                TomlLintLevel::Deny => "--deny",
                TomlLintLevel::Warn => "--warn",
                TomlLintLevel::Allow => "--allow",
            };
            let flag = if tool == "rust" {
                format!("{level}={name}")
            } else {
                format!("{level}={tool}::{name}")
            };
            flags.push((lint.priority(), Reverse(name), flag));
        }
    }
    flags.sort();
    let mut flags: Vec<String> = flags.into_iter().map(|(_, _, flag)| flag).collect();
    let cfgs = lints.get("rust").and_then(|rust| rust.get("unexpected_cfgs"));
    if let Some(list) = cfgs
        .and_then(|lint| lint.config())
        .and_then(|table| table.get("check-cfg"))
    {
        let list: Vec<String> = list.clone().try_into().map_err(|_| Problem::CheckCfg)?;
        flags.extend(list.into_iter().map(|cfg| format!("--check-cfg={cfg}")));
    }
    Ok(flags)
}
