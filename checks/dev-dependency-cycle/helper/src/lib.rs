pub fn more() -> u32 {
    core_part::value() + 2
}
