#[test]
fn expands() {
    assert!(describe::describe!(y).starts_with('y'));
}
