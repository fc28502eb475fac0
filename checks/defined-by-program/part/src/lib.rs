//! Calls functions that no crate below it has: the program defines them.

unsafe extern "C" {
    safe fn program_answer(question: i32) -> i32;
    safe fn asks_from_c(question: i32) -> i32;
    safe static PROGRAM_NUMBER: i32;
}

pub fn from_rust(question: i32) -> i32 {
    program_answer(question)
}

pub fn from_c(question: i32) -> i32 {
    asks_from_c(question)
}

pub fn number() -> i32 {
    PROGRAM_NUMBER
}
