// `gen` is a keyword only from edition 2024 on.
pub fn gen() -> u32 {
    3
}
