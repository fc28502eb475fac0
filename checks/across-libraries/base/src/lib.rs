use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

#[derive(Debug)]
pub struct Code(pub u32);

pub trait Describe {
    fn describe(&self) -> String;

    fn twice(&self) -> String {
        format!("{0} {0}", self.describe())
    }
}

impl Describe for Code {
    fn describe(&self) -> String {
        format!("code {}", self.0)
    }
}

static COUNT: AtomicU32 = AtomicU32::new(0);
static DROPS: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static LOCAL: Cell<u32> = const { Cell::new(1) };
}

pub struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        DROPS.fetch_add(1, SeqCst);
    }
}

#[inline]
pub fn count() -> u32 {
    COUNT.fetch_add(1, SeqCst)
}

pub fn drops() -> u32 {
    DROPS.load(SeqCst)
}

#[inline]
pub fn with_local<T>(f: impl FnOnce(&Cell<u32>) -> T) -> T {
    LOCAL.with(f)
}

#[inline(never)]
pub fn fall(code: u32) -> u32 {
    let _guard = Guard;
    if code < 9 {
        std::panic::panic_any(Code(code + 40))
    }
    code
}
