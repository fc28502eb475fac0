//! Properties of the linked files, and errors on bad input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use dyrust_linker::cache::{FILE, UnitScan};
use dyrust_linker::error::Error;
use dyrust_linker::graph::Graph;
use dyrust_linker::link::options::{Folding, Layout, Options};
use dyrust_linker::placement::Form;
use dyrust_linker::placement::cost::CostModel;
use dyrust_linker::planned::Planned;
use dyrust_linker::report::{Plan, Report, ReportedFile};
use dyrust_linker::target::Target;
use support::{Built, FORMS, Source, WAYS, Workshop, output, printed};

/// A library and two programs that use it.
fn pair(shop: &Workshop) -> (Built, Built, Built) {
    let common = shop.library(
        "common",
        "#[inline(never)] pub fn text() -> String { format!(\"{:?}\", [1, 2]) }",
        &[],
    );
    let one = shop.program("one", "fn main() { println!(\"{}\", common::text()) }", &[&common]);
    let two = shop.program("two", "fn main() { println!(\"2 {}\", common::text()) }", &[&common]);
    (common, one, two)
}

#[test]
fn two_links_are_identical_in_whichever_order_programs_are_given() {
    let shop = Workshop::new();
    let (_, one, two) = pair(&shop);
    for form in FORMS {
        let files = |name: &str, programs: [&Built; 2]| {
            let mut options = shop.options(name);
            options.prefix = PathBuf::from("/final/place");
            let report = shop.link(form, &programs, &options).unwrap();
            let read = |path: &PathBuf| (path.clone(), std::fs::read(options.out.join(path)).unwrap());
            report.files.iter().map(|file| read(&file.path)).collect::<Vec<_>>()
        };
        let (first, second) = (
            files(&format!("{form:?}-first"), [&one, &two]),
            files(&format!("{form:?}-second-longer"), [&two, &one]),
        );
        assert!(first == second, "{form:?}");
        let own = shop.path().display().to_string();
        for (path, content) in first {
            let found = content.windows(own.len()).any(|window| window == own.as_bytes());
            assert!(!found, "{} holds a path of the build", path.display());
        }
    }
}

/// One function that calls `exp`, in a crate that two programs use, had all programs load libm. `ceil` is compiler_builtins'.
#[test]
fn programs_load_libm_for_what_they_use_alone() {
    let shop = Workshop::new();
    let text = "#[inline(never)] pub fn ceil(x: f64) -> String { format!(\"{}\", x.ceil()) }";
    let common = shop.library("common", text, &[]);
    let growth = shop.library("growth", "#[inline(never)] pub fn exp(x: f64) -> f64 { x.exp() }", &[]);
    let main = |uses: &str| {
        format!(
            "fn main() {{ let x = std::env::args().count() as f64 - 0.5; println!(\"{{}} {{}}\", common::ceil(x), {uses}) }}"
        )
    };
    let one = shop.program("one", &main("growth::exp(x) > 1.6"), &[&common, &growth]);
    let two = shop.program("two", &main("growth::exp(x) > 1.7"), &[&common, &growth]);
    let three = shop.program("three", &main("3"), &[&common]);
    let options = shop.options("image");
    let report = shop.link(Form::Image, &[&one, &two, &three], &options).unwrap();
    let calls_libm = |file: &ReportedFile| file.needed.iter().any(|needed| needed.ends_with("libm.so.6"));
    let calling: Vec<_> = report
        .files
        .iter()
        .filter(|file| calls_libm(file))
        .map(|file| &file.path)
        .collect();
    assert_eq!(calling, [Path::new("bin/one"), Path::new("bin/two")]);
    let bin = options.out.join("bin");
    let all = ["one", "two", "three"].map(|name| printed(&bin.join(name)));
    assert_eq!(all, ["1 true\n", "1 false\n", "1 3\n"]);
}

