# What a page has to be done with it: for each command of its `console` blocks, for each block of code that begins with the name of its file in a
# comment, and for each other block of `nix`, `TO.N.sh`, which does it, and `TO.N.wanted`, what it shall print, if that is known. N counts from 1.
# Of a block that is evaluated `TO.N.nix` has the text, on the lines that it has in the page. No other block of code that is read by a program may
# be there.
#
#   -v to=PREFIX        where to write
#   -v strict=1         a command prints nothing beyond what stands below it; else it prints what it likes where nothing stands there
#
# Comments of the page's, which no reader sees, say what is not to be read:
#
#   <!-- before:        commands that make what the page takes for granted, each a line `$ COMMAND` and further ones as in a block
#                       (CHECKOUT is dyrust's own folder, PAGE the page's)
#   <!-- file: NAME     the next block is that file, for those whose language has no comments, or that say so by themselves
#   <!-- in:            what the next block of Nix stands in, which `…` stands for: an expression of which every derivation is evaluated
#   <!-- needs: NAME    the next block is run only where that command is there
#   <!-- not run: WHY   the next block is not
function begin(text) {
  n++
  open_step = 1
  script = to "." n ".sh"
  wanted = to "." n ".wanted"
  if (needs != "") print "command -v " needs " >/dev/null || return 0" > script
  print text > script
  if (strict) printf "" > wanted
}
function begin_file(name) {
  begin("mkdir -p \"$(dirname " name ")\" && cat >" name " <<'END_OF_THE_PAGES_FILE'")
  place = "file"
}
# What stands before the block is on the lines of its own comment, and nothing of the page's before them.
function begin_nix(    text, at, before, lines) {
  text = place_in == "" ? "…" : place_in
  at = index(text, "…")
  nix = to "." (n + 1) ".nix"
  before = substr(text, 1, at - 1)
  after = substr(text, at + length("…"))
  for (lines = NR - 1 - gsub(/\n/, "&", before); lines > 1; lines--) print "" > nix
  print before > nix
  begin("evaluate " nix)
  place = "nix"
}
function command_line(line) {
  if (line ~ /^\$ /) begin(substr(line, 3))
  else if (open_step && line ~ /^> /) print substr(line, 3) > script
  else if (open_step && place == "block") print line > wanted
}
place == "" && /^<!-- before:/ { place = "before"; open_step = 0; next }
place == "before" { if (/^-->/) place = ""; else command_line($0); next }
place == "" && /^<!-- file: / { name = $3; next }
place == "" && /^<!-- in: .*-->$/ { sub(/^<!-- in: /, ""); sub(/ *-->$/, ""); place_in = $0; next }
place == "" && /^<!-- in:$/ { place = "in"; next }
place == "in" { if (/^-->/) place = ""; else place_in = place_in (place_in == "" ? "" : "\n") $0; next }
place == "" && /^<!-- needs: / { needs = $3; next }
place == "" && /^<!-- not run: / { skip = 1; next }
place == "" && /^```console$/ { place = skip ? "skipped" : "block"; open_step = 0; next }
place == "" && /^```(nix|toml|json|yaml)$/ {
  language = substr($0, 4)
  place = skip ? "skipped" : "code"
  if (!skip && name != "") begin_file(name)
  next
}
place == "" && /^```/ { place = "skipped"; next }
place != "" && /^```$/ {
  if (place == "file") print "END_OF_THE_PAGES_FILE" > script
  if (place == "nix") print after > nix
  place = ""
  place_in = ""
  name = ""
  skip = 0
  needs = ""
  next
}
place == "block" { command_line($0); next }
# The first line of a block.
place == "code" && /^(#|\/\/) [A-Za-z0-9._\/-]+\.[a-z]+$/ { begin_file($2); print > script; next }
place == "code" && language == "nix" { begin_nix() }
place == "code" { begin("echo 'line " NR ": a block of " language " that nothing reads' >&2; false"); place = "skipped"; next }
place == "file" { print > script; next }
place == "nix" { print > nix; next }
