pub fn value() -> u32 {
    7
}

#[cfg(test)]
mod tests {
    #[test]
    fn value() {
        assert_eq!(super::value() + tool::ONE, 8);
    }
}
