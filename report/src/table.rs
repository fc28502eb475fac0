//! Tables for terminals: the first column to the left, numbers to the right.

use std::fmt::Write as _;

use crate::visible::one_line;

/// Rows of cells under headings.
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Columns of words, which are aligned to the left.
    words: Vec<usize>,
}

impl Table {
    /// An empty table; columns other than the first and those of `words` hold numbers.
    #[must_use]
    pub fn new(headings: &[&str], words: &[usize]) -> Self {
        let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
        Self {
            headings,
            rows: Vec::new(),
            words: words.to_vec(),
        }
    }

    /// Adds a row: a cell for each heading.
    pub fn row(&mut self, cells: Vec<String>) {
        let cells = cells.into_iter().map(|cell| one_line(&cell).into_owned());
        self.rows.push(cells.collect());
    }

    /// The table as text, every row a line.
    #[must_use]
    pub fn render(&self) -> String {
        let mut widths: Vec<usize> = self.headings.iter().map(|heading| heading.chars().count()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = if column == 0 { "" } else { "  " };
                // Not by a format's own width, which ends at 65,535: a name of others may be longer.
                let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
                // Writing to a string cannot fail.
                let _ = if column == 0 || self.words.contains(&column) {
                    write!(line, "{gap}{cell}{padding}")
                } else {
                    write!(line, "{gap}{padding}{cell}")
                };
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of a package made a row of its own.
    #[test]
    fn a_row_is_one_line() {
        let mut table = Table::new(&["name", "bytes"], &[]);
        table.row(vec!["a\nb".into(), "7".into()]);
        assert_eq!(table.render(), "name     bytes\na\\u{a}b      7\n");
    }

    /// The width of a format ends at 65,535, and the program with it: a report of others may hold any name.
    #[test]
    fn a_name_may_have_any_length() {
        let name = "n".repeat(70_000);
        let mut table = Table::new(&["name", "bytes"], &[]);
        table.row(vec![name.as_str().into(), "7".into()]);
        let lines = format!("name{}  bytes\n{name}      7\n", " ".repeat(69_996));
        assert!(table.render() == lines);
    }

    #[test]
    fn numbers_are_to_the_right_and_lines_end_without_blanks() {
        let mut table = Table::new(&["name", "bytes", "users"], &[2]);
        table.row(vec!["memchr".into(), "7".into(), "rg fd".into()]);
        table.row(vec!["é".into(), "123456".into(), String::new()]);
        assert_eq!(
            table.render(),
            "name     bytes  users\nmemchr       7  rg fd\né       123456\n"
        );
    }
}
