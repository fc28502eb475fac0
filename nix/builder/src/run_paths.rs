//! Where a program looks for libraries that it, or a crate of it, loads by name while it runs.
//!
//! What a program is linked with is needed by absolute paths, and nothing is searched for. `dlopen` does search: build
//! scripts name folders for it (`-Wl,-rpath`), and so do overrides (`runtimeLibraries`). In a program of one file that
//! counts for all of its code. Here it has to count for the crates' shared objects, too, so it is written as DT_RPATH: the
//! loader asks the program's for every object that has no DT_RUNPATH, and asks DT_RUNPATH for the object itself alone
//! (ld.so(8)).

use crate::failure::Result;
use crate::files;
use crate::native::search_folder;
use std::path::Path;

/// The linker's option by which it writes DT_RPATH.
pub const OPTION: &str = "-Wl,--disable-new-dtags";

/// The folders that link arguments ask for.
#[must_use]
pub fn asked<'a>(arguments: impl Iterator<Item = &'a str>) -> Vec<String> {
    let words = arguments
        .filter(|argument| *argument != "-Xlinker")
        .flat_map(|argument| argument.strip_prefix("-Wl,").unwrap_or(argument).split(','));
    let mut folders = Vec::new();
    let mut is_next = false;
    for word in words {
        let value = match word.split_once('=') {
            Some(("-rpath" | "--rpath", value)) => Some(value),
            _ if is_next => Some(word),
            _ => None,
        };
        is_next = value.is_none() && matches!(word, "-rpath" | "--rpath" | "-R");
        for folder in value.into_iter().flat_map(|value| value.split(':')) {
            if !folder.is_empty() && !folders.iter().any(|known| known == folder) {
                folders.push(folder.to_owned());
            }
        }
    }
    folders
}

/// The variable that names folders in which the loader looks before others.
pub const VARIABLE: &str = "LD_LIBRARY_PATH";

/// What [`VARIABLE`] is for a test or a build script that looks for libraries in these folders (`-L` values), before what it is already: as with Cargo,
/// those among them that build scripts have made.
#[must_use]
pub fn of_builds(searches: &[String], already: Option<&str>) -> Option<String> {
    let folders = searches.iter().map(|search| search_folder(search));
    let folders = folders.filter(|folder| is_of_script(folder) && folder.iter().any(|name| name == "target"));
    let folders = folders.map(|folder| folder.to_string_lossy().into_owned());
    let all: Vec<String> = folders.chain(already.map(str::to_owned)).collect();
    (!all.is_empty()).then(|| all.join(":"))
}

/// Whether a folder is a build script's: its OUT_DIR, what it wrote above that, or the package that it hands on
/// (`nix/unitName.nix` names the outputs). What else is in there was for building.
fn is_of_script(path: &Path) -> bool {
    let mut folders = path.ancestors().collect::<Vec<_>>().into_iter().rev();
    let output = folders.position(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with("-build") && folder.parent().is_some_and(|parent| parent.ends_with("nix/store"))
    });
    let inside = output.and_then(|_| folders.next()).and_then(Path::file_name);
    inside.is_some_and(|name| name != "lib")
}

/// The folders as they are there at run time: of one that is a folder of the build, or a build script's, the shared
/// libraries are copied to `out`.
///
/// # Errors
/// If a library cannot be copied.
pub fn lasting(folders: Vec<String>, top: &Path, out: &Path) -> Result<Vec<String>> {
    let mut lasting = Vec::new();
    for folder in folders {
        let path = Path::new(&folder);
        if !(path.starts_with(top) || is_of_script(path)) || !path.is_dir() {
            lasting.push(folder);
            continue;
        }
        let to = out.join("lib/loaded").join(lasting.len().to_string());
        files::make_folder(&to)?;
        for file in files::list(path)? {
            let name = file.file_name().unwrap_or_default();
            if file.is_file() && name.to_string_lossy().contains(".so") {
                files::copy(&file, &to.join(name))?;
            }
        }
        lasting.push(to.to_string_lossy().into_owned());
    }
    Ok(lasting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_asked_for_in_several_forms() {
        let arguments = [
            "-Wl,-rpath,/a",
            "-Wl,-z,now,-rpath=/b:/c",
            "-Wl,--rpath",
            "-Wl,$ORIGIN/../lib",
            "-Xlinker",
            "-R",
            "-Xlinker",
            "/d",
            "-Wl,-rpath-link,/e",
            "-Wl,-rpath,/a",
        ];
        assert_eq!(asked(arguments.into_iter()), ["/a", "/b", "/c", "$ORIGIN/../lib", "/d"]);
    }

    #[test]
    fn folders_of_build_scripts_are_known() {
        let script = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-part-0.1.0-build";
        for (folder, is) in [
            ("out", true),
            ("target/x86_64-unknown-linux-gnu/release/build/part-0.1.0/out/lib", true),
            ("target/x86_64-unknown-linux-gnu/release", true),
            ("source/plugins", true),
            ("lib", false),
            ("", false),
        ] {
            assert_eq!(is_of_script(&Path::new(script).join(folder)), is, "{folder}");
        }
        let library = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-openssl-3.0/out";
        assert!(!is_of_script(Path::new(library)));
    }

    /// A test did not find a library by its name that it finds under `cargo test`.
    #[test]
    fn tests_look_in_what_scripts_made() {
        let script = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-part-0.1.0-build";
        let folder = format!("{script}/target/x86_64-unknown-linux-gnu/release/build/part-0.1.0/out/lib");
        let searches = [
            "native=/nix/store/a/lib".to_owned(),
            format!("native={folder}"),
            format!("{script}/source/lib"),
            "lib".to_owned(),
        ];
        assert_eq!(of_builds(&searches, None), Some(folder.clone()));
        assert_eq!(of_builds(&searches, Some("/b")), Some(format!("{folder}:/b")));
        assert_eq!(of_builds(&searches[..1], None), None);
    }

    #[test]
    fn libraries_of_the_builds_folders_are_kept() {
        let top = crate::test_folder("run-paths");
        let (base, out) = (top.join("package"), top.join("out"));
        files::write(&base.join("plugins/libplug.so.1"), b"1").unwrap();
        files::write(&base.join("plugins/notes.txt"), b"2").unwrap();
        let plugins = base.join("plugins");
        let folders = ["/nix/store/a/lib", &plugins.to_string_lossy(), "$ORIGIN"].map(str::to_owned);
        let kept = lasting(folders.to_vec(), &top, &out).unwrap();
        let copied = out.join("lib/loaded/1");
        assert_eq!(kept, ["/nix/store/a/lib", &copied.to_string_lossy(), "$ORIGIN"]);
        assert!(copied.join("libplug.so.1").exists() && !copied.join("notes.txt").exists());
    }
}
