/// The features of the optional dependency, if it is there.
pub fn features() -> Vec<&'static str> {
    #[cfg(feature = "leaf")]
    return leaf::features();
    #[cfg(not(feature = "leaf"))]
    vec!["no leaf"]
}
