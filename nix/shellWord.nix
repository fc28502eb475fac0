# shellWord text: a text as one word of a shell, whatever is in it.
text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'"
