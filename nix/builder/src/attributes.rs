//! The structured attributes of a derivation, read strictly.
//!
//! What Nix writes (`nix/nodeInput.nix`, `nix/unit.nix`, `nix/action.nix`, `nix/libstd-rust.nix`) and what is read here are one contract: a key
//! that is missing or has another shape is an error that names it, never a default.

use crate::failure::{Failure, Result};
use crate::json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One object of the attributes.
#[derive(Debug)]
pub struct Attributes<'a> {
    members: &'a BTreeMap<String, Value>,
    /// What its keys begin with in messages: nothing, or the way to it with a dot at the end.
    prefix: String,
}

impl<'a> Attributes<'a> {
    /// The attributes as a whole.
    ///
    /// # Errors
    /// If they are no object.
    pub fn of(value: &'a Value) -> Result<Self> {
        let members = value.as_object();
        let members = members.ok_or_else(|| Failure::message("the derivation's attributes are no JSON object"))?;
        Ok(Self {
            members,
            prefix: String::new(),
        })
    }

    fn missing(&self, key: &str) -> Failure {
        Failure::message(format!(
            "`{}{key}` is missing: take the Nix functions and the builder from the same dyrust",
            self.prefix
        ))
    }

    /// The value of a key that must be there, as `shape` has it.
    fn shaped<T>(&self, key: &str, expected: &str, shape: impl FnOnce(&'a Value) -> Option<T>) -> Result<T> {
        let value = self.members.get(key).ok_or_else(|| self.missing(key))?;
        shape(value).ok_or_else(|| {
            Failure::message(format!(
                "`{}{key}` is not {expected}, but {}",
                self.prefix,
                value.to_string().replace('\n', "")
            ))
        })
    }

    /// The value of a key that may be left out, or null; `read` is what reads it where it is there.
    ///
    /// # Errors
    /// As `read`.
    pub fn optional<T>(&self, key: &str, read: impl FnOnce(&Self, &str) -> Result<T>) -> Result<Option<T>> {
        match self.members.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => read(self, key).map(Some),
        }
    }

    /// The value of a key that is always there, but may be null; `read` is what reads it where it is not.
    ///
    /// # Errors
    /// If it is missing, or as `read`.
    pub fn nullable<T>(&self, key: &str, read: impl FnOnce(&Self, &str) -> Result<T>) -> Result<Option<T>> {
        match self.members.get(key) {
            None => Err(self.missing(key)),
            Some(_) => self.optional(key, read),
        }
    }

    /// Any value.
    ///
    /// # Errors
    /// If it is missing.
    pub fn value(&self, key: &str) -> Result<&'a Value> {
        self.shaped(key, "a value", Some)
    }

    /// An object.
    ///
    /// # Errors
    /// If it is missing or something else, as for all of the following.
    pub fn object(&self, key: &str) -> Result<Self> {
        let members = self.shaped(key, "an object", Value::as_object)?;
        Ok(Self {
            members,
            prefix: format!("{}{key}.", self.prefix),
        })
    }

    /// A list of objects.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn objects(&self, key: &str) -> Result<Vec<Self>> {
        let all = |value: &'a Value| value.as_array()?.iter().map(Value::as_object).collect();
        let list: Vec<_> = self.shaped(key, "a list of objects", all)?;
        let place = |(index, members)| Self {
            members,
            prefix: format!("{}{key}[{index}].", self.prefix),
        };
        Ok(list.into_iter().enumerate().map(place).collect())
    }

    /// A string.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn text(&self, key: &str) -> Result<String> {
        self.shaped(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// A path.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn path(&self, key: &str) -> Result<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn flag(&self, key: &str) -> Result<bool> {
        self.shaped(key, "true or false", |value| match value {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        })
    }

    /// A string, or a number or boolean as JSON writes it.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn setting(&self, key: &str) -> Result<String> {
        self.shaped(key, "a string, a number or a boolean", Value::to_text)
    }

    /// A list of strings.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn texts(&self, key: &str) -> Result<Vec<String>> {
        let text = |item: &Value| item.as_str().map(str::to_owned);
        self.shaped(key, "a list of strings", |value| {
            value.as_array()?.iter().map(text).collect()
        })
    }

    /// A list of paths.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn paths(&self, key: &str) -> Result<Vec<PathBuf>> {
        Ok(self.texts(key)?.into_iter().map(PathBuf::from).collect())
    }

    /// A list of pairs of strings.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn pairs(&self, key: &str) -> Result<Vec<(String, String)>> {
        let pair = |item: &Value| match item.as_array() {
            Some([Value::String(name), Value::String(value)]) => Some((name.clone(), value.clone())),
            _ => None,
        };
        self.shaped(key, "a list of pairs of strings", |value| {
            value.as_array()?.iter().map(pair).collect()
        })
    }

    /// An object of strings.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn text_map(&self, key: &str) -> Result<BTreeMap<String, String>> {
        let object = self.object(key)?;
        let text = |name: &String| Ok((name.clone(), object.text(name)?));
        object.members.keys().map(text).collect()
    }

    /// An object of strings, numbers and booleans, as text; what is null there is left out.
    ///
    /// # Errors
    /// See [`Self::object`].
    pub fn settings(&self, key: &str) -> Result<BTreeMap<String, String>> {
        let object = self.object(key)?;
        let mut settings = BTreeMap::new();
        for name in object.members.keys() {
            if let Some(text) = object.optional(name, Self::setting)? {
                settings.insert(name.clone(), text);
            }
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_of_another_shape_is_named() {
        let value = Value::parse(
            r#"{"unit":{"features":["a",1],"test":"no","links":null},"dependencies":[{"extern":"a"}],"environment":{"A":[1],"B":null,"C":2}}"#,
        )
        .unwrap();
        let all = Attributes::of(&value).unwrap();
        let unit = all.object("unit").unwrap();
        let said = |failure: Failure| failure.to_string();
        assert_eq!(
            said(unit.texts("features").unwrap_err()),
            "`unit.features` is not a list of strings, but [\"a\", 1]"
        );
        assert_eq!(
            said(unit.flag("test").unwrap_err()),
            "`unit.test` is not true or false, but \"no\""
        );
        assert!(said(unit.text("id").unwrap_err()).starts_with("`unit.id` is missing: "));
        assert!(said(unit.nullable("output", Attributes::pairs).unwrap_err()).starts_with("`unit.output` is missing"));
        let dependency = &all.objects("dependencies").unwrap()[0];
        assert!(said(dependency.path("dev").unwrap_err()).starts_with("`dependencies[0].dev` is missing"));
        // A variable of an override's `environment` that is no text was left out.
        let failure = said(all.settings("environment").unwrap_err());
        assert_eq!(
            failure,
            "`environment.A` is not a string, a number or a boolean, but [1]"
        );
    }

    #[test]
    fn what_may_be_null_or_left_out() {
        let value = Value::parse(r#"{"links":null,"text":"z","settings":{"A":null,"B":2,"C":true}}"#).unwrap();
        let all = Attributes::of(&value).unwrap();
        assert_eq!(all.nullable("links", Attributes::text).unwrap(), None);
        assert_eq!(all.optional("code", Attributes::path).unwrap(), None);
        assert_eq!(all.nullable("text", Attributes::text).unwrap().as_deref(), Some("z"));
        let settings = all.settings("settings").unwrap();
        assert_eq!(
            settings.into_iter().collect::<Vec<_>>(),
            [("B".to_owned(), "2".to_owned()), ("C".to_owned(), "true".to_owned())]
        );
    }
}
