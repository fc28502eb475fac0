//! The derivation libstd-rust: the standard library as a shared object of its own, and the sysroot that goes with it.

use crate::elf;
use crate::environment;
use crate::failure::{Context, Failure, Phase, Result};
use crate::files;
use crate::input::Input;
use crate::process::Call;
use crate::toolchain::{self, Facts};
use std::path::{Path, PathBuf};

/// Makes `out`, with libstd alone, and `dev`, the sysroot.
///
/// # Errors
/// If the toolchain has no shared libstd, or a step fails.
pub fn build(input: &Input) -> Result<()> {
    let out = input.output("out")?;
    let dev = input.output("dev")?;
    let original = sysroot(input).during("looking for the toolchain's sysroot")?;
    let part = Path::new("lib/rustlib").join(&input.target);
    link_tree(&original.join(&part), &dev.join(&part))?;
    let folder = dev.join(&part).join("lib");
    let shipped = find_libstd(&original.join(&part).join("lib"))?;
    let name = shipped.file_name().unwrap_or_default();
    let soname = out.join("lib").join(name);
    files::make_folder(&out.join("lib"))?;
    let bytes = files::read(&shipped)?;
    let copy = elf::with_soname(&bytes, &soname.to_string_lossy())
        .ok_or_else(|| Failure::message(format!("{}: not a shared object with a name", shipped.display())))?;
    let linked = folder.join(name);
    std::fs::remove_file(&linked).file("replace", &linked)?;
    files::write(&linked, &copy)?;
    let mut call = Call::new(&input.toolchain.bintools.join("bin/objcopy"), &input.top);
    call.envs(&environment::base(input)?);
    call.args(["--strip-unneeded", "--remove-section=.rustc"])
        .arg(shipped.to_string_lossy())
        .arg(soname.to_string_lossy());
    call.run().during("stripping libstd")?;
    let facts = Facts {
        rustc: Some(rustc_text(input, &["--version"])?),
        packed_relocations: false,
        stubs: None,
    };
    files::write(&dev.join(toolchain::FILE), format!("{}\n", facts.to_json()).as_bytes())
}

fn rustc_text(input: &Input, arguments: &[&str]) -> Result<String> {
    let mut call = Call::new(&input.toolchain.rustc.join("bin/rustc"), &input.top);
    call.envs(&environment::base(input)?).args(arguments.iter().copied());
    Ok(call.text()?.trim().to_owned())
}

fn sysroot(input: &Input) -> Result<PathBuf> {
    Ok(PathBuf::from(rustc_text(input, &["--print", "sysroot"])?))
}

fn find_libstd(folder: &Path) -> Result<PathBuf> {
    let is_libstd = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libstd-") && path.extension().is_some_and(|extension| extension == "so")
    };
    let found = files::list(folder)?.into_iter().find(is_libstd);
    found.ok_or_else(|| {
        Failure::message(format!(
            "{} has no libstd-*.so: this toolchain lacks the shared standard library",
            folder.display()
        ))
    })
}

/// Makes the folders of a tree anew, with links to its files.
fn link_tree(from: &Path, to: &Path) -> Result<()> {
    files::make_folder(to)?;
    for path in files::list(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            link_tree(&path, &target)?;
        } else {
            files::link(&path, &target)?;
        }
    }
    Ok(())
}
