fn main() {
    assert_eq!(harness_off::name(), "lib");
}
