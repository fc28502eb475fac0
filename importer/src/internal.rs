//! What cannot happen: one error for all of it.
//!
//! A value that has to be there is never replaced by a default: the graph would be wrong, and a wrong graph is worse than a failure.

use std::fmt::Display;
use std::panic::Location;

/// Something that the importer relies on does not hold. Whatever the input was, it is a mistake of dyrust's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("internal error: {}: expected {}{}: this is a mistake of dyrust, report it with the manifests and the lock", .0.place, .0.expected, .0.reason)]
pub struct InternalError(Box<Broken>);

/// The parts of the message, apart so that a result that may be this error stays small.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Broken {
    /// Where in dyrust's source it was noticed.
    place: &'static Location<'static>,
    expected: &'static str,
    /// What a library says of it, after `: `.
    reason: String,
}

impl InternalError {
    /// At the place of the caller; `expected` ends the sentence "expected …".
    #[track_caller]
    pub fn new(expected: &'static str) -> Self {
        Self::because(expected, String::new())
    }

    #[cold]
    #[track_caller]
    fn because(expected: &'static str, reason: String) -> Self {
        Self(Box::new(Broken {
            place: Location::caller(),
            expected,
            reason,
        }))
    }
}

/// Values that are there, unless dyrust is wrong.
pub(crate) trait Invariant<T> {
    /// The value, or an error that says what was expected and where.
    fn invariant(self, expected: &'static str) -> Result<T, InternalError>;
}

impl<T> Invariant<T> for Option<T> {
    #[inline]
    #[track_caller]
    fn invariant(self, expected: &'static str) -> Result<T, InternalError> {
        match self {
            Some(value) => Ok(value),
            None => Err(InternalError::new(expected)),
        }
    }
}

impl<T, E: Display> Invariant<T> for Result<T, E> {
    #[inline]
    #[track_caller]
    fn invariant(self, expected: &'static str) -> Result<T, InternalError> {
        match self {
            Ok(value) => Ok(value),
            Err(reason) => Err(InternalError::because(expected, format!(": {reason}"))),
        }
    }
}

/// A position in a list, as it is kept: lists are shorter than 2^32.
#[inline]
#[track_caller]
pub(crate) fn position(position: usize) -> Result<u32, InternalError> {
    u32::try_from(position).invariant("a list that is shorter than 2^32")
}

#[cfg(test)]
mod tests {
    use super::{InternalError, Invariant, position};

    #[test]
    fn the_message_says_where_and_what_was_expected() {
        let error: InternalError = None::<()>.invariant("a library").unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("internal error: "), "{text}");
        assert!(
            text.contains("internal.rs:") && text.contains("expected a library: "),
            "{text}"
        );
    }

    #[test]
    fn the_message_has_the_reason_of_a_library() {
        let text = "x".parse::<u8>().invariant("a number").unwrap_err().to_string();
        assert!(text.contains("expected a number: invalid digit"), "{text}");
    }

    #[test]
    fn positions_are_those_of_32_bits() {
        assert_eq!(position(7), Ok(7));
        assert!(position(usize::MAX).is_err());
    }
}
