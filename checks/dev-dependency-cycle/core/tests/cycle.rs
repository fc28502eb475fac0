#[test]
fn same_crate() {
    assert_eq!(core_part::value() + 2, helper::more());
}
