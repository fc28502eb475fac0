use absent as _;

fn main() {
    println!("bare {}", bare::checked_sum(&[1, 2, 3]).unwrap());
    println!("alloc {:?}", with_alloc::words("one two"));
    println!("feature {}", by_feature::has_std());
    println!("edition 2015 {}", old::half(9));
    let caught = std::panic::catch_unwind(|| bare::element(&[1, 2], 5));
    println!("a panic without std is caught: {}", caught.is_err());
}
