printf 'greeting := "hi"\n\na:\n    @echo {{greeting}}\n\nb name:\n    @echo {{uppercase(name)}} {{sha256("x")}}\n' > justfile
just a
just b you
just --list
