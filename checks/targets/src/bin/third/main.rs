mod inner;

fn main() {
    println!("third {}", inner::value());
}
