//! The flags that Cargo would hand to rustc.

use super::{Config, Error};

impl Config {
    /// The flags for a target triple, by the order of the Cargo book (`build.rustflags`): `CARGO_ENCODED_RUSTFLAGS`, else `RUSTFLAGS`,
    /// else all matching `target.<triple>.rustflags` and `target.<cfg>.rustflags` joined, else `build.rustflags`.
    ///
    /// `matches` says whether an expression like `cfg(unix)` holds for the target. Options of code generation are written with hyphens.
    pub fn rustflags(&self, triple: &str, matches: impl Fn(&str) -> bool) -> Result<Vec<String>, Error> {
        Ok(with_hyphens(self.written_rustflags(triple, matches)?))
    }

    fn written_rustflags(&self, triple: &str, matches: impl Fn(&str) -> bool) -> Result<Vec<String>, Error> {
        if let Some(encoded) = self.environment.get("CARGO_ENCODED_RUSTFLAGS") {
            return Ok(encoded
                .split('\x1f')
                .filter(|flag| !flag.is_empty())
                .map(str::to_owned)
                .collect());
        }
        if let Some(flags) = self.environment.get("RUSTFLAGS") {
            return Ok(flags
                .split(' ')
                .map(str::trim)
                .filter(|flag| !flag.is_empty())
                .map(str::to_owned)
                .collect());
        }
        let mut flags = self.words(&["target", triple, "rustflags"])?.unwrap_or_default();
        for (key, _) in self.tree.table(&["target"])? {
            if key.starts_with("cfg(") && matches(key) {
                flags.extend(self.tree.words(&["target", key, "rustflags"])?.unwrap_or_default());
            }
        }
        if flags.is_empty() {
            flags = self.words(&["build", "rustflags"])?.unwrap_or_default();
        }
        Ok(flags)
    }

    /// A list of words from the files, followed by those of its environment variable.
    fn words(&self, path: &[&str]) -> Result<Option<Vec<String>>, Error> {
        let mut words = self.tree.words(path)?;
        if let Some((_, value)) = self.environment.for_key(path) {
            words
                .get_or_insert_default()
                .extend(value.split_whitespace().map(str::to_owned));
        }
        Ok(words)
    }
}

/// The options of code generation among rustc's flags (`-C OPTION`, `--codegen=OPTION` and so on), as they are written.
pub(crate) fn codegen_options(flags: &[String]) -> impl Iterator<Item = &str> {
    let places = codegen_places(flags).into_iter();
    places.map(|(at, start)| &flags[at][start..])
}

/// Where the options of code generation are: the number of the flag, and where in it the option begins.
fn codegen_places(flags: &[String]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut flags = flags.iter().enumerate();
    while let Some((at, flag)) = flags.next() {
        match flag.as_str() {
            "-C" | "--codegen" => places.extend(flags.next().map(|(at, _)| (at, 0))),
            flag => {
                let forms = ["-C", "--codegen="].into_iter();
                let mut starts = forms.filter(|form| flag.starts_with(form)).map(str::len);
                places.extend(starts.next().map(|start| (at, start)));
            }
        }
    }
    places
}

/// The flags with hyphens in the names of options of code generation, for which rustc takes underscores, too: all that looks for an option
/// looks for one name.
fn with_hyphens(mut flags: Vec<String>) -> Vec<String> {
    for (at, start) in codegen_places(&flags) {
        let (form, option) = flags[at].split_at(start);
        let (name, value) = option.split_at(option.find('=').unwrap_or(option.len()));
        flags[at] = format!("{form}{}{value}", name.replace('_', "-"));
    }
    flags
}

/// How an argument for the C compiler begins that chooses another linker than the one that links everything.
const CHOOSES_LINKER: [&str; 2] = ["-fuse-ld=", "--ld-path="];

/// The linker that links everything.
const LINKER: &str = "lld";

fn chooses_another_linker(argument: &str) -> bool {
    let mut linkers = CHOOSES_LINKER.iter().filter_map(|start| argument.strip_prefix(start));
    linkers.any(|linker| linker != LINKER)
}

/// The arguments of an option that gives some to the linker.
fn link_arguments(option: &str) -> impl Iterator<Item = &str> {
    let one = option.strip_prefix("link-arg=");
    let several = option.strip_prefix("link-args=").unwrap_or_default();
    one.into_iter().chain(several.split_whitespace())
}

/// Whether an option has the C compiler start another linker (`link-arg=-fuse-ld=mold`), which no build follows.
pub(crate) fn has_another_linker(option: &str) -> bool {
    link_arguments(option).any(chooses_another_linker)
}

/// The flags without what chooses another linker: builds do not have it, and would fail where Cargo's succeed.
pub(crate) fn without_other_linkers(flags: &[String]) -> Vec<String> {
    let mut kept: Vec<Option<String>> = flags.iter().cloned().map(Some).collect();
    for (at, start) in codegen_places(flags) {
        let (form, option) = flags[at].split_at(start);
        if !has_another_linker(option) {
            continue;
        }
        let others: Vec<&str> = link_arguments(option)
            .filter(|argument| !chooses_another_linker(argument))
            .collect();
        kept[at] = match others.is_empty() {
            true => None,
            false => Some(format!("{form}link-args={}", others.join(" "))),
        };
        if others.is_empty() && start == 0 {
            // The `-C` before it.
            kept[at - 1] = None;
        }
    }
    kept.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    /// `-C target_feature=+avx2` of Cargo's configuration was no `cfg` of manifests, and `-C link_arg=--wrap=f` no reason to link as one file.
    #[test]
    fn options_have_hyphens() {
        let flags = words(
            "-C target_feature=+a_b -Clink_arg=-s_t --codegen=opt_level=1 --cfg a_b -C lto --codegen no_redzone -C",
        );
        let wanted =
            "-C target-feature=+a_b -Clink-arg=-s_t --codegen=opt-level=1 --cfg a_b -C lto --codegen no-redzone -C";
        assert_eq!(with_hyphens(flags), words(wanted));
    }

    /// With `link-arg=-fuse-ld=mold` in Cargo's configuration nothing could be built.
    #[test]
    fn another_linker_is_left_out() {
        let flags = words(
            "-C link-arg=-fuse-ld=mold -Clink-arg=--ld-path=/x/mold -C link-arg=-s -Clink-arg=-fuse-ld=lld --codegen link-arg=-fuse-ld=gold -g",
        );
        let kept = without_other_linkers(&flags);
        assert_eq!(kept, words("-C link-arg=-s -Clink-arg=-fuse-ld=lld -g"));
        let several = ["-C".to_owned(), "link-args=-s -fuse-ld=bfd -pie".to_owned()];
        assert_eq!(without_other_linkers(&several), ["-C", "link-args=-s -pie"]);
    }
}
