//! jemalloc: it counts what it has given out.

use tikv_jemalloc_ctl::{epoch, stats};

#[global_allocator]
static GLOBAL: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn allocated() -> usize {
    epoch::advance().unwrap();
    stats::allocated::read().unwrap()
}

fn main() {
    let before = allocated();
    let words = worker::words(100_000);
    let held = allocated() - before;
    println!("{} {}", held > 2_000_000, worker::length(words));
    println!("{}", allocated() - before < 100_000);
}
