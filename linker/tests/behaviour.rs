//! What programs do has to be the same in every form: allocators, constructors, slices, unwinding, state, C code.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::process::Command;

use dyrust_linker::dynamic::dynamic;
use dyrust_linker::link::options::Names;
use dyrust_linker::placement::Form;
use support::{FORMS, Source, WAYS, Workshop, output, printed, run};

#[test]
fn state_is_one_and_panics_are_caught_across_objects() {
    let shop = Workshop::new();
    let common = shop.library(
        "common",
        "use std::sync::atomic::{AtomicU32, Ordering};\n\
         pub static COUNT: AtomicU32 = AtomicU32::new(0);\n\
         std::thread_local! { pub static LOCAL: std::cell::Cell<u32> = const { std::cell::Cell::new(1) }; }\n\
         #[inline(never)] pub fn count() -> u32 { COUNT.fetch_add(1, Ordering::Relaxed) + 1 }\n\
         #[inline(never)] pub fn local() -> u32 { LOCAL.with(|local| { local.set(local.get() * 2); local.get() }) }\n\
         pub struct Guard; impl Drop for Guard { fn drop(&mut self) { count(); } }\n\
         #[inline(never)] pub fn fail(text: &str) { let _guard = Guard; panic!(\"{text}\") }\n\
         #[inline(never)] pub fn identity() -> std::any::TypeId { std::any::TypeId::of::<Guard>() }",
        &[],
    );
    let middle = shop.library(
        "middle",
        "#[inline(never)] pub fn caught() -> String {\n\
           let result = std::panic::catch_unwind(|| common::fail(\"deep\"));\n\
           *result.unwrap_err().downcast::<String>().unwrap()\n\
         }\n\
         #[inline(never)] pub fn count() -> u32 { common::LOCAL.with(|l| l.set(l.get() + 5)); common::count() }\n\
         #[inline(never)] pub fn identity() -> std::any::TypeId { std::any::TypeId::of::<common::Guard>() }",
        &[&common],
    );
    let main = "fn main() {\n\
           std::panic::set_hook(Box::new(|_| ()));\n\
           let text = middle::caught();\n\
           let here = std::panic::catch_unwind(|| common::fail(\"shallow\")).is_err();\n\
           let one = middle::identity() == common::identity();\n\
           println!(\"{NAME} {text} {here} {one} {} {} {}\", common::count(), middle::count(), common::local());\n\
           let other = std::thread::spawn(|| common::local()).join().unwrap();\n\
           println!(\"{other}\");\n\
         }\n";
    let one = shop.program(
        "one",
        &format!("const NAME: &str = \"one\";\n{main}"),
        &[&common, &middle],
    );
    let two = shop.program(
        "two",
        &format!("const NAME: &str = \"two\";\n{main}"),
        &[&common, &middle],
    );
    for form in WAYS {
        let bin = shop.linked(form, &[&one, &two]);
        for name in ["one", "two"] {
            assert_eq!(
                printed(&bin.join(name)),
                format!("{name} deep true true 3 4 12\n2\n"),
                "{form:?}"
            );
        }
    }
    let options = shop.options("Image");
    let file = options.out.join("bin/one");
    let needed = dynamic(&std::fs::read(&file).unwrap(), &file).unwrap().needed;
    let library = options.out.join("lib/libimage.so").display().to_string();
    assert_eq!(needed, [library.as_str(), "libc.so.6"]);
}

/// cargo-expand could not be linked again: it reads Rust by syn, which refers to the compiler's interface for macros.
#[test]
fn programs_may_refer_to_proc_macro() {
    let shop = Workshop::new();
    let source = "extern crate proc_macro;\nfn main() { println!(\"{}\", proc_macro::is_available()) }\n";
    let one = shop.program("one", source, &[]);
    for form in WAYS {
        let bin = shop.linked(form, &[&one]);
        assert_eq!(printed(&bin.join("one")), "false\n", "{form:?}");
    }
}

const COUNTING: &str = "use std::alloc::{GlobalAlloc, Layout, System};\n\
     use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};\n\
     struct Counting; static CALLS: AtomicUsize = AtomicUsize::new(0); static FREED: AtomicUsize = AtomicUsize::new(0);\n\
     unsafe impl GlobalAlloc for Counting {\n\
       unsafe fn alloc(&self, layout: Layout) -> *mut u8 { CALLS.fetch_add(1, Relaxed); unsafe { System.alloc(layout) } }\n\
       unsafe fn dealloc(&self, at: *mut u8, layout: Layout) { FREED.fetch_add(1, Relaxed); unsafe { System.dealloc(at, layout) } }\n\
     }\n\
     #[global_allocator] static COUNTING: Counting = Counting;\n";
