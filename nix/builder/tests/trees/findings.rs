//! What shared objects could break without a word: allocators, constructors, slices, backtraces.

use crate::store::{Store, Unit, bin, lib, text};
use std::fs;
use std::process::Command;

#[test]
fn a_replaced_allocator_serves_every_crate() {
    let store = Store::new("allocator");
    store.build(
        "worker",
        &lib(
            "worker",
            &[(
                "src/lib.rs",
                "#[inline(never)] pub fn work() -> Vec<String> { (0..10).map(|n| n.to_string()).collect() }\n",
            )],
            &[],
        ),
    );
    let program: &[(&str, &str)] = &[(
        "src/main.rs",
        "use std::alloc::{GlobalAlloc, Layout, System};\nuse std::sync::atomic::{AtomicIsize, Ordering};\n\
         struct Counting;\nstatic MADE: AtomicIsize = AtomicIsize::new(0);\nstatic FREED: AtomicIsize = AtomicIsize::new(0);\n\
         unsafe impl GlobalAlloc for Counting {\n unsafe fn alloc(&self, l: Layout) -> *mut u8 { MADE.fetch_add(1, Ordering::Relaxed); unsafe { System.alloc(l) } }\n\
         unsafe fn dealloc(&self, p: *mut u8, l: Layout) { FREED.fetch_add(1, Ordering::Relaxed); unsafe { System.dealloc(p, l) } } }\n\
         #[global_allocator] static GLOBAL: Counting = Counting;\n\
         fn main() { let before = MADE.load(Ordering::Relaxed); let list = worker::work(); let made = MADE.load(Ordering::Relaxed) - before; \
         let freed = FREED.load(Ordering::Relaxed); drop(list); println!(\"{made} {}\", FREED.load(Ordering::Relaxed) - freed); }\n",
    )];
    store.build("counter", &bin("counter", program, &["worker"]));
    assert_eq!(store.start("counter"), "11 11\n");
    assert!(store.node("counter").contains("\"allocator\": true"));
    assert!(store.node("worker").contains("\"allocator\": false"));
}

/// A library that unwinds through functions of C, as a fleet's are compiled, was refused for a program that aborts (mlua in xplr): compiled for
/// unwinding then, that was still compiled against the standard library for aborting.
#[test]
fn a_program_that_aborts_has_libraries_that_unwind_through_c() {
    let store = Store::new("unwinds");
    let calls = "unsafe extern \"C-unwind\" { fn exit(code: i32) -> !; }\n\
                 #[inline(never)] pub fn leave(code: i32) { if code > 100 { unsafe { exit(code) } } }\n\
                 pub fn through(f: extern \"C-unwind\" fn(i32) -> i32, x: i32) -> i32 { f(x) }\n";
    store.build("unwinds", &lib("unwinds", &[("src/lib.rs", calls)], &[]));
    let main = "extern \"C-unwind\" fn same(x: i32) -> i32 { x }\n\
                fn main() { unwinds::leave(1); println!(\"{}\", unwinds::through(same, 7));\n\
                if std::env::args().count() > 1 { let _ = std::panic::catch_unwind(|| panic!(\"ends\")); println!(\"caught\"); } }\n";
    let files = [("src/main.rs", main)];
    let program = Unit {
        aborts: true,
        ..bin("ends", &files, &["unwinds"])
    };
    store.build("ends", &program);
    assert_eq!(store.start("ends"), "7\n");
    let output = std::process::Command::new(store.program("ends"))
        .arg("panic")
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"7\n");
    assert!(!output.status.success());
}

#[test]
fn constructors_of_an_unused_crate_run() {
    let store = Store::new("constructors");
    let registering: &[(&str, &str)] = &[(
        "src/lib.rs",
        "use std::sync::atomic::{AtomicU32, Ordering};\npub static COUNT: AtomicU32 = AtomicU32::new(0);\n\
         extern \"C\" fn start() { COUNT.fetch_add(1, Ordering::SeqCst); unsafe { std::env::set_var(\"REGISTERED\", \"yes\") } }\n\
         #[used] #[unsafe(link_section = \".init_array\")] static START: extern \"C\" fn() = start;\n",
    )];
    store.build("registering", &lib("registering", registering, &[]));
    let program: &[(&str, &str)] = &[(
        "src/main.rs",
        "use registering as _;\nfn main() { println!(\"{:?}\", std::env::var(\"REGISTERED\").ok()); }\n",
    )];
    store.build("registry", &bin("registry", program, &["registering"]));
    assert!(store.node("registering").contains("\"constructors\": true"));
    assert_eq!(store.start("registry"), "Some(\"yes\")\n");
}