/// An object of a group that names a path would change with all that it uses; a program that does not name all paths would not start.
#[test]
fn grouped_objects_name_no_path_and_programs_name_all() {
    let shop = Workshop::new();
    let text = "#[inline(never)] pub fn text() -> String { format!(\"{:?}\", [1, 2]) }";
    let common = shop.library("common", text, &[]);
    let twice = "#[inline(never)] pub fn twice() -> usize { common::text().len() * 2 }";
    let middle = shop.library("middle", twice, &[&common]);
    // Through the middle alone, the programs use what all use.
    let one = shop.program(
        "one",
        "fn main() { std::process::exit(middle::twice() as i32) }",
        &[&middle],
    );
    let two = shop.program(
        "two",
        "fn main() { std::process::exit(middle::twice() as i32) }",
        &[&middle],
    );
    let three = shop.program("three", "fn main() { println!(\"{}\", common::text()) }", &[&common]);
    let options = shop.options("grouped");
    // Nothing goes together because it is small.
    let cost = CostModel {
        microseconds_per_object: 0.0,
        ..CostModel::default()
    };
    let programs = [one.dev, two.dev, three.dev];
    let planned = Planned::new(&programs, Form::Grouped, &cost, &options).unwrap();
    let report = planned.link(&options).unwrap();
    let lib = options.prefix.join("lib").display().to_string();
    let libraries: Vec<_> = report
        .files
        .iter()
        .filter(|file| file.path.starts_with("lib"))
        .collect();
    assert_eq!(libraries.len(), 2, "{libraries:?}");
    for library in &libraries {
        let content = std::fs::read(options.out.join(&library.path)).unwrap();
        let found = content.windows(lib.len()).any(|window| window == lib.as_bytes());
        assert!(!found, "{} holds a path", library.path.display());
    }
    assert!(
        libraries[0]
            .needed
            .iter()
            .any(|needed| libraries[1].path.ends_with(needed))
    );
    for program in report.files.iter().filter(|file| file.path.starts_with("bin")) {
        let ours = program.needed.iter().filter(|needed| needed.starts_with(&lib)).count();
        assert_eq!(ours, program_objects(&report, program), "{program:?}");
    }
    let bin = options.out.join("bin");
    assert_eq!(output(&bin.join("one")).status.code(), Some(12));
    assert_eq!(output(&bin.join("two")).status.code(), Some(12));
    assert_eq!(printed(&bin.join("three")), "[1, 2]\n");
}

/// A program and its code, where they are two files, bring the same library along that is loaded by name. As a build script had made it so that
/// it can only be read, the second time failed, with pins alone.
#[test]
fn what_is_loaded_by_name_may_be_for_reading_only() {
    let shop = Workshop::new();
    let common = shop.build(
        "common",
        "lib",
        Source {
            rust: "#[inline(never)] pub fn text() -> String { format!(\"{}\", 1) }",
            ..Source::default()
        },
    );
    let mut one = shop.program("one", "fn main() { println!(\"{}\", common::text()) }", &[&common]);
    let out = one.node.out.clone().unwrap();
    one.node.program = Some(out.join("bin/one"));
    let folder = out.join("lib/plugins");
    std::fs::create_dir_all(&folder).unwrap();
    let plugin = folder.join("libplugin.so");
    std::fs::write(&plugin, "plugin").unwrap();
    std::fs::set_permissions(&plugin, std::fs::Permissions::from_mode(0o555)).unwrap();
    one.node.run_paths = vec![folder];
    one.write();
    let mut options = shop.options("first");
    options.layout = Layout::Separate(BTreeMap::new());
    shop.link_separate(&[&one], &options).unwrap();
    assert_eq!(
        std::fs::read_to_string(options.out.join("lib/loaded/one/0/libplugin.so")).unwrap(),
        "plugin"
    );
}

