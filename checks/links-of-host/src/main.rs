fn main() {
    println!(
        "host: {}, target: {}, here: {}",
        env!("HOST"),
        env!("TARGET_MODE"),
        native_sys::MODE
    );
}
