export HOME=$PWD
printf 'alpha\nbeta\ngamma\n' | sk --filter et
printf 'src/main.rs\nsrc/lib.rs\nREADME.md\n' | sk --filter 'rs$'
