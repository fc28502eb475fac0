# isBelow path folder: whether a relative path is this folder, or lies in it.
path: folder: path == folder || import ./hasPrefix.nix "${folder}/" path
