//! A library brings the allocator; the program does no more than depend on it.

fn main() {
    let before = counting::live();
    let list = worker::strings(10);
    println!("made {}", counting::live() - before);
    worker::drop_it(list);
    println!("left {}", counting::live() - before);
}
