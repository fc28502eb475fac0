#[unsafe(no_mangle)]
extern "C" fn program_answer(question: i32) -> i32 {
    question * 2
}

#[unsafe(no_mangle)]
static PROGRAM_NUMBER: i32 = 8;

fn main() {
    println!("{} {} {}", part::from_rust(3), part::from_c(3), part::number());
}
