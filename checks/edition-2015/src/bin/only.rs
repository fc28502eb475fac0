extern crate edition_2015;

fn main() {
    println!("{}", edition_2015::name());
}
