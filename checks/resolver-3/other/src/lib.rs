pub fn features() -> Vec<&'static str> {
    shared::features()
}
