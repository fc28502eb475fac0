//! Prints a graph so that changes are small and merge: a package is one block of lines, a unit one line if it is short.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::Graph;
use crate::InternalError;

/// A value that fits in this many columns goes on one line.
const WIDTH: usize = 110;

/// The same of an object outside of packages and units.
const SMALL: usize = 60;

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
            // What is long is written line by line after all, so that only what may be short is tried on one.
            if depth >= open || depth > 0 && may_be_small(fields) {
                let most = if depth >= open {
                    WIDTH.saturating_sub(column)
                } else {
                    SMALL
                };
                let start = text.len();
                write_compact(text, value);
                if text.len() - start <= most {
                    return;
                }
                text.truncate(start);
            }
            text.push('{');
            for (number, (key, field)) in fields.iter().enumerate() {
                text.push_str(if number == 0 { "\n" } else { ",\n" });
                let start = text.len();
                indent(text, depth + 1);
                write_text(text, key);
                text.push_str(": ");
                // Graphs that are apart look as they would by themselves, but for being two levels deeper.
                let open = if depth == 0 && key == "apart" { OPEN + 2 } else { open };
                write_value(text, field, depth + 1, text.len() - start, open);
            }
            text.push('\n');
            indent(text, depth);
            text.push('}');
        }
        other => write_compact(text, other),
    }
}

/// Whether an object outside of packages and units goes on one line if it is short: it is none of them, and holds no objects.
fn may_be_small(fields: &Map<String, Value>) -> bool {
    !fields.contains_key("version") && fields.values().all(|field| !field.is_object())
}

/// Writes a string; hardly any has something in it to be escaped.
fn write_text(text: &mut String, string: &str) {
    let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
    if string.as_bytes().iter().all(is_plain) {
        text.push('"');
        text.push_str(string);
        text.push('"');
    } else {
        let _ = write!(text, "{}", Value::from(string));
    }
}

fn indent(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n(' ', depth));
}

/// Writes on one line, with a space after `:` and `,`.
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
                write_text(text, key);
                text.push_str(": ");
                write_compact(text, field);
            }
            text.push_str(if fields.is_empty() { "}" } else { " }" });
        }
        Value::String(string) => write_text(text, string),
        other => {
            let _ = write!(text, "{other}");
        }
    }
}
