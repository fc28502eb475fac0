fn main() {
    println!("{}", describe::describe!(a + b));
    println!("{:?}", part::features());
}

#[cfg(test)]
mod tests {
    #[test]
    fn expands() {
        assert!(describe::describe!(x).starts_with('x'));
    }
}
