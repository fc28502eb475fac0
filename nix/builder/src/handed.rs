//! What a build script hands to others by path. Cargo leaves every package's folder where it is; here that folder is gone when
//! the script has run. So what the script's directives and the links in its `OUT_DIR` name is kept beside `OUT_DIR`, and they
//! name it there.

use crate::directives::Directives;
use crate::failure::{Context, Result};
use crate::files;
use crate::source::Layout;
use std::path::{Path, PathBuf};

/// Copies the source to `to` if what the script hands on names something in it, and makes that name the copy.
///
/// # Errors
/// If a file cannot be read or written.
pub fn keep(directives: &mut Directives, layout: &Layout, out_dir: &Path, to: &Path) -> Result<()> {
    let mut names = Names {
        layout,
        to,
        found: false,
    };
    for search in &mut directives.searches {
        names.search(search);
    }
    for (_, value) in &mut directives.metadata {
        names.value(value);
    }
    for (_, argument) in &mut directives.link_arguments {
        names.argument(argument);
    }
    // Others learn where `OUT_DIR` is by metadata alone.
    names.folder(out_dir, !directives.metadata.is_empty())?;
    if names.found {
        eprintln!(
            "the build script hands on paths of its package, which is kept in {}",
            to.display()
        );
        files::copy_tree(&layout.root, to)?;
    }
    Ok(())
}

struct Names<'a> {
    layout: &'a Layout,
    to: &'a Path,
    found: bool,
}

impl Names<'_> {
    /// A path's place in the copy, if it is in the source.
    fn kept(&mut self, path: &Path) -> Option<PathBuf> {
        let inside = path.strip_prefix(&self.layout.root).ok()?;
        self.found = true;
        Some(if inside.as_os_str().is_empty() {
            self.to.to_owned()
        } else {
            self.to.join(inside)
        })
    }

    /// A `-L` value: rustc is started in `work`, so that is what relative ones start from.
    fn search(&mut self, value: &mut String) {
        let folder = crate::native::search_folder(value);
        let absolute = self.layout.work.join(folder);
        if !absolute.is_dir() {
            return;
        }
        let kind = value[..value.len() - folder.as_os_str().len()].to_owned();
        if let Some(kept) = self.kept(&absolute) {
            *value = format!("{kind}{}", kept.display());
        }
    }

    /// Any text that may have absolute paths in it.
    fn value(&mut self, value: &mut String) {
        let root = self.layout.root.to_string_lossy().into_owned();
        let mut written = String::new();
        let mut rest = value.as_str();
        while let Some(at) = rest.find(&root) {
            let (before, after) = (&rest[..at], &rest[at + root.len()..]);
            written.push_str(before);
            // `/build/ab` is not in `/build/a`.
            let ends = after.chars().next().is_none_or(|next| !is_of_name(next));
            if ends && starts_path(before) {
                self.found = true;
                written.push_str(&self.to.to_string_lossy());
            } else {
                written.push_str(&root);
            }
            rest = after;
        }
        written.push_str(rest);
        *value = written;
    }

    /// An argument of the linker, which is started in `work`, too; its parts are separated by `,` and `=`.
    fn argument(&mut self, argument: &mut String) {
        self.value(argument);
        let mut written = String::new();
        for part in argument.split_inclusive([',', '=']) {
            let (name, end) = match part.strip_suffix([',', '=']) {
                Some(name) => (name, &part[name.len()..]),
                None => (part, ""),
            };
            let option = ["-T", "-L"].into_iter().find(|option| name.starts_with(option));
            let path = name.strip_prefix(option.unwrap_or_default()).unwrap_or(name);
            let absolute = self.layout.work.join(path);
            let names_file = absolute.is_file() || option == Some("-L") && absolute.is_dir();
            match Some(&absolute).filter(|_| !path.is_empty() && names_file) {
                Some(absolute) => {
                    let kept = self.kept(absolute).unwrap_or_else(|| absolute.clone());
                    written.push_str(option.unwrap_or_default());
                    written.push_str(&kept.to_string_lossy());
                }
                None => written.push_str(name),
            }
            written.push_str(end);
        }
        *argument = written;
    }

    /// What is in a folder: the links that point into the source, and, where `is_handed` to others, the headers that include from there.
    fn folder(&mut self, folder: &Path, is_handed: bool) -> Result<()> {
        for path in files::list(folder)? {
            let kind = std::fs::symlink_metadata(&path).file("read", &path)?;
            if kind.is_dir() {
                self.folder(&path, is_handed)?;
            } else if kind.is_symlink() {
                let points_at = std::fs::read_link(&path).file("read the link", &path)?;
                if let Some(kept) = self.kept(&points_at) {
                    std::fs::remove_file(&path).file("replace", &path)?;
                    files::link(&kept, &path)?;
                }
            } else if is_handed && is_header(&path) {
                self.header(&path)?;
            }
        }
        Ok(())
    }

    /// A header that the script made, or what pkg-config is to say. Other files of builds (CMake's, say) name the source, too, and nobody
    /// needs it for them.
    fn header(&mut self, path: &Path) -> Result<()> {
        let Ok(text) = String::from_utf8(files::read(path)?) else {
            return Ok(());
        };
        let mut changed = text.clone();
        self.value(&mut changed);
        if changed == text {
            return Ok(());
        }
        files::write(path, changed.as_bytes())
    }
}

