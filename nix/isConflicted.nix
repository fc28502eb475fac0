# isConflicted text: whether git left the marks of a merge in a file. Nix' own readers would name neither the file nor what is wrong with it.
text: builtins.replaceStrings [ "\n<<<<<<< " ] [ "" ] ("\n" + text) != "\n" + text
