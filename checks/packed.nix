# A container image and an initial file system of the sample as an image: what lies in them is what the image needs, byte for byte.
lib:
let
  inherit (lib) pkgs;
  image = lib.mkImage {
    name = "sample-image";
    programs = builtins.attrValues (lib.buildGraph { src = ../templates/default; }).packages;
  };
  container = lib.mkContainer {
    inherit image;
    name = "sample-container";
    command = [ "sample_bin" ];
    reference = "sample:latest";
  };
  initrd = lib.mkInitrd {
    inherit image;
    name = "sample-initrd";
    init = "${image}/bin/sample_bin";
  };
in
pkgs.runCommand "check-packed"
  {
    exportReferencesGraph = [
      "references"
      image
    ];
    inherit image container initrd;
    # It has a cpio.
    busybox = pkgs.busybox;
  }
  ''
    fail() {
      echo "$1" >&2
      exit 1
    }
    grep '^/nix/store/' references | sort -u > wanted

    # The layout's index names a manifest, that a configuration and a layer; each is a file that bears its hash.
    digests() { grep -oE 'sha256:[0-9a-f]{64}' "$1" | cut -d : -f 2 | sort -u; }
    manifest=$container/blobs/sha256/$(digests $container/index.json)
    for digest in $(digests $container/index.json) $(digests $manifest); do
      [ "$(sha256sum < $container/blobs/sha256/$digest | cut -d ' ' -f 1)" = $digest ] || fail "the blob $digest has another hash"
    done
    grep -l '"sample_bin"' $container/blobs/sha256/* > /dev/null || fail "the command is not in the configuration"
    mkdir layer
    for digest in $(digests $manifest); do
      tar -xf $container/blobs/sha256/$digest -C layer 2> /dev/null || true
    done
    (cd layer && ls -d nix/store/* | sed 's#^#/#') | sort > found
    diff wanted found || fail "the layer holds other store paths than the image needs"
    cmp layer$image/bin/sample_bin $image/bin/sample_bin || fail "the program in the layer is another one"

    $busybox/bin/busybox cpio -t < $initrd > listed 2> /dev/null
    sed -nE 's#^/?(nix/store/[^/]+)$#/\1#p' listed | sort -u > found
    diff wanted found || fail "the initial file system holds other store paths than the image needs"
    grep -qE '^/?init$' listed || fail "there is no /init"
    touch $out
  ''
