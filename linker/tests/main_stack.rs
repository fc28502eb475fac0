//! The answer that relinked programs give std about the main thread's stack is glibc's own, without glibc's way to it.

use std::process::Command;

/// Prints for the main thread, and for another one, whether both answers are the same, and how often glibc was asked for it.
const PROGRAM: &str = r#"
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
int dyrust__getattr_np(pthread_t, pthread_attr_t *);
int __real_pthread_getattr_np(pthread_t, pthread_attr_t *);
static int asked;
int __wrap_pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes) {
  asked++;
  return __real_pthread_getattr_np(thread, attributes);
}
static void *compare(void *name) {
  pthread_attr_t ours, theirs;
  void *places[2];
  size_t sizes[2], guards[2];
  asked = 0;
  int results[2] = {dyrust__getattr_np(pthread_self(), &ours), __real_pthread_getattr_np(pthread_self(), &theirs)};
  pthread_attr_getstack(&ours, &places[0], &sizes[0]);
  pthread_attr_getstack(&theirs, &places[1], &sizes[1]);
  pthread_attr_getguardsize(&ours, &guards[0]);
  pthread_attr_getguardsize(&theirs, &guards[1]);
  int same = results[0] == results[1] && places[0] == places[1] && sizes[0] == sizes[1] && guards[0] == guards[1];
  printf("%s %s %d\n", (char *)name, same ? "same" : "differs", asked);
  return 0;
}
int main(void) {
  pthread_t other;
  compare("main");
  pthread_create(&other, 0, compare, "other");
  pthread_join(other, 0);
}
"#;

#[test]
fn the_main_threads_stack_is_as_glibc_says() {
    let run = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let folder = tempfile::tempdir().unwrap();
    let (source, program) = (folder.path().join("compare.c"), folder.path().join("compare"));
    std::fs::write(&source, PROGRAM).unwrap();
    let ours = folder.path().join("main_stack.c");
    std::fs::write(&ours, dyrust_builder_readers::main_stack::SOURCE).unwrap();
    let compile = ["-O1", "-pthread", "-Wl,--wrap=pthread_getattr_np", "-o"];
    run(Command::new("cc").args(compile).arg(&program).args([&source, &ours]));
    // The limit in KiB, and how often glibc is asked about the main thread.
    for (limit, asked) in [
        ("200", 0),
        ("1000", 0),
        ("8192", 0),
        ("65536", 0),
        ("100000", 1),
        ("unlimited", 1),
    ] {
        let script = format!("ulimit -s {limit} && exec '{}' some arguments", program.display());
        let printed = run(Command::new("sh")
            .args(["-c", &script])
            .env("A_VARIABLE", "x".repeat(9_000)));
        assert_eq!(
            printed,
            format!("main same {asked}\nother same 1\n"),
            "with a limit of {limit}"
        );
    }
}
