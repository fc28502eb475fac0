fn main() {
    // `plain` has no feature `default`: asking for it or not gives the same crate.
    println!("{}", std::ptr::eq(plain::place(), user::place()));
}
