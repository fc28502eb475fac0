# What a page has to be done with it: for each command of its `console` blocks, and for each block of code that begins with the name of its file in a
# comment, `TO.N.sh`, which does it, and `TO.N.wanted`, what it shall print, if that is known. N counts from 1.
#
#   -v to=PREFIX        where to write
#   -v strict=1         a command prints nothing beyond what stands below it; else it prints what it likes where nothing stands there
#
# Comments of the page's, which no reader sees, say what is not to be read:
#
#   <!-- before:        commands that make what the page takes for granted, each a line `$ COMMAND` and further ones as in a block
#                       (CHECKOUT is dyrust's own folder, PAGE the page's)
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
function command_line(line) {
  if (line ~ /^\$ /) begin(substr(line, 3))
  else if (open_step && line ~ /^> /) print substr(line, 3) > script
  else if (open_step && place == "block") print line > wanted
}
place == "" && /^<!-- before:/ { place = "before"; open_step = 0; next }
place == "before" { if (/^-->/) place = ""; else command_line($0); next }
place == "" && /^<!-- needs: / { needs = $3; next }
place == "" && /^<!-- not run: / { skip = 1; next }
place == "" && /^```console$/ { place = skip ? "skipped" : "block"; open_step = 0; next }
place == "" && /^```./ { place = skip ? "skipped" : "code"; first = 1; next }
place == "" && /^```$/ { place = "skipped"; next }
place != "" && /^```$/ {
  if (place == "file") print "END_OF_THE_PAGES_FILE" > script
  place = ""
  skip = 0
  needs = ""
  next
}
place == "block" { command_line($0); next }
place == "code" && first && /^(#|\/\/) [A-Za-z0-9._\/-]+\.[a-z]+$/ {
  begin("mkdir -p \"$(dirname " $2 ")\" && cat >" $2 " <<'END_OF_THE_PAGES_FILE'")
  print > script
  place = "file"
  next
}
place == "code" { first = 0; next }
place == "file" { print > script; next }