const USES_HEAP: &str =
    "#[inline(never)] pub fn work(n: usize) -> Vec<String> { (0..n).map(|i| format!(\"item {i}\")).collect() }";

#[test]
fn a_replaced_allocator_serves_everything() {
    let shop = Workshop::new();
    let heap = shop.library("heap", USES_HEAP, &[]);
    let main = "fn main() {\n\
         let before = (CALLS.load(Relaxed), FREED.load(Relaxed));\n\
         let list = heap::work(1000); let text = list.join(\",\"); drop(list);\n\
         let parsed: std::collections::BTreeMap<String, usize> = (0..100).map(|i| (i.to_string(), i)).collect();\n\
         let threads: usize = std::thread::spawn(|| heap::work(50).len()).join().unwrap();\n\
         println!(\"{} {} {}\", text.len() + parsed.len() + threads,\n\
           CALLS.load(Relaxed) - before.0 > 1100, FREED.load(Relaxed) - before.1 > 1000);\n\
       }\n";
    let counting = shop.program("counting", &format!("{COUNTING}{main}"), &[&heap]);
    let plain = shop.program(
        "plain",
        "fn main() { println!(\"{}\", heap::work(3).join(\" \")) }",
        &[&heap],
    );
    for form in WAYS {
        let bin = shop.linked(form, &[&counting, &plain]);
        assert_eq!(printed(&bin.join("counting")), "9039 true true\n", "{form:?}");
        assert_eq!(printed(&bin.join("plain")), "item 0 item 1 item 2\n", "{form:?}");
    }
    // The fixture would notice: bound inside the shared object, std keeps its own allocator.
    let mut naive = shop.options("naive");
    naive.arguments = vec!["-Wl,-Bsymbolic".to_owned()];
    shop.link(Form::Image, &[&counting, &plain], &naive).unwrap();
    let result = output(&naive.out.join("bin/counting"));
    assert_ne!(String::from_utf8_lossy(&result.stdout), "9039 true true\n");
}

#[test]
fn an_allocator_in_a_library_is_with_the_programs_that_use_it() {
    let shop = Workshop::new();
    let heap = shop.library("heap", USES_HEAP, &[]);
    let counts = "pub fn calls() -> usize { CALLS.load(Relaxed) }";
    let allocator = shop.library("allocator", &format!("{COUNTING}{counts}"), &[]);
    let main = "fn main() { let n = heap::work(500).len(); println!(\"{n} {}\", allocator::calls() > 500) }";
    let one = shop.program("one", main, &[&heap, &allocator]);
    let two = shop.program("two", main, &[&heap, &allocator]);
    let three = shop.program("three", "fn main() { println!(\"{}\", heap::work(5).len()) }", &[&heap]);
    for form in WAYS {
        let bin = shop.linked(form, &[&one, &two, &three]);
        assert_eq!(printed(&bin.join("one")), "500 true\n", "{form:?}");
        assert_eq!(printed(&bin.join("two")), "500 true\n", "{form:?}");
        assert_eq!(printed(&bin.join("three")), "5\n", "{form:?}");
    }
}

#[test]
fn constructors_run_in_programs_that_have_them_and_in_no_other() {
    let shop = Workshop::new();
    let registry = shop.library(
        "registry",
        "use std::sync::Mutex; pub static NAMES: Mutex<Vec<&str>> = Mutex::new(Vec::new());\n\
         #[inline(never)] pub fn names() -> String { NAMES.lock().unwrap().join(\" \") }",
        &[],
    );
    // Nothing of it is ever called: it is used for what it does before main.
    let plugin = shop.library(
        "plugin",
        "extern \"C\" fn register() { registry::NAMES.lock().unwrap().push(\"plugin\"); }\n\
         #[used] #[unsafe(link_section = \".init_array\")] static REGISTER: extern \"C\" fn() = register;\n\
         pub static BALLAST: [u64; 200000] = { let mut all = [0; 200000]; let mut i = 0; while i < 200000 { all[i] = i as u64; i += 1 } all };",
        &[&registry],
    );
    let main = "extern crate plugin as _; fn main() { println!(\"<{}>\", registry::names()) }";
    let with = shop.program("with", main, &[&registry, &plugin]);
    let and = shop.program("and", main, &[&registry, &plugin]);
    let main = "fn main() { println!(\"<{}>\", registry::names()) }";
    let without = shop.program("without", main, &[&registry]);
    for form in WAYS {
        let bin = shop.linked(form, &[&with, &and, &without]);
        assert_eq!(printed(&bin.join("with")), "<plugin>\n", "{form:?}");
        assert_eq!(printed(&bin.join("and")), "<plugin>\n", "{form:?}");
        assert_eq!(printed(&bin.join("without")), "<>\n", "{form:?}");
    }
}

