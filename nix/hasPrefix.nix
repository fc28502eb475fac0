# hasPrefix prefix text: whether a text begins with another.
prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix
