//! A small JSON reader and writer: enough for the attributes that Nix hands over and for `node.json`.

mod reader;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One JSON value; objects are kept sorted, so what is written is the same every time.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// Any number
    Number(f64),
    /// A string
    String(String),
    /// An array
    Array(Vec<Value>),
    /// An object
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// Reads one JSON document.
    ///
    /// # Errors
    /// A sentence with the byte offset at which the text stops being JSON.
    pub fn parse(text: &str) -> Result<Self, String> {
        reader::read(text)
    }

    /// The member `key` of an object; `None` if it is absent or null, or if this is no object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(key).filter(|value| **value != Self::Null),
            _ => None,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The text of a string, or of a number or boolean as JSON writes it.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::String(text) => Some(text.clone()),
            Self::Number(_) | Self::Bool(_) => Some(self.to_string()),
            _ => None,
        }
    }

    /// The string member `key`.
    ///
    /// # Errors
    /// A sentence, if there is none.
    pub fn expect_text(&self, key: &str) -> Result<String, String> {
        self.optional_text(key)?.ok_or_else(|| format!("`{key}` is missing"))
    }

    /// The string member `key`, if it is there.
    ///
    /// # Errors
    /// A sentence, if it is something else.
    pub fn optional_text(&self, key: &str) -> Result<Option<String>, String> {
        match self.get(key) {
            None => Ok(None),
            Some(Self::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("`{key}` is not a string")),
        }
    }

    /// The path that is the member `key`, if it is there.
    ///
    /// # Errors
    /// As [`Self::optional_text`].
    pub fn optional_path(&self, key: &str) -> Result<Option<PathBuf>, String> {
        Ok(self.optional_text(key)?.map(PathBuf::from))
    }

    /// The boolean member `key`, or `false`.
    ///
    /// # Errors
    /// A sentence, if it is something else.
    pub fn optional_flag(&self, key: &str) -> Result<bool, String> {
        match self.get(key) {
            None => Ok(false),
            Some(Self::Bool(value)) => Ok(*value),
            Some(_) => Err(format!("`{key}` is neither true nor false")),
        }
    }

    /// The items of the array `key`, none if it is absent.
    ///
    /// # Errors
    /// A sentence, if it is something else.
    pub fn optional_items(&self, key: &str) -> Result<&[Self], String> {
        match self.get(key) {
            None => Ok(&[]),
            Some(Self::Array(items)) => Ok(items),
            Some(_) => Err(format!("`{key}` is not a list")),
        }
    }

    /// The strings in the array `key`, none if it is absent.
    ///
    /// # Errors
    /// A sentence, if it is something else.
    pub fn optional_texts(&self, key: &str) -> Result<Vec<String>, String> {
        let text = |item: &Self| item.as_str().map(str::to_owned);
        let texts: Option<Vec<String>> = self.optional_items(key)?.iter().map(text).collect();
        texts.ok_or_else(|| format!("`{key}` is not a list of strings"))
    }

    /// The paths in the array `key`, none if it is absent.
    ///
    /// # Errors
    /// A sentence, if it is something else.
    pub fn optional_paths(&self, key: &str) -> Result<Vec<PathBuf>, String> {
        Ok(self.optional_texts(key)?.into_iter().map(PathBuf::from).collect())
    }

    /// The pairs of strings in the array `key`, none if it is absent.
    ///
    /// # Errors
    /// A sentence, if it is something else.
    pub fn optional_pairs(&self, key: &str) -> Result<Vec<(String, String)>, String> {
        let pair = |item: &Self| match item.as_array() {
            Some([Self::String(name), Self::String(value)]) => Some((name.clone(), value.clone())),
            _ => None,
        };
        let pairs: Option<Vec<_>> = self.optional_items(key)?.iter().map(pair).collect();
        pairs.ok_or_else(|| format!("`{key}` is not a list of pairs of strings"))
    }

    /// The strings of the object `key`, none if it is absent.
    ///
    /// # Errors
    /// A sentence, if it is something else.
    pub fn optional_text_map(&self, key: &str) -> Result<BTreeMap<String, String>, String> {
        let members = match self.get(key) {
            None => return Ok(BTreeMap::new()),
            Some(value) => value.as_object(),
        };
        let text = |(name, value): (&String, &Self)| Some((name.clone(), value.as_str()?.to_owned()));
        let texts: Option<BTreeMap<_, _>> = members.and_then(|members| members.iter().map(text).collect());
        texts.ok_or_else(|| format!("`{key}` is not an object of strings"))
    }

    /// An object of these members.
    #[must_use]
    pub fn object<'k>(members: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        Self::Object(
            members
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    }

    fn write(&self, out: &mut String, indent: usize) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            // Writing to a String cannot fail.
            Self::Number(value) => drop(write!(out, "{value}")),
            Self::String(text) => write_string(out, text),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    item.write(out, indent + 1);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    out.push_str(if index == 0 { "\n" } else { ",\n" });
                    out.push_str(&" ".repeat(indent + 1));
                    write_string(out, key);
                    out.push_str(": ");
                    value.write(out, indent + 1);
                }
                if !members.is_empty() {
                    out.push('\n');
                    out.push_str(&" ".repeat(indent));
                }
                out.push('}');
            }
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::new();
        self.write(&mut out, 0);
        formatter.write_str(&out)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::String(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<&Path> for Value {
    fn from(path: &Path) -> Self {
        Self::String(path.to_string_lossy().into_owned())
    }
}

impl From<&PathBuf> for Value {
    fn from(path: &PathBuf) -> Self {
        path.as_path().into()
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            control if (control as u32) < 0x20 => drop(write!(out, "\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_nix_writes() {
        let value = Value::parse(r#" {"a":[1,-2.5,true,null,"x\n\u00e9\ud83d\ude00\/"],"b":{},"c":[]} "#).unwrap();
        let items = value.get("a").unwrap().as_array().unwrap();
        assert_eq!(items[0], Value::Number(1.0));
        assert_eq!(items[1], Value::Number(-2.5));
        assert_eq!(items[4].as_str(), Some("x\né😀/"));
        assert_eq!(value.get("b").unwrap().as_object().unwrap().len(), 0);
        assert_eq!(value.get("missing"), None);
    }

    #[test]
    fn what_is_written_reads_back() {
        let value = Value::object([
            ("text", Value::from("quote \" slash \\ line\n bell \u{7} é")),
            ("list", ["a", "b"].into_iter().collect()),
            ("none", Value::Null),
            ("number", Value::Number(3.0)),
            ("nested", Value::object([("flag", true.into())])),
        ]);
        assert_eq!(Value::parse(&value.to_string()).unwrap(), value);
    }

    #[test]
    fn refuses_broken_documents() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\" 1}",
            "\"abc",
            "\"\\x\"",
            "tru",
            "1 2",
            "{\"a\":1,}",
            "\"\\u12\"",
            "-",
        ] {
            assert!(Value::parse(text).is_err(), "{text:?} was accepted");
        }
        assert!(Value::parse(&"[".repeat(100_000)).is_err());
    }
}
