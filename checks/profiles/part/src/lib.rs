pub fn assertions() -> bool {
    cfg!(debug_assertions)
}
