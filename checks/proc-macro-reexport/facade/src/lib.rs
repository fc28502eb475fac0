#[cfg(feature = "derive")]
pub use facade_derive::Name;

/// Has a name.
pub trait Name {
    fn name() -> &'static str;
}
