extern "C" fn start() {
    registry::register("deeper");
}

#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn() = start;
