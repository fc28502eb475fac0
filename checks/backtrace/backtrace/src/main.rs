//! Starts itself with RUST_BACKTRACE=1, falls, and prints the functions of its crates that the backtrace names.

use std::process::Command;

fn main() {
    if std::env::args().count() > 1 {
        println!("{}", outer::step(1));
        return;
    }
    let own = std::env::current_exe().unwrap();
    let output = Command::new(own).arg("fall").env("RUST_BACKTRACE", "1").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    println!("{} {}", output.status.code().unwrap(), said.contains("2 deep"));
    for line in said.lines().map(str::trim) {
        if let Some((_, name)) = line.split_once(": ").filter(|_| line.contains("inner") || line.contains("outer")) {
            println!("{name}");
        }
    }
}
