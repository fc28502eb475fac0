//! Nothing here is called by the program: what counts is what runs when it is loaded.

use flags::Flag;
use std::sync::atomic::{AtomicU32, Ordering};

pub static STARTED: AtomicU32 = AtomicU32::new(0);

inventory::submit!(Flag("color"));

#[ctor::ctor]
fn start() {
    STARTED.fetch_add(1, Ordering::SeqCst);
}
