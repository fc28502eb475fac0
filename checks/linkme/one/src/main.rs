fn main() {
    println!("{} of {:?}", greetings::greetings() + farewells::farewells(), registry::words());
}