#[test]
fn slices_have_all_their_elements() {
    let shop = Workshop::new();
    let slice = shop.library(
        "slice",
        "unsafe extern \"C\" { #[link_name = \"__start_linkme_WORDS\"] static START: u64;\n\
           #[link_name = \"__stop_linkme_WORDS\"] static STOP: u64; }\n\
         #[used] #[unsafe(link_section = \"linkme_WORDS\")] static FIRST: u64 = 1;\n\
         #[inline(never)] pub fn sum() -> u64 {\n\
           let (start, stop) = (&raw const START, &raw const STOP);\n\
           let count = (stop as usize - start as usize) / 8;\n\
           (0..count).map(|i| unsafe { std::ptr::read_volatile(start.add(i)) }).sum()\n\
         }",
        &[],
    );
    let elements = shop.library(
        "elements",
        "#[used] #[unsafe(link_section = \"linkme_WORDS\")] static SECOND: u64 = 10;\n\
         #[inline(never)] pub fn sum() -> u64 { slice::sum() }",
        &[&slice],
    );
    let main = |own: u64| {
        format!(
            "#[used] #[unsafe(link_section = \"linkme_WORDS\")] static OWN: u64 = {own};\n\
             fn main() {{ println!(\"{{}} {{}}\", elements::sum(), slice::sum()) }}"
        )
    };
    let one = shop.program("one", &main(100), &[&slice, &elements]);
    let two = shop.program("two", &main(200), &[&slice, &elements]);
    for form in WAYS {
        let bin = shop.linked(form, &[&one, &two]);
        assert_eq!(printed(&bin.join("one")), "111 111\n", "{form:?}");
        assert_eq!(printed(&bin.join("two")), "211 211\n", "{form:?}");
    }
}

#[test]
fn c_code_may_refer_back_to_rust() {
    let shop = Workshop::new();
    let clang = shop.build(
        "clang",
        "lib",
        Source {
            rust: "unsafe extern \"C\" { fn twice(n: u32) -> u32; }\n\
                   #[inline(always)] pub fn double(n: u32) -> u32 { unsafe { twice(n) } }",
            // The Rust function is defined by a crate that depends on this one.
            c: Some("extern unsigned more(unsigned); unsigned twice(unsigned n) { return 2 * more(n); }"),
            ..Source::default()
        },
    );
    let user = shop.library(
        "user",
        "#[unsafe(no_mangle)] pub extern \"C\" fn more(n: u32) -> u32 { n + 1 }\n\
         #[inline(never)] pub fn run(n: u32) -> u32 { clang::double(n) }",
        &[&clang],
    );
    let main = "fn main() { println!(\"{} {}\", user::run(4), clang::double(1)) }";
    let one = shop.program("one", main, &[&user, &clang]);
    let two = shop.program("two", main, &[&user, &clang]);
    for form in WAYS {
        let bin = shop.linked(form, &[&one, &two]);
        assert_eq!(printed(&bin.join("one")), "10 4\n", "{form:?}");
        assert_eq!(printed(&bin.join("two")), "10 4\n", "{form:?}");
    }
}

