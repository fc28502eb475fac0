pub fn touch() {
    assert_eq!(shared::features(), ["std"]);
}
