//! mimalloc: it knows which addresses are its own.

use std::ffi::c_void;

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

unsafe extern "C" {
    fn mi_is_in_heap_region(address: *const c_void) -> bool;
}

fn main() {
    let mut words = worker::words(100);
    worker::grow(&mut words);
    let theirs = unsafe { mi_is_in_heap_region(words.as_ptr().cast()) };
    let ours = unsafe { mi_is_in_heap_region(vec![0_u8; 100].as_ptr().cast()) };
    let std = unsafe { mi_is_in_heap_region(std::env::current_dir().unwrap().as_os_str().as_encoded_bytes().as_ptr().cast()) };
    println!("{theirs} {ours} {std} {}", worker::length(words));
    let joined = std::thread::spawn(|| worker::length(worker::words(10))).join();
    println!("{joined:?}");
}
