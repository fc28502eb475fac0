fn main() {
    println!("{} of {:?} {}", farewells::farewells(), registry::words(), speaker::speak("two"));
}