/// Objects with outputs of their own are fixed outputs where they are pinned, which may not refer to anything; a program must find all of
/// them, what they need of others included, and be nothing but that list, or each update would replace its code.
#[test]
fn separate_objects_refer_to_nothing_and_may_be_anywhere() {
    let shop = Workshop::new();
    let folder = shop.foreign("other", "int other(void) { return 40; }");
    let folder = folder.display().to_string();
    let common = shop.build(
        "common",
        "lib",
        Source {
            rust: "unsafe extern \"C\" { fn other() -> i32; fn erf(x: f64) -> f64; }\n\
                   #[inline(never)] pub fn text() -> String { format!(\"{} {}\", unsafe { other() }, unsafe { erf(0.0) }) }",
            link_arguments: &["-lother", "-lm"],
            searches: &[&folder],
            ..Source::default()
        },
    );
    let main = |name: &str| format!("fn main() {{ println!(\"{name} {{}}\", common::text()) }}");
    let one = shop.program("one", &main("one"), &[&common]);
    let two = shop.program("two", &main("two"), &[&common]);
    let mut options = shop.options("first");
    options.layout = Layout::Separate(BTreeMap::new());
    let programs = [&one, &two];
    let report = shop.link_separate(&programs, &options).unwrap();
    let (started, objects): (Vec<_>, Vec<_>) = report.files.iter().partition(|file| file.path.starts_with("bin"));
    let stems: Vec<_> = objects.iter().map(|file| file.path.iter().next().unwrap()).collect();
    assert!(stems.len() == 4 && stems.contains(&"libone".as_ref()), "{stems:?}");
    for object in &objects {
        let content = std::fs::read(options.out.join(&object.path)).unwrap();
        let names = |path: &str| content.windows(path.len()).any(|window| window == path.as_bytes());
        assert!(!names(&shop.path().display().to_string()), "{object:?} holds a path");
        assert!(object.needed.iter().all(|needed| !needed.contains('/')), "{object:?}");
    }
    for program in &started {
        assert!(program.bytes < 12_000, "{program:?}");
        for library in ["libother.so", "libm.so.6"] {
            assert!(program.needed.iter().any(|needed| needed == library), "{program:?}");
        }
    }
    let bin = options.out.join("bin");
    assert_eq!(printed(&bin.join("one")), "one 40 0\n");
    // Somewhere else, where each is an output.
    let mut placed = BTreeMap::new();
    for stem in stems {
        let (from, to) = (options.out.join(stem), shop.path().join("store").join(stem));
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::rename(from, &to).unwrap();
        placed.insert(stem.to_str().unwrap().to_owned(), to);
    }
    let mut again = shop.options("second");
    again.layout = Layout::Separate(placed.clone());
    shop.link_separate(&programs, &again).unwrap();
    let written: Vec<_> = std::fs::read_dir(&again.out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(written, ["bin"]);
    assert_eq!(printed(&again.out.join("bin/two")), "two 40 0\n");
    let code = placed["libone"].join("lib/libone.so");
    let mut content = std::fs::read(&code).unwrap();
    content.push(0);
    std::fs::write(&code, content).unwrap();
    let refused = shop.link_separate(&programs, &again).unwrap_err().to_string();
    assert!(
        refused.contains("libone.so: this is not what is linked now"),
        "{refused}"
    );
    // A name that no object has was passed over.
    let mut misnamed = placed.clone();
    misnamed.insert("libnone".to_owned(), "/none".into());
    again.layout = Layout::Separate(misnamed);
    let refused = shop.link_separate(&programs, &again).unwrap_err().to_string();
    assert!(
        refused.contains("--object libnone: there is no such object, only lib"),
        "{refused}"
    );
    again.layout = Layout::Separate(placed.clone());
    let in_image = shop.link(Form::Image, &programs, &again).unwrap_err().to_string();
    assert!(in_image.contains("in the grouped form alone"), "{in_image}");
}

/// What a set uses of its shared objects changed them all with each program that came or went. Of a program's code only the beginning is asked
/// for, which kept all of it, and names of it that others have, too.
#[test]
fn open_objects_are_the_same_whatever_the_programs_use() {
    let shop = Workshop::new();
    let common = shop.build(
        "common",
        "lib",
        Source {
            rust: "#[inline(never)] pub fn first() -> String { format!(\"{}\", std::process::id() > 0) }\n\
                   #[inline(never)] pub fn second() -> Vec<String> { std::env::args().skip(1).collect() }",
            ..Source::default()
        },
    );
    let program = |name: &str, function: &str| {
        shop.program(
            name,
            &format!("fn main() {{ println!(\"{{:?}}\", common::{function}()) }}"),
            &[&common],
        )
    };
    let one = program("one", "first");
    let two = program("two", "first");
    let three = program("three", "second");
    let objects = |name: &str, open: bool, programs: &[&Built]| {
        let mut options = shop.options(name);
        options.layout = Layout::Separate(BTreeMap::new());
        options.open = open;
        let report = shop.link_separate(programs, &options).unwrap();
        let objects = report
            .files
            .iter()
            .filter(|file| file.path.to_string_lossy().starts_with("libgroup-"));
        let contents: Vec<Vec<u8>> = objects
            .map(|file| std::fs::read(options.out.join(&file.path)).unwrap())
            .collect();
        assert_eq!(printed(&options.out.join("bin/one")), "\"true\"\n");
        assert_eq!(contents.len(), 1);
        let code = report
            .files
            .iter()
            .find(|file| file.path.ends_with("libone.so"))
            .unwrap();
        assert_eq!(code.exports, 1, "{code:?}");
        contents
    };
    let closed = objects("closed", false, &[&one, &two]);
    assert_ne!(closed, objects("closed-again", false, &[&one, &three]));
    let open = objects("open", true, &[&one, &two]);
    assert_eq!(open, objects("open-again", true, &[&one, &three]));
    let mut options = shop.options("image");
    options.open = true;
    let refused = shop.link(Form::Image, &[&one, &two], &options).unwrap_err().to_string();
    assert!(refused.contains("open in the grouped form alone"), "{refused}");
}

/// A release of libc that changed functions of its own, which nobody called, made another object of what all ten programs share: what a crate
/// refers to is numbered before what is behind it.
#[test]
fn a_crate_of_which_nothing_is_left_changes_no_object() {
    let object = |more: &str| {
        let shop = Workshop::new();
        let below = shop.library("below", &format!("pub const ONE: usize = 1;\n{more}"), &[]);
        let text = "#[inline(never)] pub fn text() -> String { format!(\"{:?}\", [below::ONE; 2]) }";
        let common = shop.library("common", text, &[&below]);
        let main = "fn main() { println!(\"{}\", common::text()) }";
        let (one, two) = (
            shop.program("one", main, &[&common]),
            shop.program("two", main, &[&common]),
        );
        let mut options = shop.options("out");
        options.layout = Layout::Separate(BTreeMap::new());
        let report = shop.link_separate(&[&one, &two], &options).unwrap();
        assert_eq!(printed(&options.out.join("bin/one")), "[1, 1]\n");
        let group = report
            .files
            .iter()
            .find(|file| file.path.to_string_lossy().starts_with("libgroup-"));
        std::fs::read(options.out.join(&group.unwrap().path)).unwrap()
    };
    let more = "#[inline(never)] pub fn length(text: *const u8) -> usize { unsafe extern \"C\" { fn strlen(text: *const u8) -> usize; } unsafe { strlen(text) } }\n\
                #[inline(never)] pub fn shown(path: &std::path::Path) -> String { format!(\"{path:?}{:?}\", std::env::current_dir()) }";
    assert!(object("") == object(more));
}

/// A crate that replaces the allocator kept its program's code in the file that is started, which is new with each update of what it lists.
#[test]
fn a_program_with_an_allocator_of_its_own_is_a_list_as_well() {
    let shop = Workshop::new();
    let counting = shop.build(
        "counting",
        "lib",
        Source {
            rust: "use std::alloc::*;\nuse std::sync::atomic::*;\npub static CALLS: AtomicUsize = AtomicUsize::new(0);\npub struct Counting;\n\
                   unsafe impl GlobalAlloc for Counting {\n\
                   unsafe fn alloc(&self, layout: Layout) -> *mut u8 { CALLS.fetch_add(1, Ordering::Relaxed); unsafe { System.alloc(layout) } }\n\
                   unsafe fn dealloc(&self, at: *mut u8, layout: Layout) { unsafe { System.dealloc(at, layout) } }\n}\n\
                   #[global_allocator] static ALLOCATOR: Counting = Counting;",
            ..Source::default()
        },
    );
    let table = (0..40_000)
        .map(|number| format!("{}u64,", number * 7919))
        .collect::<String>();
    let large = shop.build(
        "large",
        "lib",
        Source {
            rust: &format!(
                "thread_local! {{ static SEEN: std::cell::Cell<u64> = const {{ std::cell::Cell::new(1) }}; }}\n\
                 static TABLE: [u64; 40_000] = [{table}];\n\
                 #[inline(never)] pub fn at(place: usize) -> Vec<u64> {{ SEEN.set(SEEN.get() + 1); vec![TABLE[place], SEEN.get()] }}"
            ),
            ..Source::default()
        },
    );
    let main = "fn main() { let before = counting::CALLS.load(std::sync::atomic::Ordering::Relaxed);\n\
                let found = large::at(std::env::args().count());\n\
                println!(\"{found:?} {}\", counting::CALLS.load(std::sync::atomic::Ordering::Relaxed) > before) }";
    let one = shop.program("one", main, &[&counting, &large]);
    let two = shop.program("two", "fn main() { println!(\"{:?}\", large::at(2)[1]) }", &[&large]);
    let mut options = shop.options("allocator");
    options.layout = Layout::Separate(BTreeMap::new());
    let alone = shop.link_separate(&[&one], &options).unwrap();
    let started = alone.files.iter().find(|file| file.path.ends_with("bin/one")).unwrap();
    assert!(started.bytes < 12_000, "{started:?}");
    assert!(
        alone
            .files
            .iter()
            .any(|file| file.path.ends_with("libone.so") && file.bytes > 300_000)
    );
    assert_eq!(printed(&options.out.join("bin/one")), "[7919, 2] true\n");
    let mut options = shop.options("beside");
    options.layout = Layout::Separate(BTreeMap::new());
    shop.link_separate(&[&one, &two], &options).unwrap();
    assert_eq!(printed(&options.out.join("bin/one")), "[7919, 2] true\n");
    assert_eq!(printed(&options.out.join("bin/two")), "2\n");
}

/// A program that aborts on panics unwound: what it begins a panic with was in an object that is loaded after std's.
#[test]
fn a_program_with_its_own_beginning_of_a_panic_aborts() {
    let shop = Workshop::new();
    let table: String = (0..40_000).map(|number| format!("{}u64,", number * 7919)).collect();
    let main = format!(
        "static TABLE: [u64; 40_000] = [{table}];\n\
         fn main() {{ let _ = std::panic::catch_unwind(|| assert_eq!(TABLE[std::env::args().count()], 1)); println!(\"went on\") }}"
    );
    let mut one = shop.program("one", &main, &[]);
    let two = shop.program("two", "fn main() { println!(\"two\") }", &[]);
    shop.add_panic_abort(&mut one);
    let mut options = shop.options("aborting");
    options.layout = Layout::Separate(BTreeMap::new());
    shop.link_separate(&[&one, &two], &options).unwrap();
    let output = output(&options.out.join("bin/one"));
    assert_eq!((output.status.code(), output.stdout), (None, Vec::new()));
}

/// How many shared objects a program loads.
fn program_objects(report: &Report, program: &ReportedFile) -> usize {
    let name = &program.programs[0];
    let loaded = report.files.iter().filter(|file| file.programs.contains(name));
    loaded.count() - 1
}

#[test]
fn identical_rust_is_folded_and_addresses_that_matter_are_kept() {
    let shop = Workshop::new();
    let library = shop.build(
        "twins",
        "lib",
        Source {
            rust: "#[inline(never)] pub fn power(n: u64) -> u64 { n.pow(5) ^ 77 }\n\
                   pub static LEFT: [u8; 32] = [7; 32]; pub static RIGHT: [u8; 32] = [7; 32];\n\
                   unsafe extern \"C\" { fn left(n: u32) -> u32; fn right(n: u32) -> u32; }\n\
                   pub fn c() -> (usize, usize) { (left as usize, right as usize) }",
            c: Some("unsigned left(unsigned n) { return n * n + 9; } unsigned right(unsigned n) { return n * n + 9; }"),
            ..Source::default()
        },
    );
    // The compiler itself folds what is in one crate.
    let other = shop.library(
        "other",
        "#[inline(never)] pub fn power(n: u64) -> u64 { n.pow(5) ^ 77 }",
        &[],
    );
    let main = "use std::hint::black_box;\n\
        fn main() {\n\
          let functions = black_box([twins::power as fn(u64) -> u64, other::power]).map(|f| f as usize);\n\
          let statics = black_box([&twins::LEFT, &twins::RIGHT]).map(|s| s as *const _ as usize);\n\
          let c = black_box(twins::c());\n\
          println!(\"{} {} {}\", functions[0] == functions[1], statics[0] == statics[1], c.0 == c.1);\n\
        }";
    let program = shop.program("main", main, &[&library, &other]);
    let expected = [
        (Folding::Rust, "true false false\n"),
        (Folding::All, "true true true\n"),
        (Folding::None, "false false false\n"),
    ];
    for (folding, expected) in expected {
        let mut options = shop.options(&format!("{folding:?}"));
        options.folding = folding;
        shop.link(Form::Static, &[&program], &options).unwrap();
        assert_eq!(printed(&options.out.join("bin/main")), expected, "{folding:?}");
    }
}

#[test]
fn a_scan_beside_the_objects_is_used_and_changes_nothing() {
    let shop = Workshop::new();
    let (common, one, _) = pair(&shop);
    let target = Target::new(&common.node.target).unwrap();
    let made = UnitScan::make(&common.dev, &common.node, &target).unwrap();
    assert!(
        made.objects
            .defined
            .iter()
            .any(|symbol| symbol.name.contains("common4text"))
    );
    made.write(&common.dev, &common.node, &common.dev.join(FILE)).unwrap();
    assert_eq!(UnitScan::load(&common.dev, &common.node, &target).unwrap(), made);
    // What is read is the file, not the objects: one symbol more is seen.
    let file = common.dev.join(FILE);
    let text = std::fs::read_to_string(&file).unwrap() + "U from_the_file\n";
    std::fs::write(&file, text).unwrap();
    let loaded = UnitScan::load(&common.dev, &common.node, &target).unwrap();
    assert!(loaded.objects.undefined.contains(&"from_the_file".to_owned()));
    std::fs::write(&file, "damaged").unwrap();
    assert_eq!(UnitScan::load(&common.dev, &common.node, &target).unwrap(), made);
    assert_eq!(Graph::load(&[one.dev]).unwrap().units.len(), 2);
}

#[test]
fn units_that_are_rlibs_are_linked_too() {
    let shop = Workshop::new();
    let (mut common, _, _) = pair(&shop);
    let flags = ["--crate-type", "rlib"];
    let rlib = shop.build(
        "plain",
        "lib",
        Source {
            rust: "pub fn n() -> u8 { 9 }",
            flags: &flags,
            ..Source::default()
        },
    );
    let main = "fn main() { println!(\"{} {}\", plain::n(), common::text()) }";
    let program = shop.program("main", main, &[&common, &rlib]);
    common.node.objects.clear();
    let made = rlib.node.file.as_ref().unwrap().with_extension("rlib");
    let mut as_rlib = rlib.clone();
    as_rlib.node.objects.clear();
    as_rlib.node.file = Some(made);
    as_rlib.write();
    let bin = shop.linked(Form::Static, &[&program]);
    assert_eq!(printed(&bin.join("main")), "9 [1, 2]\n");
}

#[test]
fn a_plan_says_why() {
    let shop = Workshop::new();
    let (_, one, two) = pair(&shop);
    let options = shop.options("plan");
    let programs = [one.dev, two.dev];
    let planned = Planned::new(&programs, Form::Image, &CostModel::default(), &options).unwrap();
    let plan = Plan::new(&planned).text();
    assert!(plan.contains("lib/libimage.so (2 items"), "{plan}");
    // It wanted a linker, to link nothing.
    let without = Options {
        lld: Some(shop.path().join("nowhere")),
        ..shop.options("plan")
    };
    let planned = Planned::new(&programs, Form::Image, &CostModel::default(), &without).unwrap();
    assert_eq!(Plan::new(&planned).text(), plan);
    let said = planned.link(&without).err().unwrap().to_string();
    assert!(said.contains("no ld.lld was found in "), "{said}");
    assert!(
        plan.contains("loaded by one, two") && plan.contains("used by all programs"),
        "{plan}"
    );
    // Nothing is written, so that no folder need be named: it was an empty path, which is not absolute. And the first program is none of
    // the plan's formats.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dyrust-link"));
    command.args(["image", "--cc"]).arg(&options.cc);
    if let Some(lld) = &options.lld {
        command.arg("--lld").arg(lld);
    }
    let said = command.arg("--plan").args(&programs).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(String::from_utf8(said.stdout).unwrap(), plan);
}

fn refused(shop: &Workshop, programs: &[&Built]) -> Error {
    shop.link(Form::Static, programs, &shop.options("refused")).unwrap_err()
}

#[test]
fn bad_input_is_named() {
    let shop = Workshop::new();
    let (common, one, two) = pair(&shop);
    let object = common.dev.join(&common.node.objects[0]);
    let good = std::fs::read(&object).unwrap();
    let reason = |content: &[u8]| {
        std::fs::write(&object, content).unwrap();
        match refused(&shop, &[&one]) {
            Error::Foreign { path, reason, .. } if path == object => reason,
            error => panic!("{error}"),
        }
    };
    assert!(reason(b"no object").contains("not an ELF file"));
    assert!(reason(b"BC\xc0\xde....").contains("bitcode"));
    assert!(reason(&good[..good.len() / 2]).contains("damaged"));
    let mut other = good.clone();
    other[18] = 0xf3;
    assert!(reason(&other).contains("another machine"));
    let linked = std::fs::read(common.node.file.as_ref().unwrap()).unwrap();
    assert!(reason(&linked).contains("linked already"));
    std::fs::remove_file(&object).unwrap();
    assert!(matches!(refused(&shop, &[&one]), Error::Missing { what: "object", .. }));
    std::fs::write(&object, good).unwrap();

    assert!(matches!(refused(&shop, &[&common]), Error::NotAProgram { .. }));
    assert!(matches!(refused(&shop, &[]), Error::Usage(_)));
    let nowhere = Built {
        dev: Path::new("/nowhere").to_owned(),
        ..one.clone()
    };
    assert!(matches!(refused(&shop, &[&nowhere]), Error::NotANode { .. }));

    let mut changed = two.clone();
    changed.node.program = one.node.program.clone();
    changed.write();
    assert!(matches!(refused(&shop, &[&one, &changed]), Error::SameName { .. }));
    two.write();

    let mut changed = common.clone();
    changed.node.rustc = Some("rustc 1.0.0".to_owned());
    changed.write();
    let error = refused(&shop, &[&one]);
    assert!(
        error.to_string().contains("the compiler differs") && error.to_string().contains("rustc 1.0.0"),
        "{error}"
    );

    changed.node = common.node.clone();
    changed.node.dependencies = vec![one.dev.clone()];
    changed.write();
    assert!(matches!(
        refused(&shop, &[&one]),
        Error::NotALibrary { .. } | Error::Circle { .. }
    ));
    changed.node.dependencies = vec![common.dev.clone()];
    changed.write();
    assert!(matches!(refused(&shop, &[&one]), Error::Circle { .. }));

    // The program was linked against a build of the library that is not the one in its dependencies.
    changed.node = common.node.clone();
    changed.node.soname = Some("libcommon-0000000000000000.so".into());
    changed.write();
    let error = refused(&shop, &[&one]);
    assert!(matches!(error, Error::OtherBuild { .. }), "{error}");
    common.write();
    assert!(shop.link(Form::Static, &[&one], &shop.options("good")).is_ok());
}

#[test]
fn a_linkers_complaint_is_shown() {
    let shop = Workshop::new();
    let source = "unsafe extern \"C\" { fn nobody_has_this(); } pub fn call() { unsafe { nobody_has_this() } }";
    let library = shop.library("lacking", source, &[]);
    let program = shop.program("main", "fn main() { lacking::call() }", &[&library]);
    let error = refused(&shop, &[&program]).to_string();
    assert!(error.contains("undefined symbol: nobody_has_this"), "{error}");
}

/// A program whose build script asks for GNU's linker could not be linked again: it was given options of lld's.
#[test]
fn another_linker_is_not_asked_for() {
    let shop = Workshop::new();
    let source = Source {
        rust: "fn main() { println!(\"linked\") }",
        link_arguments: &["-fuse-ld=bfd"],
        ..Source::default()
    };
    let program = shop.build("asks", "bin", source);
    for form in WAYS {
        assert_eq!(
            printed(&shop.linked(form, &[&program]).join("asks")),
            "linked\n",
            "{form}"
        );
    }
}

/// What was lost counted as printed (a panic, in fact), and a path's escapes reached the terminal.
#[test]
fn the_program_says_what_it_cannot_print_and_prints_nothing_raw() {
    let program = || std::process::Command::new(env!("CARGO_BIN_EXE_dyrust-link"));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let lost = program()
        .args(["time", "--runs", "1", "true"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(lost.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&lost.stderr).contains("standard output"));
    let named = program().args(["scan", "/a\u{1b}]0;x\u{7}"]).output().unwrap();
    let said = String::from_utf8(named.stderr).unwrap();
    assert!(said.contains("/a\\u{1b}]0;x\\u{7}"), "{said}");
    assert!(!said.contains('\u{1b}'));
}

/// They were taken and passed over: a report that was asked for was never written.
#[test]
fn an_option_without_effect_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let file = file.to_str().unwrap();
    let linker = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_dyrust-link"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for (arguments, expected) in [
        (
            &["image", "--plan", "dev", "--report", file][..],
            "'--plan[=<FORMAT>]' cannot be used with '--report <FILE>'",
        ),
        (
            &["image", "--plan=json", "dev", "--keep-work", file],
            "'--plan[=<FORMAT>]' cannot be used with '--keep-work <FOLDER>'",
        ),
        (
            &["grouped", "--plan", "dev", "--quiet"],
            "'--plan[=<FORMAT>]' cannot be used with '--quiet'",
        ),
        (
            &["static", "dev", "--out", file, "--cost", "cost.json"],
            "--cost: it is of the forms `image` and `grouped`",
        ),
        (
            &["trim", "dev", "--out", file, "--cost", "cost.json"],
            "--cost: it is of the forms `image` and `grouped`",
        ),
        (
            &["pack", "/", "--format=cpio", "--out", file, "--command", "sh"],
            "--command: it is of `--format oci`",
        ),
        (
            &["pack", "/", "--format=cpio", "--out", file, "--path", "/bin"],
            "--path: it is of `--format oci`",
        ),
        (
            &["pack", "/", "--format=cpio", "--out", file, "--reference", "a"],
            "--reference: it is of `--format oci`",
        ),
        (
            &["pack", "/", "--format=cpio", "--out", file, "--target", "a"],
            "--target: it is of `--format oci`",
        ),
        (
            &["pack", "/", "--format=oci", "--out", file, "--init", "/init"],
            "--init: it is of `--format cpio`",
        ),
    ] {
        let (code, said) = linker(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert!(!Path::new(file).exists(), "{arguments:?}");
    }
}

/// Of a link, such as `result`, the link alone was packed, and of nothing an empty archive.
#[test]
fn what_a_link_leads_to_is_packed() {
    let folder = tempfile::tempdir().unwrap();
    let (package, link, out) = (
        folder.path().join("package"),
        folder.path().join("result"),
        folder.path().join("out"),
    );
    std::fs::create_dir(&package).unwrap();
    std::fs::write(package.join("file"), "what is in it").unwrap();
    std::os::unix::fs::symlink(&package, &link).unwrap();
    let pack = |paths: &[&Path]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dyrust-link"));
        let output = command
            .args(["pack", "--format", "cpio", "--out"])
            .arg(&out)
            .args(paths)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(pack(&[&link]), (Some(0), String::new()));
    assert!(String::from_utf8_lossy(&std::fs::read(&out).unwrap()).contains("what is in it"));
    let (code, said) = pack(&[]);
    assert!(code == Some(2) && said.contains("nothing is to be packed"), "{said}");
}