// In an image the reference was bound to nothing for both programs.
#[test]
fn a_weak_reference_finds_what_the_program_has() {
    let shop = Workshop::new();
    let clang = shop.build(
        "clang",
        "lib",
        Source {
            rust: "unsafe extern \"C\" { fn ask(n: i32) -> i32; }\n\
                   #[inline(never)] pub fn asked(n: i32) -> i32 { unsafe { ask(n) } }",
            c: Some("__attribute__((weak)) int hook(int); int ask(int n) { return hook ? hook(n) : -n; }"),
            ..Source::default()
        },
    );
    let answers = shop.library(
        "answers",
        "#[unsafe(no_mangle)] pub extern \"C\" fn hook(n: i32) -> i32 { n * 100 }",
        &[],
    );
    let main = "fn main() { println!(\"{}\", clang::asked(3)) }";
    let with = format!("extern crate answers as _; {main}");
    let answered = shop.program("answered", &with, &[&clang, &answers]);
    let unanswered = shop.program("unanswered", main, &[&clang]);
    for form in WAYS {
        let bin = shop.linked(form, &[&answered, &unanswered]);
        assert_eq!(printed(&bin.join("answered")), "300\n", "{form:?}");
        assert_eq!(printed(&bin.join("unanswered")), "-3\n", "{form:?}");
    }
}

// All objects of crates were linked: one that is only named had a say in weak definitions, and what is in its archives ran.
#[test]
fn a_crate_of_which_nothing_is_needed_is_left_out() {
    let shop = Workshop::new();
    let build = |name: &str, rust: &str, c: &str| {
        let c = Some(c);
        let source = Source {
            rust,
            c,
            ..Source::default()
        };
        shop.build(name, "lib", source)
    };
    let twice = build(
        "twice",
        "unsafe extern \"C\" { fn twice() -> i32; }\n\
         #[inline(never)] pub fn level() -> i32 { unsafe { twice() } }",
        "__attribute__((weak)) int level(void) { return 1; } int twice(void) { return level() * 2; }",
    );
    let level = build(
        "level",
        "unsafe extern \"C\" { fn level_used() -> i32; }\n\
         pub const NUMBER: i32 = 3;\n\
         #[inline(never)] pub fn used() -> i32 { unsafe { level_used() } }",
        "#include <stdio.h>\n\
         __attribute__((constructor)) static void start(void) { puts(\"started\"); fflush(stdout); }\n\
         int level(void) { return 21; } int level_used(void) { return 4; }",
    );
    let main = |number: &str| format!("fn main() {{ println!(\"{{}} {{}}\", {number}, twice::level()) }}");
    let named = shop.program("named", &main("level::NUMBER"), &[&twice, &level]);
    let used = shop.program("used", &main("level::used()"), &[&twice, &level]);
    for form in WAYS {
        let bin = shop.linked(form, &[&named, &used]);
        assert_eq!(printed(&bin.join("named")), "3 2\n", "{form:?}");
        assert_eq!(printed(&bin.join("used")), "started\n4 42\n", "{form:?}");
    }
}

#[test]
fn c_code_in_a_shared_object_is_reached_from_programs() {
    let shop = Workshop::new();
    let clang = shop.build(
        "clang",
        "lib",
        Source {
            rust: "unsafe extern \"C\" { fn next() -> u32; }\n\
                   #[inline(always)] pub fn inlined() -> u32 { unsafe { next() } }\n\
                   #[inline(never)] pub fn called() -> u32 { unsafe { next() } }",
            c: Some("static unsigned n; unsigned next(void) { return ++n; }"),
            ..Source::default()
        },
    );
    let main = "fn main() { println!(\"{} {} {}\", clang::inlined(), clang::called(), clang::inlined()) }";
    let one = shop.program("one", main, &[&clang]);
    let two = shop.program("two", main, &[&clang]);
    for form in WAYS {
        let bin = shop.linked(form, &[&one, &two]);
        assert_eq!(printed(&bin.join("one")), "1 2 3\n", "{form:?}");
    }
}

#[test]
fn archives_and_shared_libraries_of_one_name_are_told_apart_by_symbols() {
    let shop = Workshop::new();
    let folder = shop.foreign("both_c", "int ours(void) { return 1; } int theirs(void) { return 2; }");
    let search = format!("native={}", folder.display());
    let both = |name: &str, c, rust: &str| {
        let arguments = ["-lboth_c"];
        let searches = [search.as_str()];
        let source = Source {
            rust,
            c,
            link_arguments: &arguments,
            searches: &searches,
            ..Source::default()
        };
        shop.build(name, "lib", source)
    };
    let archive = both(
        "both",
        Some("int ours(void) { return 3; }"),
        "unsafe extern \"C\" { fn ours() -> i32; } #[inline(never)] pub fn value() -> i32 { unsafe { ours() } }",
    );
    let shared = both(
        "other",
        None,
        "unsafe extern \"C\" { fn theirs() -> i32; } #[inline(never)] pub fn value() -> i32 { unsafe { theirs() } }",
    );
    let one = shop.program("one", "fn main() { println!(\"{}\", both::value()) }", &[&archive]);
    let main = "fn main() { println!(\"{} {}\", both::value(), other::value()) }";
    let two = shop.program("two", main, &[&archive, &shared]);
    for form in FORMS {
        let options = shop.options(&format!("{form:?}"));
        let report = shop.link(form, &[&one, &two], &options).unwrap();
        assert_eq!(printed(&options.out.join("bin/one")), "3\n", "{form:?}");
        assert_eq!(printed(&options.out.join("bin/two")), "3 2\n", "{form:?}");
        let foreign = "libboth_c.so".to_owned();
        let loads = |name: &str| {
            let mut files = report
                .files
                .iter()
                .filter(|file| file.programs.iter().any(|program| program == name));
            files.any(|file| file.needed.contains(&foreign))
        };
        assert!(!loads("one") && loads("two"), "{form:?}");
    }
}

