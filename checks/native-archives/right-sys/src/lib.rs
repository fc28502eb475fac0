//! Its build script says where the archive is, but not that it is to be linked.

#[link(name = "parser", kind = "static")]
unsafe extern "C" {
    safe fn right_parse() -> i32;
}

/// Compiled anew, with the name of the function in the archive, wherever it is used.
pub const PARSE: extern "C" fn() -> i32 = right_parse;
