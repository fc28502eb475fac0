//! The page `docs/oracle.md`: what was compared and what came out.

use std::fmt::Write as _;

use crate::random::Tally;
use crate::suite::Row;

/// All that the page tells.
#[derive(Debug, Default)]
pub struct Page {
    /// Heading, a sentence on what is compared, and the projects.
    pub suites: Vec<(&'static str, &'static str, Vec<Row>)>,
    /// The first seed and the counts of the random workspaces, with the number that differ.
    pub random: Option<(u64, Tally, usize)>,
    /// `cargo --version`, as that is what dyrust is compared with.
    pub cargo: String,
}

impl Page {
    /// The page as Markdown.
    pub fn render(&self) -> String {
        let mut text = self.beginning();
        for (heading, section) in self.sections() {
            let _ = write!(text, "\n## {heading}\n{section}");
        }
        text
    }

    /// `page` with the sections that this one has in the place of its own.
    ///
    /// # Errors
    /// If `page` does not begin as this one does (it is of another cargo, so that all of it has to be made anew), or lacks one of the sections.
    pub fn put_into(&self, page: &str) -> Result<String, String> {
        let mut parts = page.split("\n## ");
        if parts.next() != Some(&self.beginning()) {
            return Err("the page is of another cargo, or of another form: make all of it, without --only".to_owned());
        }
        let mut theirs: Vec<(&str, String)> = parts
            .map(|part| part.split_once('\n').unwrap_or((part, "")))
            .map(|(heading, section)| (heading, section.to_owned()))
            .collect();
        for (heading, section) in self.sections() {
            let place = theirs.iter_mut().find(|(name, _)| *name == heading);
            let (_, old) =
                place.ok_or_else(|| format!("the page has no section {heading:?}: make all of it, without --only"))?;
            *old = section;
        }
        let mut text = self.beginning();
        for (heading, section) in theirs {
            let _ = write!(text, "\n## {heading}\n{section}");
        }
        Ok(text)
    }

    /// What stands before the first section.
    fn beginning(&self) -> String {
        format!(
            "# The oracle\n\n\
             Cargo takes no part in an import. Here, and only here, it is asked what it would have done: `dyrust-oracle` holds dyrust's units \
             equal to those of `cargo build --unit-graph` ({}). Compared are package, version, source, kind, name, crate types and edition of the \
             target, what is done with it (build, test, run of a build script), host or target, features, the settings of the profile, and the \
             dependencies with their extern names. Units are equal only if all they depend on is equal too.\n\n\
             This page is written by\n\n\
             <!-- not run: it asks Cargo thousands of times; a test of dyrust-oracle reads it -->\n\
             ```console\n$ cargo run --release -p dyrust-oracle -- --table docs/oracle.md --cases 2000\n```\n\n\
             (after a new fixture, with `--only Fixtures`, its section alone). Any project is compared, with the flags of `cargo build`, by\n\n\
             <!-- before:\n$ cp -R \"$CHECKOUT/templates/default/.\" .\n-->\n\
             ```console\n$ dyrust-oracle . --package hello_again\n\
             x86_64-unknown-linux-gnu: equal (2 units, 1 dependencies)\n\
             aarch64-unknown-linux-gnu: equal (2 units, 1 dependencies)\n\
             equal\n```\n\n\
             A number under \"equal\" counts questions: one selection of packages, features and targets on one platform. \"Both reject\" counts questions \
             that Cargo refuses and dyrust refuses too, for the same reason.\n",
            self.cargo
        )
    }

    /// Heading and text of each section, from the line after the heading on.
    fn sections(&self) -> Vec<(&str, String)> {
        let suites = self
            .suites
            .iter()
            .map(|(heading, about, rows)| (*heading, suite(about, rows)));
        let random = self
            .random
            .as_ref()
            .map(|(seed, tally, different)| (RANDOM, random(*seed, tally, *different)));
        suites.chain(random).collect()
    }
}

