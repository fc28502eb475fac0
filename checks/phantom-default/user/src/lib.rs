pub fn place() -> &'static u8 {
    plain::place()
}
