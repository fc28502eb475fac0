use base::{Code, Describe, Guard};
use std::any::{Any, TypeId};

#[macro_export]
macro_rules! double {
    ($value:expr) => {
        $crate::__double($value)
    };
}

#[doc(hidden)]
pub fn __double(value: u32) -> u32 {
    value * 2
}

#[inline(never)]
pub fn call(code: u32) -> u32 {
    let _guard = Guard;
    middle::through(code + 1)
}

pub fn type_of_code() -> TypeId {
    TypeId::of::<Code>()
}

pub fn boxed() -> Box<dyn Any> {
    Box::new(vec![Code(1)])
}

pub fn count_through() -> u32 {
    base::count()
}

pub fn local_through() -> u32 {
    base::with_local(|n| n.get())
}

pub fn describe(what: &dyn Describe) -> String {
    what.twice()
}
