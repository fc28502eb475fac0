/// Says whether `loud` or `quiet` is on.
pub fn name() -> &'static str {
    match (cfg!(feature = "loud"), cfg!(feature = "quiet")) {
        (true, true) => "both",
        (true, false) => "LOUD",
        (false, true) => "quiet",
        (false, false) => "plain",
    }
}
