use clap::Parser;

#[derive(Parser)]
struct Arguments {
    text: String,
}

fn main() {
    println!("{}", page::page(&Arguments::parse().text));
}
