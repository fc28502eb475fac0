unsafe extern "C" {
    safe fn inner_next() -> i32;
}

#[inline]
pub fn next() -> i32 {
    inner_next()
}

/// Not in any other crate's code: asks the archive from inside of this one's.
#[inline(never)]
pub fn next_from_inside() -> i32 {
    inner_next()
}
