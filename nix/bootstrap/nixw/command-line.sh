# What the arguments of nixw mean: Nix's command, and the flake that it reads. Sourced by nixw.
# shellcheck shell=bash

# values_of OPTION COMMAND: prints how many arguments an option of Nix's takes, `all` if all that follow are its own. From what
# `nix __dump-cli` says of 2.8 and 2.34; checks/nixw/test compares it with that of the Nix that is there.
values_of() {
  case $1 in
    -c | --command) echo all ;;
    # In `develop`, `run` and `shell` a variable and its value, in `store verify` a store; else a flag.
    -s)
      case $2 in
        develop | run | shell | 'env shell') echo 2 ;;
        'store copy-sigs' | 'store verify') echo 1 ;;
        *) echo 0 ;;
      esac
      ;;
    --arg | --arg-from-file | --argstr | --option | --override-flake | --override-input | --redirect | --set-env-var) echo 2 ;;
    -I | -e | -f | -j | -k | -n | -o | -p | -t | -u) echo 1 ;;
    --access-tokens | --algo | --allowed-impure-host-deps | --allowed-uris | --allowed-users | --apply | --arg-from-stdin) echo 1 ;;
    --bash-prompt | --bash-prompt-prefix | --bash-prompt-suffix | --build-dir | --build-hook | --build-poll-interval) echo 1 ;;
    --build-users-group | --builders | --bundler | --commit-lock-file-summary | --commit-lockfile-summary) echo 1 ;;
    --connect-timeout | --cores | --dest | --diff-hook | --download-attempts | --download-buffer-size | --download-speed) echo 1 ;;
    --eval-attrset-update-layer-rhs-threshold | --eval-profile-file | --eval-profiler | --eval-profiler-frequency) echo 1 ;;
    --eval-store | --eval-system | --exclude | --expected-hash | --experimental-features | --expr | --external-builders) echo 1 ;;
    --extra-access-tokens | --extra-allowed-impure-host-deps | --extra-allowed-uris | --extra-allowed-users) echo 1 ;;
    --extra-build-hook | --extra-experimental-features | --extra-extra-platforms | --extra-hashed-mirrors) echo 1 ;;
    --extra-ignored-acls | --extra-impure-env | --extra-nix-path | --extra-platforms | --extra-plugin-files) echo 1 ;;
    --extra-sandbox-paths | --extra-secret-key-files | --extra-substituters | --extra-system-features) echo 1 ;;
    --extra-trusted-public-keys | --extra-trusted-substituters | --extra-trusted-users) echo 1 ;;
    --file | --flake | --flake-registry | --format | --from | --gc-reserved-space | --hash-algo | --hash-type) echo 1 ;;
    --hashed-mirrors | --http-connections | --id-count | --ignored-acls | --impure-env | --include | --inputs-from) echo 1 ;;
    --json-format | --json-log-path | --keep | --keep-env-var | --key-file | --key-name) echo 1 ;;
    --lint-absolute-path-literals | --lint-short-path-literals | --lint-url-literals | --log-format | --log-lines) echo 1 ;;
    --max | --max-build-log-size | --max-call-depth | --max-free | --max-jobs | --max-silent-time) echo 1 ;;
    --max-substitution-jobs | --min-free | --min-free-check-interval | --mode | --name | --nar-buffer-size) echo 1 ;;
    --narinfo-cache-meta-ttl | --narinfo-cache-negative-ttl | --narinfo-cache-positive-ttl | --netrc-file) echo 1 ;;
    --nix-path | --nix-store-paths-url | --older-than | --out-link | --output-lock-file | --phase | --plugin-files) echo 1 ;;
    --post-build-hook | --pre-build-hook | --priority | --profile | --reference-lock-file | --regex | --registry) echo 1 ;;
    --repeat | --sandbox-build-dir | --sandbox-dev-shm-size | --sandbox-paths | --secret-key-files | --sigs-needed) echo 1 ;;
    --ssl-cert-file | --stalled-download-timeout | --start-id | --store | --substituter | --substituters | --system) echo 1 ;;
    --system-features | --tarball-ttl | --template | --timeout | --to | --trusted-public-keys) echo 1 ;;
    --trusted-substituters | --trusted-users | --type | --unset | --unset-env-var | --update-input) echo 1 ;;
    --upgrade-nix-store-path-url | --user-agent-suffix | --warn-large-path-threshold | --write-to) echo 1 ;;
    *) echo 0 ;;
  esac
}

