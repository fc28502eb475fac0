pub fn value() -> u32 {
    targets::value()
}
