//! Libraries for other languages that a program loads, calls and closes.

use crate::store::{Store, Unit, bin, lib, text};
use std::process::Command;

const HOST: &str = "use std::ffi::{c_char, c_int, c_void, CString};
unsafe extern \"C\" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlclose(library: *mut c_void) -> c_int;
}
fn main() {
    let file = CString::new(std::env::args().nth(1).unwrap()).unwrap();
    std::thread::spawn(move || for _ in 0..2 { unsafe {
        let library = dlopen(file.as_ptr(), 2);
        assert!(!library.is_null());
        let function = dlsym(library, c\"plugin\".as_ptr());
        let function = std::mem::transmute::<*mut c_void, extern \"C\" fn() -> i32>(function);
        println!(\"{}\", function());
        dlclose(library);
        println!(\"closed\");
    } }).join().unwrap();
}
";

/// A host for plugins, and what it prints with one of this source.
struct Host(Store);

impl Host {
    fn new(test: &str) -> Self {
        let store = Store::new(test);
        store.build("host", &bin("host", &[("src/main.rs", HOST)], &[]));
        Self(store)
    }

    fn prints(&self, name: &str, source: &str, dependencies: &[&str]) -> String {
        let files = [("src/lib.rs", source)];
        let plugin = Unit {
            c_type: Some("cdylib"),
            ..lib(name, &files, dependencies)
        };
        self.0.build(name, &plugin);
        let library = self.0.shared(name, &format!("lib{name}.so"));
        text(Command::new(self.0.program("host")).arg(library).env_clear())
    }
}

/// A thread ended after `dlclose`, and its thread locals were dropped by code that was gone.
#[test]
fn a_plugin_that_is_remembered_stays_loaded() {
    let host = Host::new("plugins-remembered");
    let dropped = "struct Loud; impl Drop for Loud { fn drop(&mut self) { println!(\"dropped\"); } }\n\
                   thread_local!(static LOUD: Loud = const { Loud });\n";
    host.0.build(
        "locals",
        &lib(
            "locals",
            &[(
                "src/lib.rs",
                &format!("{dropped}#[inline(never)] pub fn touch() -> i32 {{ LOUD.with(|_| 7) }}\n"),
            )],
            &[],
        ),
    );
    let own = format!("{dropped}#[unsafe(no_mangle)] pub extern \"C\" fn plugin() -> i32 {{ LOUD.with(|_| 7) }}\n");
    let of_crate = "#[unsafe(no_mangle)] pub extern \"C\" fn plugin() -> i32 { locals::touch() }\n";
    let expected = "7\nclosed\n7\nclosed\ndropped\n";
    assert_eq!(host.prints("own", &own, &[]), expected);
    assert_eq!(host.prints("of_crate", of_crate, &["locals"]), expected);
    // A crate that keeps what it is told, as loggers are kept.
    let kept = "use std::sync::atomic::*; static KEPT: AtomicI32 = AtomicI32::new(0);\n\
                #[inline(never)] pub fn count() -> i32 { KEPT.fetch_add(1, Ordering::SeqCst) }\n";
    host.0.build("kept", &lib("kept", &[("src/lib.rs", kept)], &[]));
    let counting = "#[unsafe(no_mangle)] pub extern \"C\" fn plugin() -> i32 { kept::count() }\n";
    assert_eq!(host.prints("counting", counting, &["kept"]), "0\nclosed\n1\nclosed\n");
}

/// A library of a crate left `atexit` with a function that was gone.
#[test]
fn a_plugin_that_nobody_remembers_is_unloaded() {
    let host = Host::new("plugins-unloaded");
    let registers = "unsafe extern \"C\" { fn atexit(function: extern \"C\" fn()) -> i32; }\n\
                     extern \"C\" fn bye() { println!(\"bye\"); }\n\
                     #[inline(never)] pub fn register() -> i32 { unsafe { atexit(bye) } }\n";
    host.0
        .build("registers", &lib("registers", &[("src/lib.rs", registers)], &[]));
    let plugin = "use std::sync::atomic::*; static COUNT: AtomicI32 = AtomicI32::new(5);\n\
                  #[unsafe(no_mangle)] pub extern \"C\" fn plugin() -> i32 {\n\
                  registers::register() + COUNT.fetch_add(1, Ordering::SeqCst) }\n";
    assert_eq!(
        host.prints("forgotten", plugin, &["registers"]),
        "5\nbye\nclosed\n5\nbye\nclosed\n"
    );
}

/// A plugin took memory from its own allocator, and gave it to its host's std to grow: the process aborted.
#[test]
fn a_plugin_with_an_allocator_has_a_std_of_its_own() {
    let host = Host::new("plugins-allocator");
    let plugin = "use std::alloc::*; use std::sync::atomic::*;
struct Counting; static HELD: AtomicI32 = AtomicI32::new(0);
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 { HELD.fetch_add(1, Ordering::SeqCst); unsafe { System.alloc(layout) } }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) { HELD.fetch_sub(1, Ordering::SeqCst); unsafe { System.dealloc(at, layout) } }
}
#[global_allocator] static ALLOCATOR: Counting = Counting;
#[unsafe(no_mangle)] pub extern \"C\" fn plugin() -> i32 {
    let name = std::ffi::OsString::from(\"PATH\"); let held = std::env::join_paths([name]).unwrap();
    let now = HELD.load(Ordering::SeqCst); drop(held); now * 10 + HELD.load(Ordering::SeqCst)
}
";
    assert_eq!(host.prints("allocating", plugin, &[]), "10\nclosed\n10\nclosed\n");
}

/// A plugin of the crate that its host uses called the host's functions of C, and changed its data.
#[test]
fn a_plugin_has_its_own_functions_of_c() {
    let store = Store::new("plugins-twin");
    let twin = "use std::sync::atomic::*;
#[unsafe(no_mangle)] pub static TWIN: AtomicI32 = AtomicI32::new(1);
#[unsafe(no_mangle)] pub extern \"C\" fn twin() -> i32 { TWIN.fetch_add(1, Ordering::SeqCst) }
#[unsafe(no_mangle)] pub extern \"C\" fn plugin() -> i32 { std::hint::black_box(twin as extern \"C\" fn() -> i32)() }
";
    let files = [("src/lib.rs", twin)];
    store.build("twin", &lib("twin", &files, &[]));
    let plugin = Unit {
        c_type: Some("cdylib"),
        ..lib("twin", &files, &[])
    };
    store.build("plugin", &plugin);
    let main = HOST.replace(
        "fn main() {",
        "fn main() { println!(\"{}\", twin::plugin() + twin::plugin());",
    );
    store.build("host", &bin("host", &[("src/main.rs", &main)], &["twin"]));
    let library = store.shared("plugin", "libtwin.so");
    let printed = text(Command::new(store.program("host")).arg(library).env_clear());
    assert!(printed.starts_with("3\n1\n"), "{printed}");
}
