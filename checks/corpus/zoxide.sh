export _ZO_DATA_DIR=$PWD/data
mkdir -p some/place
zoxide add some/place
zoxide query place | sed "s#$PWD#.#"
