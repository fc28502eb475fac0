use linkme::distributed_slice;
use registry::WORDS;

#[distributed_slice(WORDS)]
static HELLO: fn() -> String = || speaker::speak("hello");

#[distributed_slice(WORDS)]
static WELCOME: fn() -> String = || speaker::speak("welcome");

pub fn greetings() -> usize {
    2
}
