use super::*;
use crate::files;
use std::path::{Path, PathBuf};
use std::process::Command;

fn cc(folder: &Path, arguments: &[&str]) {
    let status = Command::new("cc").current_dir(folder).args(arguments).status().unwrap();
    assert!(status.success(), "cc {arguments:?}");
}

fn sample(test: &str) -> PathBuf {
    let folder = crate::test_folder(test);
    let source = "extern int missing(void);\n\
        __attribute__((visibility(\"hidden\"))) int secret(void) { return 7; }\n\
        static int local(void) { return missing(); }\n\
        int open_one(void) { return secret() + local(); }\n\
        __attribute__((constructor)) static void start(void) {}\n";
    files::write(&folder.join("a.c"), source.as_bytes()).unwrap();
    cc(&folder, &["-c", "-O0", "-fPIC", "a.c"]);
    folder
}

#[test]
fn symbols_of_an_object() {
    let bytes = files::read(&sample("elf-symbols").join("a.o")).unwrap();
    let elf = Elf::parse(&bytes).unwrap();
    let symbols = elf.symbols();
    let find = |name: &str| symbols.iter().find(|symbol| symbol.name == name).unwrap();
    assert!(!find("secret").visible && find("secret").defined && find("secret").global);
    assert!(find("open_one").visible && find("open_one").defined);
    assert!(!find("missing").defined && find("missing").global);
    assert!(!find("local").global);
    assert!(elf.sections.iter().any(|section| section.name == ".init_array"));
}

#[test]
fn hidden_symbols_can_be_shown() {
    let mut bytes = files::read(&sample("elf-show").join("a.o")).unwrap();
    assert_eq!(show_symbols(&mut bytes, |symbol| symbol.name == "other"), 0);
    assert_eq!(show_symbols(&mut bytes, |symbol| symbol.name == "secret"), 1);
    assert_eq!(show_symbols(&mut bytes, |_| true), 0);
    let symbols = Elf::parse(&bytes).unwrap().symbols();
    assert!(symbols.iter().find(|symbol| symbol.name == "secret").unwrap().visible);
    assert_eq!(show_symbols(&mut b"no object".to_vec(), |_| true), 0);
}

#[test]
fn a_linking_copy_gives_its_name_to_its_users() {
    let folder = sample("elf-soname");
    cc(&folder, &["-shared", "-o", "liba.so", "a.o", "-Wl,-soname,liba.so.1"]);
    let bytes = files::read(&folder.join("liba.so")).unwrap();
    let elf = Elf::parse(&bytes).unwrap();
    assert_eq!(elf.soname(), Some("liba.so.1"));
    // The sample's constructor beside the C runtime's own.
    assert!(elf.has_constructors(8));
    assert!(
        elf.dynamic_symbols()
            .iter()
            .any(|symbol| symbol.name == "open_one" && symbol.defined)
    );
    let name = format!("/a/{}/lib/liba.so", "long".repeat(40));
    files::write(&folder.join("liba.so"), &with_soname(&bytes, &name).unwrap()).unwrap();
    files::write(
        &folder.join("b.c"),
        b"int open_one(void); int missing(void) { return 1; } int main(void) { return open_one(); }",
    )
    .unwrap();
    cc(&folder, &["-o", "b", "b.c", "liba.so"]);
    let program = files::read(&folder.join("b")).unwrap();
    let program = Elf::parse(&program).unwrap();
    assert_eq!(program.needed()[0], name);
    assert!(program.interpreter().unwrap().contains("ld-linux"));
}

