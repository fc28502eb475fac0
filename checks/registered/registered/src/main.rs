use std::sync::atomic::Ordering;

inventory::submit!(flags::Flag("verbose"));

fn main() {
    println!("{:?} {}", flags::names(), colors::STARTED.load(Ordering::SeqCst));
}