/// The heading of the section on random workspaces.
pub const RANDOM: &str = "Random workspaces";

/// A project's line of a table.
pub fn line(row: &Row) -> String {
    let Row {
        name,
        equal,
        rejected,
        units,
        failures,
    } = row;
    format!("| {name} | {equal} | {rejected} | {} | {units} |", failures.len())
}

fn suite(about: &str, rows: &[Row]) -> String {
    let mut text =
        format!("\n{about}\n\n| project | equal | both reject | different | units |\n|---|---:|---:|---:|---:|\n");
    for row in rows {
        let _ = writeln!(text, "{}", line(row));
    }
    let sum = |number: fn(&Row) -> usize| rows.iter().map(number).sum::<usize>();
    let _ = writeln!(
        text,
        "| **{} projects** | **{}** | **{}** | **{}** | |",
        rows.len(),
        sum(|row| row.equal),
        sum(|row| row.rejected),
        sum(|row| row.failures.len())
    );
    text
}

fn random(seed: u64, tally: &Tally, different: usize) -> String {
    format!(
        "\nWorkspaces of up to 30 path crates and a directory source with several versions of a package: optional, renamed, target-specific, \
         build, proc-macro and dev-dependencies (with cycles), namespaced and weak features, resolvers 1 to 3, profiles, editions, required \
         features, members and default members; three questions each. Seeds from {seed} on.\n\n\
         | | |\n|---|---:|\n| workspaces | {} |\n| without a lock, as Cargo rejects them | {} |\n| questions with equal answers | {} |\n\
         | questions that both reject | {} |\n| questions that only Cargo rejects | {} |\n| workspaces with a difference | {different} |\n\
         | units compared | {} |\n",
        tally.workspaces, tally.without_lock, tally.equal, tally.both_reject, tally.cargo_rejects, tally.units
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_shows_in_its_row_and_in_the_sum() {
        let row = |name: &str, failures: usize| Row {
            name: name.to_owned(),
            equal: 3,
            rejected: 1,
            units: 5,
            failures: vec![String::new(); failures],
        };
        let page = Page {
            suites: vec![("Fixtures", "Small ones.", vec![row("a", 0), row("b", 2)])],
            random: Some((7, Tally::default(), 1)),
            cargo: "cargo 1".to_owned(),
        };
        let text = page.render();
        assert!(text.contains("| b | 3 | 1 | 2 | 5 |"), "{text}");
        assert!(text.contains("| **2 projects** | **6** | **2** | **2** | |"), "{text}");
        assert!(text.contains("| workspaces with a difference | 1 |"), "{text}");
    }
    #[test]
    fn a_section_is_put_into_a_page_and_the_others_stay() {
        let row = |name: &str| Row {
            name: name.to_owned(),
            equal: 3,
            rejected: 0,
            units: 5,
            failures: Vec::new(),
        };
        let page = |fixture, template, cargo: &str| Page {
            suites: vec![
                ("Fixtures", "Small ones.", vec![row(fixture)]),
                ("Templates", "Whole ones.", vec![row(template)]),
            ],
            random: Some((7, Tally::default(), 1)),
            cargo: cargo.to_owned(),
        };
        let fixtures = Page {
            suites: vec![("Fixtures", "Small ones.", vec![row("new")])],
            random: None,
            cargo: "cargo 1".to_owned(),
        };
        let put = fixtures.put_into(&page("old", "same", "cargo 1").render()).unwrap();
        assert_eq!(put, page("new", "same", "cargo 1").render());
        assert!(
            fixtures
                .put_into(&page("old", "same", "cargo 2").render())
                .unwrap_err()
                .contains("another cargo")
        );
        let without = page("old", "same", "cargo 1")
            .render()
            .replace("## Fixtures", "## Others");
        assert!(fixtures.put_into(&without).unwrap_err().contains("Fixtures"));
    }
}
