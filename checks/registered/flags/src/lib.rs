//! A registry of the crate inventory.

pub struct Flag(pub &'static str);

inventory::collect!(Flag);

pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = inventory::iter::<Flag>.into_iter().map(|flag| flag.0).collect();
    names.sort_unstable();
    names
}
