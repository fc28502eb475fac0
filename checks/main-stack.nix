# std knows where the main thread's stack is without the C library, which reads /proc/self/maps for it: some four lines for each library.
lib:
let
  inherit (lib) pkgs;
  sample = (lib.buildGraph { src = ../templates/default; }).packages.sample_bin;
in
pkgs.runCommandCC "check-main-stack" { } ''
  cat > asked.c <<'C'
  #include <unistd.h>
  int pthread_getattr_np(unsigned long thread, void *attributes) {
    write(2, "asked\n", 6);
    return 38;
  }
  C
  cc -shared -fPIC -w -o asked.so asked.c
  # It is the one that would be asked: without a limit of the stack std leaves the question to the C library.
  (ulimit -s unlimited && LD_PRELOAD=./asked.so ${sample}/bin/sample_bin) 2>&1 >/dev/null | grep -qx asked
  LD_PRELOAD=./asked.so ${sample}/bin/sample_bin 2>said
  [ ! -s said ] || {
    cat said >&2
    exit 1
  }
  touch $out
''