/// Whether a file is one that a compiler of C or C++ includes, or that pkg-config reads, by its name.
fn is_header(path: &Path) -> bool {
    let endings = ["h", "hh", "hpp", "hxx", "inc", "inl", "pc"];
    path.extension()
        .is_some_and(|ending| endings.iter().any(|known| ending == *known))
}

/// Whether a path may begin after this: at the end of a name (`a/build`) it would be another one. After the letters of a
/// compiler's option (`-I/build`) it does.
fn starts_path(before: &str) -> bool {
    let is_between = |character: char| character.is_whitespace() || ";:,='\"".contains(character);
    let word = before.rsplit(is_between).next().unwrap_or_default();
    word.starts_with('-') || word.chars().next_back().is_none_or(|last| !is_of_name(last))
}

/// Whether a character goes on with a file's name.
fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || "_-.+".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directives;

    fn layout(base: &Path) -> Layout {
        let root = base.join("workspace");
        Layout {
            package: root.join("part"),
            work: root.clone(),
            root,
        }
    }

    #[test]
    fn what_is_handed_on_names_the_copy() {
        let base = crate::test_folder("handed");
        let layout = layout(&base);
        let (root, out, to) = (layout.root.clone(), base.join("out"), base.join("kept"));
        files::write(&root.join("part/c/part.h"), b"header").unwrap();
        files::write(&root.join("part/x.map"), b"map").unwrap();
        files::make_folder(&out.join("include")).unwrap();
        files::link(&root.join("part/c/part.h"), &out.join("include/part.h")).unwrap();
        let includes = |folder: &Path| format!("#include \"{}/part/c/part.h\"\n", folder.display());
        files::write(&out.join("include/made.h"), includes(&root).as_bytes()).unwrap();
        let text = format!(
            "cargo:include={0}/part/c:{0}/part/c/part.h\ncargo:other={0}-2/a\ncargo:cflags=-I{0}/part/c;-isystem{0}\ncargo:longer=/a{0}\ncargo:rustc-link-search=native=part/c\n\
             cargo:rustc-link-search=/elsewhere\ncargo:rustc-link-arg=-Wl,--version-script=part/x.map\n\
             cargo:rustc-link-arg=-T{0}/part/x.map\n",
            root.display()
        );
        let mut found = directives::parse(text.as_bytes(), None).unwrap();
        keep(&mut found, &layout, &out, &to).unwrap();
        let kept = to.display();
        assert_eq!(found.metadata[0].1, format!("{kept}/part/c:{kept}/part/c/part.h"));
        assert_eq!(found.metadata[1].1, format!("{}-2/a", root.display()));
        // A flag of the compiler's was taken for a folder `-I/…`, and named what is gone.
        assert_eq!(found.metadata[2].1, format!("-I{kept}/part/c;-isystem{kept}"));
        assert_eq!(found.metadata[3].1, format!("/a{}", root.display()));
        assert_eq!(
            found.searches,
            [format!("native={kept}/part/c"), "/elsewhere".to_owned()]
        );
        assert_eq!(
            found.link_arguments[0].1,
            format!("-Wl,--version-script={kept}/part/x.map")
        );
        assert_eq!(found.link_arguments[1].1, format!("-T{kept}/part/x.map"));
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(files::read(&out.join("include/part.h")).unwrap(), b"header");
        assert_eq!(files::read(&to.join("part/c/part.h")).unwrap(), b"header");
        // A header that the script made included what is gone.
        let made = files::read(&out.join("include/made.h")).unwrap();
        assert_eq!(made, includes(&to).into_bytes());
    }

    #[test]
    fn nothing_is_kept_that_nobody_names() {
        let base = crate::test_folder("handed-nothing");
        let layout = layout(&base);
        let (out, to) = (base.join("out"), base.join("kept"));
        files::make_folder(&layout.root).unwrap();
        files::make_folder(&out).unwrap();
        let mut found = directives::parse(b"cargo:root=/elsewhere\ncargo:rustc-link-search=lib\n", None).unwrap();
        keep(&mut found, &layout, &out, &to).unwrap();
        assert_eq!(found.searches, ["lib"]);
        assert!(!to.exists());
    }
}
