pub fn name() -> &'static str {
    part::name()
}
