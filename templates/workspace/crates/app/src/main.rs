use describe::Describe;

#[derive(Describe)]
struct Message;

fn main() {
    let text = greeting::greeting();
    println!(
        "{}: {text} ({:04x})",
        Message.describe(),
        checksum::checksum(text.as_bytes())
    );
}
