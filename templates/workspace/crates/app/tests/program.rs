//! The program, as it is run.

#[test]
fn it_greets() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_hello-team"))
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("Message: Hello, team! (")
    );
}
