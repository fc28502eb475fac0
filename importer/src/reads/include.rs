//! What a source of C, C++ or assembly includes, as far as its name says where that is.

use std::path::Path;

/// Extensions of files that include others by `#include`.
const EXTENSIONS: [&str; 11] = ["S", "c", "cc", "cpp", "cxx", "h", "hh", "hpp", "hxx", "inc", "m"];

/// Whether a file is a source or a header of C and its kin, by its name.
pub(super) fn is_source(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
}

/// The names in `#include "…"`; those in `<…>` are looked for in folders that the compiler is told.
pub(super) fn included(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let directive = line.trim_start().strip_prefix('#')?.trim_start();
        let (name, _) = directive
            .strip_prefix("include")?
            .trim_start()
            .strip_prefix('"')?
            .split_once('"')?;
        Some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::included;

    #[test]
    fn names_in_quotes_count() {
        let text = "#include \"a.h\"\n  #  include \"../b/c.h\" // \"d.h\"\n#include <e.h>\nint include;\n// #include \"f.h\"\n";
        assert_eq!(included(text).collect::<Vec<_>>(), ["a.h", "../b/c.h"]);
    }
}
