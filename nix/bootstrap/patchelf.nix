# patchelf, which has to run before there is a libc at a place where it would look for one: its own loader is named.
{
  seeds,
  stage,
  platform,
  pins,
}:
stage "patchelf-${pins.packages.patchelf.version}"
  {
    debs = map (name: seeds.debian.${name}) [
      "patchelf"
      "libc6"
      "libgcc-s1"
      "libstdc++6"
    ];
  }
  ''
    for deb in $debs; do dpkg-deb -x "$deb" root; done
    mkdir -p $out/bin $out/lib
    for name in libc.so.6 libm.so.6 libgcc_s.so.1 libstdc++.so.6 ${platform.loader}; do
      cp -L "$(find root -name "$name" -path '*${platform.multiarch}*' | head -n 1)" "$out/lib/$name"
    done
    chmod +x $out/lib/${platform.loader}
    cp root/usr/bin/patchelf $out/lib/patchelf
    {
      echo "#!${seeds.busybox}/bin/sh"
      echo "exec $out/lib/${platform.loader} --library-path $out/lib $out/lib/patchelf \"\$@\""
    } > $out/bin/patchelf
    chmod +x $out/bin/patchelf
  ''