/// A slice as linkme makes it: a section that bears its name, and the bounds that the linker gives it.
const DECLARES: &str = "unsafe extern \"C\" { #[link_name = \"__start_linkme_THINGS\"] static START: u32; #[link_name = \"__stop_linkme_THINGS\"] static STOP: u32; }\n\
     #[used] #[unsafe(link_section = \"linkme_THINGS\")] static ELEMENT: u32 = 1;\n\
     pub fn sum() -> u32 { let start = &raw const START; let length = unsafe { (&raw const STOP).offset_from_unsigned(start) }; \
     unsafe { std::slice::from_raw_parts(start, length) }.iter().sum() }\n";

#[test]
fn crates_that_share_a_slice_go_into_each_program() {
    let store = Store::new("slices");
    store.build("declares", &lib("declares", &[("src/lib.rs", DECLARES)], &[]));
    let node = store.node("declares");
    assert!(
        node.contains("\"linkage\": \"rlib\"") && node.contains("[\"linkme_THINGS\"]"),
        "{node}"
    );
    store.build(
        "apart",
        &lib(
            "apart",
            &[(
                "src/lib.rs",
                "#[inline(never)] pub fn name() -> String { \"apart\".to_owned() }\n",
            )],
            &[],
        ),
    );
    let fills = "#[used] #[unsafe(link_section = \"linkme_THINGS\")] static ELEMENT: u32 = 10;\npub fn fills() -> String { apart::name() }\n";
    store.build("fills", &lib("fills", &[("src/lib.rs", fills)], &["declares", "apart"]));
    // It touches no slice, but a shared object of it would hold a copy of those that do.
    let above = "pub fn above() -> u32 { declares::sum() }\n";
    store.build("above", &lib("above", &[("src/lib.rs", above)], &["declares"]));
    let node = store.node("above");
    assert!(
        node.contains("\"linkage\": \"rlib\"") && node.contains("objects/"),
        "{node}"
    );
    for (program, own) in [("one", 100), ("two", 200)] {
        let main = format!(
            "#[used] #[unsafe(link_section = \"linkme_THINGS\")] static OWN: u32 = {own};\n\
             fn main() {{ println!(\"{{}} {{}}\", fills::fills(), above::above()); }}\n"
        );
        store.build(program, &bin(program, &[("src/main.rs", &main)], &["above", "fills"]));
        assert_eq!(store.start(program), format!("apart {}\n", own + 11));
    }
    let needed = text(Command::new("readelf").args(["-dW"]).arg(store.program("one")));
    assert!(
        needed.contains("libapart-") && !needed.contains("libfills-"),
        "{needed}"
    );
}

#[test]
fn debug_information_has_its_own_output() {
    let store = Store::new("debug");
    let files: &[(&str, &str)] = &[(
        "src/lib.rs",
        "#[inline(never)]\npub fn fall() {\n    panic!(\"fell\")\n}\n",
    )];
    store.build(
        "falling",
        &Unit {
            debug: true,
            ..lib("falling", files, &[])
        },
    );
    let library = store.shared("falling", "lib");
    let printed = text(Command::new("readelf").args(["-nW"]).arg(&library));
    let id = printed
        .lines()
        .find_map(|line| line.split("Build ID: ").nth(1))
        .unwrap()
        .to_owned();
    let file = store
        .path("falling", "debug")
        .join(format!("lib/debug/.build-id/{}/{}.debug", &id[..2], &id[2..]));
    let symbols = text(Command::new("nm").args(["-D", "--defined-only"]).arg(&library));
    let line = symbols
        .lines()
        .find(|line| line.contains("falling") && line.contains("fall"))
        .unwrap();
    let address = line.split(' ').next().unwrap();
    let place = text(Command::new("addr2line").arg("-e").arg(&file).arg(address));
    assert!(place.contains("falling/src/lib.rs:2"), "{place}");
    assert!(fs::metadata(&library).unwrap().len() < 8_000);
}

#[test]
fn backtraces_name_the_functions_of_libraries() {
    let store = Store::new("backtrace");
    let inner = "#[inline(never)] pub fn innermost(n: u32) -> u32 { if n > 0 { panic!(\"deep\") } n }\n";
    store.build("inner", &lib("inner", &[("src/lib.rs", inner)], &[]));
    let outer = "#[inline(never)] pub fn outermost(n: u32) -> u32 { inner::innermost(n) + 1 }\n";
    store.build("outer", &lib("outer", &[("src/lib.rs", outer)], &["inner"]));
    let main = "fn main() { println!(\"{}\", outer::outermost(std::env::args().count() as u32)); }\n";
    store.build("falls", &bin("falls", &[("src/main.rs", main)], &["outer"]));
    let output = Command::new(store.program("falls"))
        .env_clear()
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("inner::innermost") && said.contains("outer::outermost"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(101));
}
