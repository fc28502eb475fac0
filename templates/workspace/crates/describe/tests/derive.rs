//! The macro, as its users have it.

#[derive(describe::Describe)]
struct Parcel;

#[test]
fn a_type_says_its_name() {
    assert_eq!(Parcel.describe(), "Parcel");
}
