# The check of a workspace's format sees all of its sources: a module's folder called `target` was left out, and the check failed for want of it.
pkgs:
let
  needs = import ../../nix/requirements.nix pkgs { };
in
(import ../../nix/formatCheck.nix { inherit pkgs needs; } ./tree).fmt-workspace