#[test]
fn an_unused_search_path_goes() {
    let folder = sample("elf-runpath");
    let absolute = folder.join("libx.so").to_string_lossy().into_owned();
    cc(
        &folder,
        &[
            "-shared",
            "-nostdlib",
            "-o",
            "libx.so",
            "a.o",
            &format!("-Wl,-soname,{absolute}"),
        ],
    );
    files::write(
        &folder.join("c.c"),
        b"int open_one(void); int two(void) { return open_one(); }",
    )
    .unwrap();
    cc(
        &folder,
        &[
            "-shared",
            "-fPIC",
            "-nostdlib",
            "-o",
            "libc2.so",
            "c.c",
            "libx.so",
            "-Wl,-rpath,/some/where:/wanted",
        ],
    );
    let mut bytes = files::read(&folder.join("libc2.so")).unwrap();
    let mut other = bytes.clone();
    assert!(keep_runpath(&mut other, &["/wanted".to_owned()]));
    assert_eq!(Elf::parse(&other).unwrap().dynamic_strings(DT_RUNPATH), ["/wanted"]);
    // A package set's compiler may add folders of its own.
    assert!(Elf::parse(&bytes).unwrap().dynamic_strings(DT_RUNPATH)[0].starts_with("/some/where"));
    assert!(drop_unused_runpath(&mut bytes));
    let elf = Elf::parse(&bytes).unwrap();
    assert!(elf.dynamic_strings(DT_RUNPATH).is_empty());
    assert_eq!(elf.needed(), [absolute]);
    assert!(elf.dynamic_symbols().iter().any(|symbol| symbol.name == "two"));
    cc(
        &folder,
        &[
            "-shared",
            "-fPIC",
            "-o",
            "libd.so",
            "c.c",
            "-Wl,--no-as-needed",
            "-Wl,-rpath,/some/where",
        ],
    );
    let mut bytes = files::read(&folder.join("libd.so")).unwrap();
    assert!(!drop_unused_runpath(&mut bytes), "libc is looked for by name");
    // A library finds it all the same, and may not refer to a store path.
    assert!(drop_runpath(&mut bytes));
    assert!(!bytes.windows(11).any(|text| text == b"/some/where"));
    let elf = Elf::parse(&bytes).unwrap();
    assert!(!elf.needed().is_empty() && elf.dynamic_symbols().iter().any(|symbol| symbol.name == "two"));
}

#[test]
fn needed_libraries_are_put_in_order() {
    let folder = sample("elf-order");
    for name in ["one", "two", "three"] {
        cc(
            &folder,
            &[
                "-shared",
                "-nostdlib",
                "-o",
                name,
                &format!("-Wl,-soname,{name}"),
                "a.o",
            ],
        );
    }
    cc(
        &folder,
        &[
            "-shared",
            "-nostdlib",
            "-o",
            "all",
            "-Wl,--no-as-needed",
            "one",
            "two",
            "three",
        ],
    );
    let mut bytes = files::read(&folder.join("all")).unwrap();
    order_needed(&mut bytes, &[2, 0]);
    assert_eq!(Elf::parse(&bytes).unwrap().needed(), ["three", "one", "two"]);
}

#[test]
fn build_ids_are_made_of_what_runs() {
    let folder = sample("elf-build-id");
    let id = format!("-Wl,--build-id=0x{}", "0".repeat(32));
    cc(&folder, &["-shared", "-nostdlib", "-o", "full", "a.o", &id]);
    let bytes = files::read(&folder.join("full")).unwrap();
    let made = |changed: usize| {
        let (mut stripped, mut full) = (bytes.clone(), bytes.clone());
        full.push(0);
        let place = Elf::parse(&stripped).unwrap().build_id().unwrap();
        stripped[changed] ^= u8::from(changed > 0);
        let id = set_build_id(&mut stripped, &mut full).unwrap();
        assert_eq!(stripped[place.clone()], full[place]);
        id
    };
    assert_eq!(made(0), made(0));
    assert_eq!(made(0).len(), 32);
    assert_ne!(made(0), made(bytes.len() - 1));
}

#[test]
fn refuses_what_is_cut_off() {
    assert!(Elf::parse(b"").is_none());
    assert!(Elf::parse(b"\x7fELF\x01\x01 thirty-two bits").is_none());
    let bytes = files::read(&sample("elf-cut").join("a.o")).unwrap();
    for length in (0..bytes.len()).step_by(13) {
        // No panic, and no symbol that is not there.
        if let Some(elf) = Elf::parse(&bytes[..length]) {
            assert!(elf.symbols().len() <= 20);
        }
    }
}

/// An update of memchr gave coreutils' own library other bytes, by such names alone.
#[test]
fn hashes_of_parts_are_dropped() {
    let folder = crate::test_folder("elf-hashes");
    let source = "static int one(void) __asm__(\"f.llvm.123\");\n\
        static int two(void) __asm__(\"g.llvm.12x\");\n\
        static int three(void) __asm__(\"h.llvm.456\");\n\
        static int four(void) __asm__(\".llvm.456\");\n\
        static int one(void) { return 1; }\n\
        static int two(void) { return 2; }\n\
        static int three(void) { return 3; }\n\
        static int four(void) { return 4; }\n\
        int all(void) { return one() + two() + three() + four(); }\n";
    files::write(&folder.join("a.c"), source.as_bytes()).unwrap();
    cc(&folder, &["-c", "-O0", "-fPIC", "a.c"]);
    let mut bytes = files::read(&folder.join("a.o")).unwrap();
    assert!(drop_codegen_unit_hashes(&mut bytes));
    let elf = Elf::parse(&bytes).unwrap();
    let symbols = elf.symbols();
    let names: Vec<&str> = (symbols.iter())
        .filter(|symbol| symbol.function)
        .map(|symbol| symbol.name)
        .collect();
    // The third shares its end with the fourth, if the assembler is one that lets them.
    assert_eq!(names[..2], ["f", "g.llvm.12x"]);
    assert!(["h", "h.llvm.456"].contains(&names[2]), "{}", names[2]);
    assert_eq!(names[3..], [".llvm.456", "all"]);
    assert!(!drop_codegen_unit_hashes(&mut bytes));
    assert!(!drop_codegen_unit_hashes(&mut b"no object".to_vec()));
}

