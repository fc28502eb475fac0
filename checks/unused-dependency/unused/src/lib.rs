pub fn never_called() -> String {
    "unused".to_owned()
}
