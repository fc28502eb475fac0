fn main() {
    println!("{} {}", normal_alias::name(), env!("FROM_BUILD"));
}

#[cfg(test)]
mod tests {
    #[test]
    fn dev() {
        assert_eq!(dev_alias::name(), "other");
    }
}
