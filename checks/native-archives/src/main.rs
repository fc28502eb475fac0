#[inline(never)]
fn show(what: &str, value: i32) {
    println!("{what} {value}");
}

fn main() {
    show("inner", inner_sys::next());
    show("outer, over inner", outer_sys::twice_next());
    show("inner again: one counter for all", inner_sys::next());
    show("and from inside", inner_sys::next_from_inside());
    show("hidden", outer_sys::hidden());
    // Both crates made a libparser.a, and their constants name what is in it.
    show("left", (left_sys::PARSE)());
    show("right", (right_sys::PARSE)());
    show("C++ throws and catches", plus_sys::caught());
    show("C calls Rust", outer_sys::sum(&[1, 2, 3, 4]));
}
