macro_rules! tell {
    ($($crate_name:ident),*) => {
        println!("{}", [$($crate_name::name()),*].join(" "))
    };
}

fn main() {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    tell!(always, unix, linux, both, pointer, family, negated);
    #[cfg(all(target_os = "linux", target_arch = "aarch64"))]
    tell!(always, unix, linux, pointer, triple, family, negated);
    #[cfg(not(target_os = "linux"))]
    tell!(always, negated);
}
