fn main() {
    println!("channel {}", env!("CHANNEL"));
    println!("stable code {}", env!("STABLE_CODE"));
    println!("unstable feature {}", env!("UNSTABLE_FEATURE"));
    println!("wrong code {}", env!("WRONG_CODE"));
    println!("without std {}", env!("WITHOUT_STD"));
    println!("commit {}", env!("COMMIT"));
}
