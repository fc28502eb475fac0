unsafe extern "C" {
    safe fn of_bins() -> i32;
    safe fn of_bin() -> i32;
    safe fn of_all() -> i32;
    safe fn fmod(x: f64, y: f64) -> f64;
}

fn main() {
    println!("cfg {} {} {}", cfg!(one_colon), cfg!(two_colons), cfg!(wrong_case));
    println!("flavor {}", cfg!(flavor = "sweet sour"));
    println!("env [{}] [{}] [{}]", env!("EQUATION"), env!("EMPTY"), env!("INDENTED"));
    println!("objects {} {} {}", of_bins(), of_bin(), of_all());
    println!("libm {}", fmod(7.5, 2.0));
}
