//! Prints a graph so that changes are small and merge: a package is one block of lines, a unit one line if it is short.

use std::fmt::Write;

use serde_json::Value;

use super::Graph;
use crate::InternalError;

/// A value that fits in this many columns goes on one line.
const WIDTH: usize = 110;

/// Up to this depth every field has a line of its own: the graph, its packages, a package, its units.
const OPEN: usize = 4;

/// The text of a graph's file.
///
/// # Errors
/// An internal one, when the graph has no form in JSON.
pub fn print(graph: &Graph) -> Result<String, InternalError> {
    let mut text = String::new();
    write_value(&mut text, &graph.value()?, 0, 0, OPEN);
    text.push('\n');
    Ok(text)
}

fn write_value(text: &mut String, value: &Value, depth: usize, column: usize, open: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let compact = compact(value);
            if depth >= open && column + compact.len() <= WIDTH
                || depth > 0 && depth < open && is_small(value, &compact)
            {
                text.push_str(&compact);
                return;
            }
            text.push('{');
            for (number, (key, field)) in fields.iter().enumerate() {
                text.push_str(if number == 0 { "\n" } else { ",\n" });
                let start = text.len();
                indent(text, depth + 1);
                let _ = write!(text, "{}: ", Value::from(key.as_str()));
                // Graphs that are apart look as they would by themselves, but for being two levels deeper.
                let open = if depth == 0 && key == "apart" { OPEN + 2 } else { open };
                write_value(text, field, depth + 1, text.len() - start, open);
            }
            text.push('\n');
            indent(text, depth);
            text.push('}');
        }
        other => text.push_str(&compact(other)),
    }
}

/// Objects outside of packages and units that are short and hold no objects.
fn is_small(value: &Value, compact: &str) -> bool {
    let Value::Object(fields) = value else { return false };
    compact.len() <= 60 && !fields.contains_key("version") && fields.values().all(|field| !field.is_object())
}

fn indent(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n(' ', depth));
}

/// On one line, with a space after `:` and `,`.
fn compact(value: &Value) -> String {
    let mut text = String::new();
    write_compact(&mut text, value);
    text
}

fn write_compact(text: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (number, item) in items.iter().enumerate() {
                text.push_str(if number == 0 { "" } else { ", " });
                write_compact(text, item);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            text.push('{');
            for (number, (key, field)) in fields.iter().enumerate() {
                text.push_str(if number == 0 { " " } else { ", " });
                let _ = write!(text, "{}: ", Value::from(key.as_str()));
                write_compact(text, field);
            }
            text.push_str(if fields.is_empty() { "}" } else { " }" });
        }
        other => {
            let _ = write!(text, "{other}");
        }
    }
}
