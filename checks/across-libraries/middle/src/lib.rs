use base::Guard;
use std::any::Any;
use std::fmt::Debug;

pub const TABLE: [u32; 3] = [1, 2, 4];

#[inline(never)]
pub fn through(code: u32) -> u32 {
    let _guard = Guard;
    base::fall(code + 1)
}

pub fn catches() -> bool {
    std::panic::catch_unwind(|| base::fall(1)).is_err()
}

pub fn format_list<T: Debug>(list: &[T]) -> String {
    list.iter().map(|item| format!("{item:?}")).collect::<Vec<_>>().join("+")
}

pub fn is_byte(any: &dyn Any) -> bool {
    any.is::<u8>()
}
