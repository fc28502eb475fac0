//! The program's allocator serves its libraries and std: what they take and give back is all counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering::SeqCst};

struct Counting;

static LIVE: AtomicIsize = AtomicIsize::new(0);
static CALLS: AtomicIsize = AtomicIsize::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(1, SeqCst);
        CALLS.fetch_add(1, SeqCst);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(1, SeqCst);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    let (live, calls) = (LIVE.load(SeqCst), CALLS.load(SeqCst));
    let list = worker::strings(100);
    println!("made by the library: {}", LIVE.load(SeqCst) - live);
    drop(list);
    println!("left: {}", LIVE.load(SeqCst) - live);
    worker::drop_it(vec![String::from("a"), String::from("b")]);
    println!("left after the library dropped ours: {}", LIVE.load(SeqCst) - live);
    let path = std::path::Path::new("a").join("b");
    drop(path);
    println!("std's are counted: {}", CALLS.load(SeqCst) - calls > 103);
    println!("left in the end: {}", LIVE.load(SeqCst) - live);
}
