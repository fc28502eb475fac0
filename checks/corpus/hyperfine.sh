hyperfine -N --runs 3 --export-json o.json true > /dev/null 2> /dev/null
tr -d ' \n' < o.json | grep -o '"times":\[[^]]*\]' | tr ',' '\n' | wc -l
