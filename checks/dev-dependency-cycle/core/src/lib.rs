pub fn value() -> u32 {
    40
}

#[cfg(test)]
mod tests {
    #[test]
    fn through_the_helper() {
        assert_eq!(helper::more(), 42);
    }
}
