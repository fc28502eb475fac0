export HOME=$PWD XDG_DATA_HOME=$PWD/data XDG_CONFIG_HOME=$PWD/config ATUIN_SESSION=0190b5a1f5a57c4fa8c6d6a0a2f5b1c3
atuin init bash | cksum
for command in 'ls -l' 'echo hello' 'git status'; do
  id=$(atuin history start -- "$command")
  atuin history end --exit 0 --duration 1000 "$id"
done
atuin history list --cmd-only
atuin search --cmd-only --search-mode fuzzy hel
atuin stats 2>&1 | tail -n 2
