mod generated;

fn main() {
    println!("{}", generated::TEXT);
}
