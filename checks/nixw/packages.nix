pkgs:
let
  inherit (pkgs) runCommand;
  inherit (pkgs.stdenv) cc;
in
{
  # A Rust program, a shared library and a proc macro; the program's closure is asked for by the test.
  rust =
    runCommand "rust"
      {
        nativeBuildInputs = [
          pkgs.rustc
          cc
        ];
      }
      ''
        echo '#[proc_macro] pub fn answer(_: proc_macro::TokenStream) -> proc_macro::TokenStream { "42".parse().unwrap() }' > mac.rs
        sed -i '1i extern crate proc_macro;' mac.rs
        rustc --edition 2021 --crate-type proc-macro mac.rs
        echo 'pub use mac::answer; #[inline(never)] pub fn greet() -> i32 { answer!() }' > greet.rs
        rustc --edition 2021 --crate-type dylib -C prefer-dynamic --extern mac=libmac.so greet.rs
        echo 'fn main() { println!("{}", greet::greet()) }' > main.rs
        mkdir -p $out/bin
        # The library is linked by its folder for the run in here alone; the program that stays is static but for libc.
        rustc --edition 2021 -C prefer-dynamic -L . --extern greet=libgreet.so main.rs -o dynamic
        export LD_LIBRARY_PATH=$PWD
        [ "$(./dynamic)" = 42 ]
        unset LD_LIBRARY_PATH
        echo 'fn main() { println!("42") }' > plain.rs
        rustc --edition 2021 -C strip=symbols plain.rs -o $out/bin/rust
        [ "$($out/bin/rust)" = 42 ]
      '';

  # C and C++, shared and static, with headers of libc, exceptions and the C++ library found at run time.
  c = runCommand "c" { nativeBuildInputs = [ cc ]; } ''
    echo '#include <math.h>
    #include <stdio.h>
    int main(int count, char **arguments) { printf("%.0f\n", sqrt(count * 4)); return 0; }' > program.c
    echo '#include <cstdlib>
    #include <iostream>
    #include <stdexcept>
    int main() { try { throw std::runtime_error("2"); } catch (const std::exception &e) { std::cout << e.what() << std::endl; } }' > program.cc
    cc program.c -o shared -lm
    cc -static program.c -o static -lm
    c++ program.cc -o cplusplus
    for program in shared static cplusplus; do [ "$(./$program)" = 2 ]; done
    mkdir -p $out/bin
    cp shared $out/bin/c
  '';

  # What a build must not be able to change, and a build that tries to: in a file's content and in a folder.
  victim = runCommand "victim" { } "mkdir $out && echo whole > $out/file";
  attack = runCommand "attack" { victim = (import ./packages.nix pkgs).victim; } ''
    for input in $victim ${pkgs.rustc}/lib ${cc}/bin; do
      chmod u+w $input 2> /dev/null && { echo "the folder $input can be written to"; } && exit 1
      (echo poison > $input/poison) 2> /dev/null && exit 1
      rm -f $input/poison 2> /dev/null
    done
    chmod u+w $victim/file 2> /dev/null && exit 1
    (echo poison >> $victim/file) 2> /dev/null && exit 1
    echo refused > $out
  '';

  # Nothing of the machine can be seen in a build.
  sandbox = runCommand "sandbox" { } ''
    for folder in /usr /lib /lib64 /root /home /var; do
      if [ -e $folder ]; then echo "$folder can be seen" >&2; exit 1; fi
    done
    # Of /bin there is at most a shell.
    [ ! -e /bin ] || [ "$(echo /bin/*)" = /bin/sh ]
    touch $out
  '';

  # Libraries are found by pkg-config, their folders get into the RUNPATH, nothing of their headers does.
  libraries =
    let
      libraries = with pkgs; [
        openssl
        curl
        sqlite
        zlib
        zstd
        bzip2
        xz
      ];
    in
    runCommand "libraries"
      {
        nativeBuildInputs = [
          cc
          pkgs.pkg-config
        ];
        PKG_CONFIG_PATH = builtins.concatStringsSep ":" (
          map (library: "${library.dev}/lib/pkgconfig") libraries
        );
      }
      ''
        echo '#include <bzlib.h>
        #include <curl/curl.h>
        #include <lzma.h>
        #include <openssl/ssl.h>
        #include <sqlite3.h>
        #include <stdio.h>
        #include <zlib.h>
        #include <zstd.h>
        int main(void) {
          printf("%s %s %s %s %s %s %u\n", OpenSSL_version(0), curl_version(), sqlite3_libversion(), zlibVersion(),
            ZSTD_versionString(), BZ2_bzlibVersion(), lzma_version_number());
          return 0;
        }' > program.c
        mkdir -p $out/bin
        names="openssl libcurl sqlite3 zlib libzstd bzip2 liblzma"
        cc program.c -o $out/bin/libraries $(pkg-config --cflags --libs $names)
        $out/bin/libraries | grep -q "^OpenSSL .* libcurl"
      '';

  # The tools that build scripts call.
  tools =
    runCommand "tools"
      {
        nativeBuildInputs = with pkgs; [
          cc
          cmake
          file
          git
          perl
          pkg-config
          python3
          strace
        ];
      }
      ''
        perl -MPOSIX -MList::Util=sum -e 'exit !(sum(1, floor(2.5)) == 3)'
        python3 -c 'import hashlib, json, subprocess; json.dumps(hashlib.sha256(b"").hexdigest())'
        git init --quiet repository
        git -C repository -c user.name=a -c user.email=a@b commit --quiet --allow-empty -m a
        [ "$(git -C repository rev-list --count HEAD)" = 1 ]
        mkdir project && cd project
        printf 'cmake_minimum_required(VERSION 3.10)\nproject(x C CXX)\nadd_executable(x x.cc)\n' > CMakeLists.txt
        echo 'int main() { return 0; }' > x.cc
        cmake . > log || { cat log; exit 1; }
        make > log || { cat log; exit 1; }
        file x | grep -q ELF
        strace -o trace ./x
        grep -q '^execve' trace
        touch $out
      '';

  # The generic builder's phases, outputs and hooks.
  phases = pkgs.stdenv.mkDerivation (final: {
    pname = "phases";
    version = "1.0";
    src = runCommand "phases-source" { } ''
      mkdir $out
      printf 'program: program.c\n\tcc program.c -o program\n' > $out/Makefile
      printf 'install:\n\tmkdir -p $(prefix)/bin\n\tcp program $(prefix)/bin/\n' >> $out/Makefile
      echo 'int main(void) { return 7; }' > $out/program.c
    '';
    outputs = [
      "out"
      "doc"
    ];
    postPatch = "substituteInPlace program.c --replace-fail 7 0";
    postInstall = "mkdir $doc && echo ${final.version} > $doc/version";
    postFixup = "$out/bin/program";
  });

  # A source that nobody has seeded: the failure names it and says what to do.
  missing = pkgs.fetchCrate {
    pname = "no-such-crate";
    version = "1.0.0";
    sha256 = "0000000000000000000000000000000000000000000000000000000000000001";
    unpack = false;
  };
}
