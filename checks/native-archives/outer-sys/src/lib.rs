use inner_sys as _;

unsafe extern "C" {
    safe fn outer_twice_next() -> i32;
    safe fn outer_hidden() -> i32;
    fn outer_sum(values: *const i32, count: i32) -> i32;
}

#[unsafe(no_mangle)]
extern "C" fn rust_add(a: i32, b: i32) -> i32 {
    a + b
}

#[inline]
pub fn twice_next() -> i32 {
    outer_twice_next()
}

#[inline]
pub fn hidden() -> i32 {
    outer_hidden()
}

pub fn sum(values: &[i32]) -> i32 {
    // The count is that of the values.
    unsafe { outer_sum(values.as_ptr(), values.len() as i32) }
}