/// A crate's `#[link]` on an archive of another crate's build script: what the crate shared with programs, and each program that had inlined a
/// call, had a copy of the archive, with a state of its own.
#[test]
fn an_archive_that_an_attribute_alone_names_is_there_once() {
    let shop = Workshop::new();
    let c = "static int count; int lent(void) { return count++; }";
    let mut lender = shop.build(
        "lender",
        "lib",
        Source {
            rust: "",
            c: Some(c),
            ..Source::default()
        },
    );
    lender.node.natives.clear();
    lender.write();
    let search = format!("native={}", lender.dev.join("native").display());
    let borrower = shop.build(
        "borrower",
        "lib",
        Source {
            rust: "unsafe extern \"C\" { safe fn lent() -> i32; }\n\
                   #[inline] pub fn here() -> i32 { lent() }\n#[inline(never)] pub fn there() -> i32 { lent() }",
            dependencies: &[&lender],
            link_arguments: &["-llender_c"],
            searches: &[&search],
            ..Source::default()
        },
    );
    let main = "fn main() { println!(\"{} {} {}\", borrower::here(), borrower::there(), borrower::here()) }";
    let one = shop.program("one", main, &[&borrower]);
    let two = shop.program("two", main, &[&borrower]);
    for form in WAYS {
        let bin = shop.linked(form, &[&one, &two]);
        assert_eq!(printed(&bin.join("one")), "0 1 2\n", "{form:?}");
    }
}

/// Such programs could not be linked again: their nodes name the library's file and no `-l`, as no build script says it.
#[test]
fn a_program_asks_for_a_library_by_an_attribute_alone() {
    let shop = Workshop::new();
    let folder = shop.foreign("other", "int other(void) { return 40; }");
    let main = |name: &str| {
        format!(
            "#[link(name = \"other\")] unsafe extern \"C\" {{ fn other() -> i32; }}\n\
             fn main() {{ println!(\"{name} {{}}\", unsafe {{ other() }}) }}"
        )
    };
    let search = folder.display().to_string();
    let program = |name: &str| {
        let mut built = shop.build(
            name,
            "bin",
            Source {
                rust: &main(name),
                flags: &["-L", &search],
                ..Source::default()
            },
        );
        let library = ("libother.so".to_owned(), folder.join("libother.so"));
        built.node.foreign.extend([library]);
        built.write();
        built
    };
    let (one, two) = (program("one"), program("two"));
    for form in WAYS {
        let bin = shop.linked(form, &[&one, &two]);
        assert_eq!(printed(&bin.join("one")), "one 40\n", "{form:?}");
        assert_eq!(printed(&bin.join("two")), "two 40\n", "{form:?}");
    }
}

