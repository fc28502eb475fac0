//! The file names of what units leave. A name says what a thing is, and is its SONAME: `id` is the unit's, made at evaluation by
//! `nix/unitKeys.nix`, and no part of a store path.

/// The file of a library or proc macro as rustc names it: `libmemchr-2-0123456789abcdef.so`.
#[must_use]
pub fn crate_file(crate_name: &str, id: &str, extension: &str) -> String {
    format!("lib{crate_name}-{id}.{extension}")
}

/// What rustc puts between the crate's name and the extension.
#[must_use]
pub fn extra_filename(id: &str) -> String {
    format!("-{id}")
}

/// The shared object made of a static archive: several crates may have one of the same name, and a crate may be called as its
/// archive is.
#[must_use]
pub fn native_file(name: &str, id: &str) -> String {
    format!("lib{name}-native-{id}.so")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_what_they_are() {
        assert_eq!(crate_file("lzma", "2-0a", "so"), "liblzma-2-0a.so");
        assert_eq!(
            crate_file("lzma", "2-0a", "so"),
            format!("liblzma{}.so", extra_filename("2-0a"))
        );
        assert_eq!(native_file("lzma", "2-0a"), "liblzma-native-2-0a.so");
    }
}
