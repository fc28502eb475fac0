# Sourced by busybox' shell, with the environment that unpack-debian.nix gives.
# shellcheck shell=sh disable=SC2154  # the variables come from the derivation

root=$NIX_BUILD_TOP/root
mkdir -p "$root/usr" "$out"
for deb in $debs; do
  dpkg-deb -x "$deb" "$root"
done

# One prefix: /bin, /sbin and /lib are part of /usr, sbin is part of bin.
for folder in bin sbin lib; do
  if [ -d "$root/$folder" ] && [ ! -L "$root/$folder" ]; then
    mkdir -p "$root/usr/$folder"
    cp -a "$root/$folder/." "$root/usr/$folder/"
  fi
done
if [ -d "$root/usr/sbin" ]; then
  mkdir -p "$root/usr/bin"
  cp -a "$root/usr/sbin/." "$root/usr/bin/"
  rm -r "$root/usr/sbin"
fi
for folder in doc man info locale lintian bug doc-base bash-completion; do
  rm -rf "${root:?}/usr/share/$folder"
done
rmdir "$root/usr/share" 2>/dev/null || true
cp -a "$root/usr/." "$out/"
rm -rf "$root" "${out:?}/lib64"
chmod -R u+w "$out"

if [ -n "$flatten" ]; then
  for folder in lib include; do
    if [ -d "$out/$folder/$multiarch" ]; then
      cp -a "$out/$folder/$multiarch/." "$out/$folder/"
      rm -r "${out:?}/$folder/$multiarch"
      ln -s . "$out/$folder/$multiarch"
    fi
  done
fi

search=$out/lib
[ -n "$flatten" ] || search="$out/lib/$multiarch $search"
for library in $libraries $glibc; do
  search="$search $library/lib"
done

# Links that leave the package or its new layout.
find "$out" -type l | while read -r link; do
  [ ! -e "$link" ] || case $(readlink "$link") in /nix/* | [!/]*) continue ;; esac
  target=$(readlink "$link")
  rm "$link"
  if [ -e "$out/${target#/usr/}" ]; then
    ln -s "$out/${target#/usr/}" "$link"
    continue
  fi
  for folder in $search "$out/bin"; do
    candidate=$folder/$(basename "$target")
    if [ "$candidate" != "$link" ] && [ -e "$candidate" ]; then
      ln -s "$candidate" "$link"
      break
    fi
  done
done

# ELF files: the loader, and a RUNPATH of exactly the folders that hold what the file needs.
find "$out" -type f \( -perm -u+x -o -name '*.so*' \) | while read -r file; do
  [ "$(head -c 4 "$file" | tail -c 3)" = ELF ] || continue
  needed=$(patchelf --print-needed "$file" 2>/dev/null) || continue
  runpath=
  for folder in $search; do
    for object in $needed; do
      if [ -e "$folder/$object" ]; then
        runpath=$runpath${runpath:+:}$folder
        break
      fi
    done
  done
  [ -z "$runpath" ] || patchelf --set-rpath "$runpath" "$file"
  if patchelf --print-interpreter "$file" >/dev/null 2>&1; then
    patchelf --set-interpreter "$glibc/lib/$loader" "$file"
  fi
done

# Scripts for the shell, which has no place of its own in a sandbox.
if [ -d "$out/bin" ]; then
  find "$out/bin" -type f | while read -r file; do
    case $(head -c 11 "$file" | tr -d '\0') in
      '#!/bin/sh'* | '#! /bin/sh'*) sed -i "1s|^#! */bin/sh|#!$busybox/bin/sh|" "$file" ;;
    esac
  done
fi

# pkg-config files: where the libraries and headers are now.
find "$out" -name '*.pc' -type f | while read -r file; do
  sed -i \
    -e "s|/$multiarch||g" \
    -e "s|^prefix *=.*|prefix=$out|" \
    -e "s,/usr/\(lib\|include\|share\|bin\),$out/\1,g" \
    -e "s|= */usr *\$|=$out|" \
    "$file"
done
