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
    show("C calls Rust", outer_sys::sum(&[1, 2, 3, 4]));
}