/// Most libraries had a segment, and in each process a page, for eight bytes that never change.
#[test]
fn the_personality_is_written_once() {
    let folder = crate::test_folder("elf-personality");
    let source = "extern void rust_eh_personality(void);\n\
        __attribute__((section(\".data.DW.ref.rust_eh_personality\"), weak, visibility(\"hidden\")))\n\
        void (*reference)(void) __asm__(\"DW.ref.rust_eh_personality\") = rust_eh_personality;\n\
        int one(void) { return reference != 0; }\n";
    files::write(&folder.join("a.c"), source.as_bytes()).unwrap();
    cc(&folder, &["-c", "-O0", "-fPIC", "a.c"]);
    let mut bytes = files::read(&folder.join("a.o")).unwrap();
    assert!(make_personality_constant(&mut bytes));
    assert!(!make_personality_constant(&mut bytes));
    assert!(!make_personality_constant(&mut b"no object".to_vec()));
    files::write(&folder.join("a.o"), &bytes).unwrap();
    cc(
        &folder,
        &["-shared", "-nostdlib", "-o", "liba.so", "a.o", "-Wl,-z,relro"],
    );
    let linked = files::read(&folder.join("liba.so")).unwrap();
    let elf = Elf::parse(&linked).unwrap();
    let size = |name: &str| {
        elf.sections
            .iter()
            .find(|section| section.name == name)
            .map(|section| section.size)
    };
    assert_eq!((size(".data.rel.ro"), size(".data")), (Some(8), None));
}

/// Two archives had a function each, and its address is a key in C++.
#[test]
fn addresses_that_are_taken_are_no_calls() {
    let folder = crate::test_folder("elf-addresses");
    let source = "int called(void); int taken(void); int in_data(void);\n\
                  __attribute__((visibility(\"hidden\"))) int hidden(void);\n\
                  int (*table)(void) = in_data; void *own(void) { return taken; }\n\
                  void *unseen(void) { return hidden; } int call(void) { return called() + 1; }\n";
    files::write(&folder.join("a.c"), source.as_bytes()).unwrap();
    cc(&folder, &["-c", "-O1", "-fPIC", "a.c"]);
    let bytes = files::read(&folder.join("a.o")).unwrap();
    let taken = Elf::parse(&bytes).unwrap().addresses_taken();
    assert_eq!(taken.into_iter().collect::<Vec<_>>(), ["hidden", "in_data", "taken"]);
}

// A library for C named the C library by its path. A host with another one had two then, and died.
#[test]
fn a_library_may_need_another_by_its_name() {
    let folder = sample("elf-by-name");
    files::write(&folder.join("map"), b"V1 { global: missing; };\n").unwrap();
    files::write(&folder.join("b.c"), b"int missing(void) { return 1; }\n").unwrap();
    let script = "-Wl,--version-script=map";
    cc(
        &folder,
        &[
            "-shared",
            "-fPIC",
            "b.c",
            "-o",
            "libb.so",
            "-Wl,-soname,/b/libb.so.1",
            script,
        ],
    );
    cc(&folder, &["-shared", "a.o", "-L.", "-lb", "-o", "liba.so"]);
    let mut bytes = files::read(&folder.join("liba.so")).unwrap();
    assert!(!need_by_name(&mut bytes, |path| path == "/c/libb.so.1"));
    assert!(need_by_name(&mut bytes, |path| path == "/b/libb.so.1"));
    assert!(!need_by_name(&mut bytes, |path| path == "/b/libb.so.1"));
    files::write(&folder.join("liba.so"), &bytes).unwrap();
    assert!(Elf::parse(&bytes).unwrap().needed().contains(&"libb.so.1"));
    let output = Command::new("readelf")
        .arg("-VW")
        .arg(folder.join("liba.so"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("File: libb.so.1") && !text.contains("/b/"), "{text}");
    assert!(!need_by_name(&mut b"no library".to_vec(), |_| true));
}
