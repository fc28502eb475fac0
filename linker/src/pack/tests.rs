use std::process::Command;

use super::*;
use crate::target::Target;

/// A folder with a program, a text, a link, and a name that is too long for a plain header.
fn tree(folder: &Path) -> Tree {
    let long = folder.join("n".repeat(120));
    std::fs::create_dir_all(folder.join("bin")).unwrap();
    std::fs::write(folder.join("bin/program"), "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(folder.join("bin/program"), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(&long, "text").unwrap();
    std::os::unix::fs::symlink("bin/program", folder.join("link")).unwrap();
    let mut tree = Tree::default();
    tree.add(folder).unwrap();
    tree
}

#[test]
fn other_tools_read_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    let archive = tar::archive(&tree(folder.path())).unwrap();
    assert_eq!(archive, tar::archive(&tree_again(folder.path())).unwrap());
    let (file, to) = (folder.path().join("a.tar"), tempfile::tempdir().unwrap());
    std::fs::write(&file, archive).unwrap();
    let status = Command::new("tar")
        .arg("-xf")
        .arg(&file)
        .arg("-C")
        .arg(to.path())
        .status()
        .unwrap();
    assert!(status.success());
    let unpacked = to.path().join(folder.path().strip_prefix("/").unwrap());
    assert_eq!(std::fs::read_to_string(unpacked.join("n".repeat(120))).unwrap(), "text");
    assert_eq!(
        std::fs::read_link(unpacked.join("link")).unwrap(),
        Path::new("bin/program")
    );
    let mode = std::fs::metadata(unpacked.join("bin/program"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o555);
    // What was unpacked cannot be written to; let it be removed.
    Command::new("chmod")
        .args(["-R", "u+w"])
        .arg(to.path())
        .status()
        .unwrap();
}

fn tree_again(folder: &Path) -> Tree {
    let mut tree = Tree::default();
    tree.add(folder).unwrap();
    tree
}

#[test]
fn an_initrd_has_headers_where_the_kernel_looks_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("bin/program");
    let archive = initrd(&tree(folder.path()), Some(&program)).unwrap();
    let hex = |at: usize, field: usize| {
        let text = std::str::from_utf8(&archive[at + 6 + field * 8..at + 14 + field * 8]).unwrap();
        usize::from_str_radix(text, 16).unwrap()
    };
    let (mut at, mut names, mut inodes) = (0, Vec::new(), Vec::new());
    loop {
        assert_eq!(&archive[at..at + 6], b"070701");
        let (size, length) = (hex(at, 6), hex(at, 11));
        let name = String::from_utf8(archive[at + 110..at + 110 + length - 1].to_vec()).unwrap();
        let content = (at + 110 + length).next_multiple_of(4);
        if name == "init" {
            assert_eq!(
                (&archive[content..content + size], hex(at, 1)),
                (program.as_os_str().as_encoded_bytes(), 0o120_777)
            );
        }
        inodes.push(hex(at, 0));
        at = (content + size).next_multiple_of(4);
        names.push(name);
        if names.last().unwrap() == "TRAILER!!!" {
            break;
        }
    }
    assert_eq!(at, archive.len());
    let position = |end: &str| names.iter().position(|name| name.ends_with(end)).unwrap();
    assert!(position("/bin") < position("/bin/program"));
    inodes.sort_unstable();
    inodes.dedup();
    assert_eq!(inodes.len(), names.len());
}

/// A misspelt program of `mkInitrd` was packed as a link to nothing.
#[test]
fn an_initrd_starts_a_program_that_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = tree(folder.path());
    let here = |name: &str| folder.path().join(name);
    tree.insert(&here("round"), Entry::Link("round".into()));
    tree.insert(&here("out"), Entry::Link("../../../../elsewhere".into()));
    tree.insert(&here("up"), Entry::Link("bin/../link".into()));
    tree.insert(Path::new("/usr"), Entry::Link(here("bin")));
    let is_packed = |init: &Path| initrd(&tree, Some(init)).is_ok();
    for init in [here("bin/program"), here("link"), here("up"), "/usr/program".into()] {
        assert!(is_packed(&init), "{}", init.display());
    }
    let text = here(&"n".repeat(120));
    for init in [
        here("bin/programm"),
        here("bin"),
        here("round"),
        here("out"),
        text,
        "bin/program".into(),
        "".into(),
    ] {
        assert!(!is_packed(&init), "{}", init.display());
    }
}

/// A misspelt command of `mkContainer` was packed, and found out when the container was started.
#[test]
fn a_container_runs_a_program_that_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let tree = tree(folder.path());
    let target = Target::new("x86_64-unknown-linux-gnu").unwrap();
    let is_packed = |command: &[&str]| {
        let container = Container {
            path: vec![folder.path().join("bin").display().to_string()],
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            reference: None,
        };
        let out = tempfile::tempdir().unwrap();
        image(&tree, &container, &target, out.path()).is_ok()
    };
    // What has a path may be mounted; without a command the engine is told one.
    for command in [&["program", "--x"] as &[_], &["/mounted/bin/sh"], &[]] {
        assert!(is_packed(command), "{command:?}");
    }
    for command in [&["programm"], &[""]] {
        assert!(!is_packed(command), "{command:?}");
    }
}

#[test]
fn an_image_layout_names_its_blobs_by_their_content() {
    let folder = tempfile::tempdir().unwrap();
    let out = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin").display().to_string();
    let container = Container {
        path: vec!["/x/bin".to_owned(), bin.clone()],
        command: vec!["program".to_owned()],
        reference: Some("fleet:1".to_owned()),
    };
    let target = Target::new("x86_64-unknown-linux-gnu").unwrap();
    image(&tree(folder.path()), &container, &target, out.path()).unwrap();
    let json = |path: PathBuf| serde_json::from_slice::<serde_json::Value>(&std::fs::read(path).unwrap()).unwrap();
    let blob = |value: &serde_json::Value| {
        let digest = value["digest"]
            .as_str()
            .unwrap()
            .strip_prefix("sha256:")
            .unwrap()
            .to_owned();
        let file = out.path().join("blobs/sha256").join(&digest);
        assert_eq!(std::fs::metadata(&file).unwrap().len(), value["size"].as_u64().unwrap());
        let sum = Command::new("sha256sum").arg(&file).output().unwrap().stdout;
        assert!(String::from_utf8(sum).unwrap().starts_with(&digest));
        file
    };
    let manifest = json(blob(&json(out.path().join("index.json"))["manifests"][0]));
    let config = json(blob(&manifest["config"]));
    assert_eq!(config["rootfs"]["diff_ids"][0], manifest["layers"][0]["digest"]);
    assert_eq!(config["config"]["Env"][0], format!("PATH=/x/bin:{bin}"));
    blob(&manifest["layers"][0]);
}

#[test]
fn paths_are_taken_from_what_nix_writes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("references");
    std::fs::write(
        &file,
        "/nix/store/b\n/nix/store/b.drv\n1\n/nix/store/a\n/nix/store/a\n\n0\n",
    )
    .unwrap();
    assert_eq!(
        references(&file).unwrap(),
        [Path::new("/nix/store/a"), Path::new("/nix/store/b")]
    );
}
