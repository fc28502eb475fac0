# mkContainer { image, … }: an OCI image layout of an image (or of any other package) with all that it needs at run time.
{
  needs,
  # The package of dyrust-link.
  linker,
}:
{
  # The name in the store.
  name ? "container",
  # What mkImage made, or any other package; its bin folder is the container's PATH.
  image,
  # The command, as words.
  command ? [ ],
  # The name under which container engines show it.
  reference ? null,
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
    "--format=oci"
    "--out=${builtins.placeholder "out"}"
    "--references=references"
    "--path=${image}/bin"
    "--target=${needs.target}"
  ]
  ++ map (word: "--command=${word}") command
  ++ (if reference == null then [ ] else [ "--reference=${reference}" ]);
}
