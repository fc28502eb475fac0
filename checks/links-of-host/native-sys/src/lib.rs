pub const MODE: &str = env!("MODE");
