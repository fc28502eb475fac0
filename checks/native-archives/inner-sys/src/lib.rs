unsafe extern "C" {
    safe fn inner_next() -> i32;
}

#[inline]
pub fn next() -> i32 {
    inner_next()
}
