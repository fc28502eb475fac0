# clang-sys, and so bindgen: loads libclang while build scripts run.
{
  libraries = [ "libclang" ];
  tools = [ ];
}
