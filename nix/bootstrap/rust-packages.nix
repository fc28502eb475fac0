# The programs of the Rust toolchain, packages of their own as in nixpkgs. Its rustc is built without lld: the linker is the C compiler's,
# and `lld` is a package beside it.
{
  callPackage,
  gcc,
  glibc,
  libgcc,
  patchelf,
  platform,
}:
let
  rustProgram = callPackage ./rust-toolchain.nix { };
  # install PROGRAM…: shell commands.
  install = programs: ''
    mkdir -p $out/bin
    for program in ${toString programs}; do cp $toolchain/bin/$program $out/bin/; done
  '';
  wrapper = builtins.toFile "without-lld.c" ''
    // Starts PROGRAM with one more option. Not a script: the shell of busybox drops variables with a hyphen, such as
    // CARGO_BIN_EXE_my-tool, and bash has its say about locales. The option comes last, since the first argument of clippy-driver may be rustc.
    // Other targets do not have it, and have no lld by default.
    #include <string.h>
    #include <unistd.h>

    static int is_other_target(const char *argument, const char *next) {
      if (strncmp(argument, "--target", 8) != 0)
        return 0;
      const char *target = argument[8] == '=' ? argument + 9 : next;
      return target != NULL && strcmp(target, TARGET) != 0;
    }

    int main(int count, char **arguments) {
      char *all[count + 2];
      for (int index = 1; index < count; index++)
        if (is_other_target(arguments[index], arguments[index + 1]))
          return execv(PROGRAM, arguments);
      memcpy(all, arguments, count * sizeof *all);
      all[count] = "-Clinker-features=-lld";
      all[count + 1] = NULL;
      return execv(PROGRAM, all);
    }
  '';
  # withoutLld RUSTC PROGRAMS: rustc's own builds have lld and use it by default on some targets. One that is built without it does not: where the
  # option that says so is known, it is the default here.
  withoutLld = rustc: programs: ''
    if ${rustc}/bin/rustc -Clinker-features=-lld --print sysroot > /dev/null 2>&1; then
      for program in ${toString programs}; do
        mv $out/bin/$program $out/bin/.$program-unwrapped
        ${gcc}/bin/cc -O1 -DTARGET='"${platform.config}"' \
          -DPROGRAM="\"$out/bin/.$program-unwrapped\"" ${wrapper} -o $out/bin/$program
      done
    fi
  '';

  rustc = rustProgram "rustc" {
    install = ''
      ${install [
        "rustc"
        "rustdoc"
      ]}
      mkdir -p $out/lib/rustlib
      cp -P $toolchain/lib/*.so* $out/lib/
      [ ! -e $toolchain/lib/rustlib/etc ] || cp -R $toolchain/lib/rustlib/etc $out/lib/rustlib/
      for target in $toolchain/lib/rustlib/*/lib; do
        target=$(basename $(dirname $target))
        mkdir -p $out/lib/rustlib/$target
        cp -R $toolchain/lib/rustlib/$target/lib $out/lib/rustlib/$target/
      done
    '';
    fixup = ''
      # What programs are linked against: left as it is, but for where libgcc and libc are.
      find $out/lib/rustlib -path '*/lib/*' -name '*.so' | while read -r file; do
        patchelf --set-rpath ${glibc}/lib:${libgcc}/lib $file
      done
      ${withoutLld "$out" [
        "rustc"
        "rustdoc"
      ]}
    '';
  };
in
{
  rustc = rustc // {
    unwrapped = rustc;
  };
  rustc-unwrapped = rustc;
  cargo = rustProgram "cargo" { install = install [ "cargo" ]; };
  clippy = rustProgram "clippy" {
    install = install [
      "cargo-clippy"
      "clippy-driver"
    ];
    fixup = withoutLld rustc [ "clippy-driver" ];
    libraries = [ rustc ];
  };
  rustfmt = rustProgram "rustfmt" {
    install = install [
      "rustfmt"
      "cargo-fmt"
    ];
    libraries = [ rustc ];
  };
  lld = rustProgram "lld" {
    # One program that is what it is called.
    install = ''
      mkdir -p $out/bin
      cp $toolchain/lib/rustlib/${platform.config}/bin/rust-lld $out/bin/lld
      ln -s lld $out/bin/ld.lld
    '';
    libraries = [ rustc ];
  };
}
