unsafe extern "C" {
    safe fn left_parse() -> i32;
}

/// Compiled anew, with the name of the function in the archive, wherever it is used.
pub const PARSE: extern "C" fn() -> i32 = left_parse;
