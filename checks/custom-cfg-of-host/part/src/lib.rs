/// The features this crate was compiled with.
pub fn features() -> Vec<&'static str> {
    let mut on = Vec::new();
    if cfg!(feature = "turbo") {
        on.push("turbo");
    }
    if cfg!(feature = "slow") {
        on.push("slow");
    }
    if cfg!(feature = "turbo-host") {
        on.push("turbo-host");
    }
    if cfg!(feature = "slow-host") {
        on.push("slow-host");
    }
    on
}