# read_arguments ARGUMENT…: sets
#   kind        `inputs` for a command that reads a flake's inputs, `flake` for another one that may name a flake, else nothing
#   split       how many arguments come before the place for an option of the command
#   installable what the command is about: its first argument that is neither an option nor an option's value
#   overridden  the inputs that the user's own --override-input name, each with a space on either side
#   registered  whether the user's own --override-flake says what `dyrust` is
read_arguments() {
  local command='' subcommand='' count
  kind='' split=0 installable='' overridden=' ' registered=''
  local index=0
  while [ "$index" -lt $# ]; do
    index=$((index + 1))
    local argument=${!index}
    case $argument in
      --) break ;;
      -?*)
        count=$(values_of "$argument" "$command${subcommand:+ $subcommand}")
        [ "$count" != all ] || break
        local first=$((index + 1)) second=$((index + 2))
        case $argument in
          --override-input) overridden+="${!first:-} " ;;
          --override-flake) case ${!first:-} in dyrust | flake:dyrust) registered=${!second:-} ;; esac ;;
          # An attribute of a file, not of a flake.
          -f | --file | --expr) kind='' ;;
        esac
        index=$((index + count))
        ;;
      *)
        if [ -z "$command" ]; then
          command=$argument
          split=$index
          case $command in
            build | run | develop | shell | eval | print-dev-env | bundle | path-info | why-depends | log | search | fmt | repl | edit | \
              copy | show-derivation) kind=inputs ;;
            flake | profile | derivation | env | formatter) ;;
            *) return 0 ;;
          esac
        elif [ -z "$subcommand" ] && [[ $command =~ ^(flake|profile|derivation|env|formatter)$ ]]; then
          subcommand=$argument
          split=$index
          case $command\ $subcommand in
            'flake check' | 'flake show' | 'flake metadata' | 'flake info' | 'flake archive' | 'flake lock' | 'flake prefetch-inputs' | \
              'profile install' | 'profile add' | 'derivation show' | 'env shell' | 'formatter build' | 'formatter run') kind=inputs ;;
            'flake init' | 'flake new' | 'flake clone' | 'flake prefetch') kind=flake ;;
            *) return 0 ;;
          esac
        elif [ -z "$installable" ]; then
          installable=$argument
          # What follows are arguments of the program, or files to format.
          [ "$command" != fmt ] || installable=''
          case $command in run | fmt) break ;; esac
        fi
        ;;
    esac
  done
}

# Where dyrust is published, as the templates have it.
PUBLISHED=github:dyrust/dyrust

# by_name ARGUMENT…: sets `arguments`, to these with the name `dyrust` in the place of where it is published, if that can't be reached. What a
# program is given stays as it is.
by_name() {
  local word is_program=
  arguments=()
  for word; do
    case $word in
      --command | -c | --) is_program=1 ;;
      "$PUBLISHED" | "$PUBLISHED"#*)
        [ -n "$is_program" ] || is_reachable "https://github.com/${PUBLISHED#github:}" || word=dyrust${word#"$PUBLISHED"}
        ;;
    esac
    arguments+=("$word")
  done
}

# find_flake: sets `flake`, the local folder with the flake.nix that `installable` means, or nothing.
find_flake() {
  local argument=${installable:-.} folder
  flake=
  [ "$kind" = inputs ] || return 0
  argument=${argument%%[#?]*}
  argument=${argument#path:}
  argument=${argument#git+file:}
  argument=${argument#//}
  case $argument in
    dyrust | flake:dyrust) folder=$root ;;
    '') folder=$PWD ;;
    *) folder=$argument ;;
  esac
  [ -d "$folder" ] || return 0
  folder=$(cd "$folder" && pwd)
  while [ ! -e "$folder/flake.nix" ] && [ "$folder" != / ]; do folder=$(dirname "$folder"); done
  [ ! -e "$folder/flake.nix" ] || flake=$folder
}
