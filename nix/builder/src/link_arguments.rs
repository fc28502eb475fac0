//! What link arguments ask for, as far as more than the linker has to know of it.

/// Options of linkers and of the C compiler that act on all that is linked.
const ACTING_ON_ALL: [&str; 17] = [
    "wrap",
    "defsym",
    "version-script",
    "script",
    "section-start",
    "symbol-ordering-file",
    "allow-multiple-definition",
    "exclude-libs",
    "retain-symbols-file",
    "pie",
    "no-pie",
    "static",
    "static-pie",
    // What a program begins and ends with is looked for in its own file alone, and may be in an archive of a library.
    "init",
    "fini",
    "e",
    "entry",
];

/// Whether a link argument acts on all that is linked.
#[must_use]
pub fn acts_on_all(argument: &str) -> bool {
    let mut words = argument.strip_prefix("-Wl,").unwrap_or(argument).split(',');
    words.any(|word| {
        let option = word.split('=').next().unwrap_or(word);
        let named = option.strip_prefix("--").or_else(|| option.strip_prefix('-'));
        // -T and its kin may be written together with their values; `-z muldefs` is two words.
        word.starts_with("-T") || word == "muldefs" || named.is_some_and(|name| ACTING_ON_ALL.contains(&name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_act_on_all_that_is_linked() {
        for argument in [
            "-Wl,--wrap=malloc",
            "-Wl,-z,now,--defsym,a=b",
            "-Tlink.x",
            "-Wl,-z,muldefs",
            "-static",
            "--wrap",
            "-pie",
            "-Wl,-init,begin",
            "-Wl,-fini=end",
            "-Wl,-e,start",
            "--entry=start",
        ] {
            assert!(acts_on_all(argument), "{argument}");
        }
        for argument in [
            "-Wl,-rpath,/a",
            "-Wl,--dynamic-list=exports",
            "-lstatic",
            "-Wl,-z,relro",
            "-rdynamic",
            "/a/wrap.o",
        ] {
            assert!(!acts_on_all(argument), "{argument}");
        }
    }
}
