use facade::Name;

#[derive(facade::Name)]
struct Thing;

fn main() {
    println!("{}", Thing::name());
}
