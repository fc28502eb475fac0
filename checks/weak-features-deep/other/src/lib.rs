pub fn features() -> Vec<&'static str> {
    leaf::features()
}
