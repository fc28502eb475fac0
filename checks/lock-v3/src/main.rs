cfg_if::cfg_if! {
    if #[cfg(unix)] {
        const FAMILY: &str = "unix";
    } else {
        const FAMILY: &str = "other";
    }
}

fn main() {
    println!("{FAMILY}, {}", part::name());
}
