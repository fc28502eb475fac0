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
        let mut text = format!(
            "# The oracle\n\n\
             Cargo takes no part in an import. Here, and only here, it is asked what it would have done: `dyrust-oracle` holds dyrust's units \
             equal to those of `cargo build --unit-graph` ({}). Compared are package, version, source, kind, name, crate types and edition of the \
             target, what is done with it (build, test, run of a build script), host or target, features, the settings of the profile, and the \
             dependencies with their extern names. Units are equal only if all they depend on is equal too.\n\n\
             This page is written by\n\n```\ncargo run --release -p dyrust-oracle -- --table docs/oracle.md --cases 2000\n```\n\n\
             and `dyrust-oracle PATH [flags of cargo build]` compares any project. A number under \"equal\" counts questions: one selection of packages, \
             features and targets on one platform. \"Both reject\" counts questions that Cargo refuses and dyrust refuses too, for the same reason.\n",
            self.cargo
        );
        for (heading, about, rows) in &self.suites {
            let _ = write!(text, "\n## {heading}\n\n{about}\n\n");
            text.push_str("| project | equal | both reject | different | units |\n|---|---:|---:|---:|---:|\n");
            for row in rows {
                let _ = writeln!(
                    text,
                    "| {} | {} | {} | {} | {} |",
                    row.name,
                    row.equal,
                    row.rejected,
                    row.failures.len(),
                    row.units
                );
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
        }
        if let Some((seed, tally, different)) = &self.random {
            let _ = write!(
                text,
                "\n## Random workspaces\n\n\
                 Workspaces of up to 30 path crates and a directory source with several versions of a package: optional, renamed, target-specific, \
                 build, proc-macro and dev-dependencies (with cycles), namespaced and weak features, resolvers 1 to 3, profiles, editions, required \
                 features, members and default members; three questions each. Seeds from {seed} on.\n\n\
                 | | |\n|---|---:|\n| workspaces | {} |\n| without a lock, as Cargo rejects them | {} |\n| questions with equal answers | {} |\n\
                 | questions that both reject | {} |\n| questions that only Cargo rejects | {} |\n| workspaces with a difference | {different} |\n\
                 | units compared | {} |\n",
                tally.workspaces, tally.without_lock, tally.equal, tally.both_reject, tally.cargo_rejects, tally.units
            );
        }
        text
    }
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
}
