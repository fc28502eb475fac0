# mkInitrd { image, init, … }: an initial file system for Linux: an image (or any other package) with all that it needs at run time.
{
  needs,
  # The package of dyrust-link.
  linker,
}:
{
  # The name in the store.
  name ? "initrd",
  # What mkImage made, or any other package.
  image,
  # The program that the kernel starts, such as "${image}/bin/init".
  init,
}:
derivation {
  inherit name;
  inherit (needs) system;
  exportReferencesGraph = [
    "references"
    image
  ];
  builder = "${linker}/bin/dyrust-link";
  args = [
    "pack"
    "--format=cpio"
    "--out=${builtins.placeholder "out"}"
    "--references=references"
    "--init=${init}"
  ];
}
