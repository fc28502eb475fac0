#[cfg(turbo)]
use fast as chosen;
#[cfg(not(turbo))]
use slow as chosen;

fn main() {
    println!("{} {}", chosen::name(), high::name());
}
