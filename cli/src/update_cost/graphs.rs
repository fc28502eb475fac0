//! What an update will cost, by two graphs, before either is built.

use std::path::Path;

use dyrust_importer::graph::{self, Diff};
use dyrust_report::Table;
use dyrust_report::size::show;
use serde_json::json;

use crate::arguments::UpdateCostArguments;
use crate::fleet::plan::estimate;
use crate::fleet::plan::prediction::PlannedUpdate;
use crate::inspect::number_of;
use crate::output::{Output, print};
use crate::{Error, Outcome};

pub(super) fn run(arguments: &UpdateCostArguments, output: &Output) -> Result<Outcome, Error> {
    let (old, new) = (graph::read(&arguments.old)?, graph::read(&arguments.new)?);
    let platform = number_of(&new, &arguments.new, arguments.estimate.target.as_deref())?;
    let target = &new.platforms[platform].target;
    // A platform that the old graph has not: nothing would be said to be built again for another reason than the update.
    number_of(&old, &arguments.old, Some(target))?;
    let rebuilt = Diff::new(&old, &new)?.rebuilt.remove(target).unwrap_or_default();
    let folder = match arguments.new.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let estimate = estimate(&new, platform, &arguments.estimate, folder, output)?;
    let update = estimate.after(&rebuilt.units);
    if output.is_json() {
        output.json(&json!({ "graphs": update, "rebuilt": rebuilt }))?;
    } else {
        print(&text(&update, &rebuilt))?;
    }
    Ok(Outcome::Done)
}

fn text(update: &PlannedUpdate, rebuilt: &graph::Rebuilt) -> String {
    let mut table = Table::new(&["form", "files", "bytes", "new, as built", "bytes"], &[]);
    for cost in &update.forms {
        let mut row = vec![cost.form.to_string()];
        for amount in [cost.all, cost.as_built] {
            row.extend([amount.files.to_string(), show(amount.bytes)]);
        }
        table.row(row);
    }
    let (platform, built, estimated) = (&update.platform, update.built, update.estimated);
    format!(
        "{}\nOn {platform} {} of {} units are built again. Bytes of {built} libraries and programs are known, of {estimated} estimated by their \
         sources.\nWhat of it has other bytes is known when both are built: compare the builds, or their pins.\n",
        table.render(),
        rebuilt.units.len(),
        rebuilt.of,
    )
}