#[test]
fn debug_information_is_kept_apart() {
    let shop = Workshop::new();
    let library = shop.build(
        "deep",
        "lib",
        Source {
            rust: "#[inline(never)] pub fn fail(n: u32) {\n  if n > 0 { panic!(\"on line 2\") }\n}",
            flags: &["-C", "debuginfo=line-tables-only"],
            ..Source::default()
        },
    );
    let program = shop.program(
        "main",
        "fn main() { deep::fail(std::env::args().count() as u32) }",
        &[&library],
    );
    let mut options = shop.options("split");
    options.debug = Some(shop.path().join("apart"));
    shop.link(Form::Static, &[&program], &options).unwrap();
    let file = options.out.join("bin/main");
    let sections = run(Command::new("readelf").arg("-SW").arg(&file));
    assert!(!sections.contains(".debug_"), "{sections}");
    // Backtraces show the names of the user's own functions.
    let kept = run(Command::new("nm").arg(&file));
    assert!(
        kept.contains("4deep4fail") && !kept.contains("lang_start_internal"),
        "{kept}"
    );
    let mut nameless = shop.options("nameless");
    nameless.names = Names::None;
    shop.link(Form::Static, &[&program], &nameless).unwrap();
    let sections = run(Command::new("readelf").arg("-SW").arg(nameless.out.join("bin/main")));
    assert!(!sections.contains(".symtab"), "{sections}");
    let debug = shop.path().join("apart/lib/debug");
    let found = run(Command::new("find").arg(&debug).args(["-name", "*.debug"]));
    let symbols = run(Command::new("nm").arg("-l").arg(found.trim()));
    let line = symbols.lines().find(|line| line.contains("4deep4fail")).unwrap();
    assert!(line.contains("deep.rs:"), "{line}");
    assert!(String::from_utf8_lossy(&output(&file).stderr).contains("on line 2"));
}

/// A program with `-C instrument-coverage` wrote no counts once it was linked again, and one with `-C profile-generate` could not be.
#[test]
fn counts_of_executed_code_are_written() {
    let shop = Workshop::new();
    for (flag, value) in [("instrument-coverage", "on"), ("profile-generate", "/tmp")] {
        let flags = ["-C", &format!("{flag}={value}")];
        let name = flag.replace('-', "_");
        let crate_name = format!("{name}_library");
        let source = Source {
            rust: "#[inline(never)] pub fn len(text: &[u8]) -> Vec<u8> { text.to_vec() }",
            flags: &flags,
            ..Source::default()
        };
        let library = shop.build(&crate_name, "lib", source);
        let source = Source {
            rust: &format!(
                "fn main() {{ let text = std::env::args().next().unwrap(); assert!({crate_name}::len(text.as_bytes()).len() > 1) }}"
            ),
            flags: &flags,
            dependencies: &[&library],
            ..Source::default()
        };
        let program = shop.build(&name, "bin", source);
        for form in WAYS {
            let bin = shop.linked(form, &[&program]);
            let counts = shop.path().join(format!("{name}-{form}.profraw"));
            run(Command::new(bin.join(&name)).env("LLVM_PROFILE_FILE", &counts));
            let written = std::fs::read(&counts).unwrap_or_default();
            // The header: its fourth number says how many functions there are, its tenth how many bytes their names have.
            let number = |index: usize| written.chunks_exact(8).nth(index).map(|bytes| bytes[0]);
            let (functions, names) = (number(3), number(9));
            assert!(
                functions >= Some(2) && names > Some(0),
                "{flag} {form}: {functions:?} {names:?}"
            );
        }
    }
}

/// Plugins that a program loads had a part of the unwinder from its image and the rest from libgcc_s.so: a panic that a plugin caught ended the
/// process.
#[test]
fn what_is_loaded_later_has_one_unwinder() {
    let shop = Workshop::new();
    let common = shop.library(
        "common",
        "#[inline(never)] pub fn caught(n: u32) -> bool { std::panic::catch_unwind(|| assert_ne!(n, 1)).is_err() }",
        &[],
    );
    let quiet = "std::panic::set_hook(Box::new(|_| ())); println!(\"{}\", common::caught(1));";
    let loads = "unsafe extern \"C\" { fn dlopen(file: *const i8, flags: i32) -> *mut i8; }\n";
    let main =
        format!("{loads}fn main() {{ {quiet} assert!(!unsafe {{ dlopen(std::ptr::null(), 2) }}.is_null()); }}\n");
    let one = shop.program("one", &main, &[&common]);
    let two = shop.program("two", &format!("fn main() {{ {quiet} }}\n"), &[&common]);
    for form in [Form::Image, Form::Grouped] {
        let bin = shop.linked(form, &[&one, &two]);
        assert_eq!(printed(&bin.join("one")), "true\n", "{form:?}");
        let library = bin.parent().unwrap().join("lib");
        for file in std::fs::read_dir(library).unwrap().map(|file| file.unwrap().path()) {
            let symbols = run(Command::new("nm").args(["-D", "--defined-only"]).arg(&file));
            assert!(
                !symbols.contains(" _Unwind_"),
                "{form:?}: {} has a part of the unwinder",
                file.display()
            );
        }
    }
}
