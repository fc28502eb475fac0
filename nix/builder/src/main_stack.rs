//! Where the main thread's stack is, without reading `/proc/self/maps` at each start: see main_stack.c. A program that loads a hundred
//! libraries has some four hundred lines there.

/// The source in C of `dyrust__getattr_np`, which answers as `pthread_getattr_np` does, or asks it.
pub const SOURCE: &str = include_str!("main_stack.c");

/// What std calls.
pub const ASKED: &str = "pthread_getattr_np";

/// What it calls instead.
pub const ANSWERED: &str = "dyrust__getattr_np";
