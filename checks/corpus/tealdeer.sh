export HOME=$PWD
printf '# tar\n\n> Archiving utility.\n\n- Create an archive:\n\n`tar cf {{target.tar}} {{file1}}`\n' > tar.md
tldr --color always --render tar.md
tldr --show-paths | sed "s#$PWD##" | head -n 3
