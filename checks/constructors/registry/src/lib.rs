use std::sync::Mutex;

static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

pub fn register(name: &'static str) {
    NAMES.lock().unwrap().push(name);
}

pub fn names() -> Vec<&'static str> {
    NAMES.lock().unwrap().clone()
}
