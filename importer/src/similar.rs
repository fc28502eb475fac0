//! What a mistyped name may have meant.

/// The end of a message about an unknown name: `; did you mean \`NAME\`?` with the nearest of the known ones, or nothing if none is near.
///
/// Near is what Cargo takes for near: as many letters to change as a third of the name's length, at most; capital or not is no difference.
pub fn did_you_mean<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let small = wanted.to_lowercase();
    let distance = |name: &'a str| (strsim::damerau_levenshtein(&small, &name.to_lowercase()), name);
    let nearest = known
        .into_iter()
        .map(distance)
        .filter(|(distance, name)| *name != wanted && *distance <= wanted.chars().count().max(name.chars().count()) / 3)
        .min();
    match nearest {
        Some((_, name)) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn the_nearest_name_is_proposed() {
        let known = ["serde", "serde_json", "sd"];
        assert_eq!(did_you_mean("sedre", known), "; did you mean `serde`?");
        assert_eq!(did_you_mean("serde-json", known), "; did you mean `serde_json`?");
        assert_eq!(did_you_mean("SERDE", known), "; did you mean `serde`?");
        assert_eq!(did_you_mean("tokio", known), "");
        assert_eq!(did_you_mean("xx", known), "");
    }
}
