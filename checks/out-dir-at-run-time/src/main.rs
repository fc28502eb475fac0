mod code {
    include!(concat!(env!("OUT_DIR"), "/code.rs"));
}

fn main() {
    println!("code from {}", code::made());
    println!("bytes {:?}", include_bytes!(concat!(env!("OUT_DIR"), "/data/bytes")));
    println!("{}", std::fs::read_to_string(concat!(env!("OUT_DIR"), "/data/later.txt")).unwrap());
}
