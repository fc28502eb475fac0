# What the wrappers of the compiler, the linker and pkg-config share. Sourced by bash, with `salt` set to the platform's name as a suffix
# of variables, such as x86_64_unknown_linux_gnu.
# shellcheck shell=bash disable=SC2154,SC2034

# roles WRAPPER: sets `roles`, the suffixes of the variables that count beside the salted ones: none but those of the roles that an
# environment's set-up gave to this platform (NIX_CC_WRAPPER_TARGET_HOST_…=1).
roles() {
  local role
  roles=()
  for role in BUILD:_FOR_BUILD HOST: TARGET:_FOR_TARGET; do
    marker=NIX_$1_TARGET_${role%%:*}_$salt
    [ -z "${!marker:-}" ] || roles+=("${role#*:}")
  done
}

# words NAME: sets `value` to the words of NAME_SALT and of NAME with each role's suffix.
words() {
  local variable=$1_$salt role
  value=${!variable:-}
  for role in ${roles[@]+"${roles[@]}"}; do
    variable=$1$role
    value+=" ${!variable:-}"
  done
}

# is_on NAME: whether one of these is 1.
is_on() {
  words "$1"
  [[ " $value " == *" 1 "* ]]
}

# expand ARGUMENT…: sets `params`, with the contents of response files in place of @FILE. Quotes and backslashes as GCC reads them.
expand() {
  params=()
  local argument text word character quote index
  for argument; do
    if [[ $argument != @* ]] || [ ! -r "${argument#@}" ]; then
      params+=("$argument")
      continue
    fi
    text=$(<"${argument#@}")
    if [[ $text != *[\"\'\\]* ]]; then
      # shellcheck disable=SC2206
      set -f && params+=($text) && set +f
      continue
    fi
    if [[ $text =~ ^(\"[^\"\\]*\"$'\n'?)+$ ]]; then
      # One quoted argument a line.
      while IFS= read -r word; do
        word=${word#\"}
        params+=("${word%\"}")
      done <<<"$text"
      continue
    fi
    word='' quote='' started=
    for ((index = 0; index < ${#text}; index++)); do
      character=${text:index:1}
      if [ "$character" = \\ ]; then
        index=$((index + 1))
        word+=${text:index:1} started=1
      elif [ -n "$quote" ]; then
        if [ "$character" = "$quote" ]; then quote=; else word+=$character; fi
      elif [[ $character == [\"\'] ]]; then
        quote=$character started=1
      elif [[ $character == [[:space:]] ]]; then
        [ -z "$started" ] || params+=("$word")
        word='' started=
      else
        word+=$character started=1
      fi
    done
    [ -z "$started" ] || params+=("$word")
  done
}

# hardening: sets `hardening`, the flags that are on.
hardening() {
  words NIX_HARDENING_ENABLE
  hardening=" $value "
}
hardened() { [[ $hardening == *" $1 "* ]]; }
