export HOME=$PWD
printf 'body { color: red }\n' > style.css
printf '<html><head><link rel="stylesheet" href="style.css"></head><body><script src="s.js"></script>hi</body></html>' > page.html
printf 'let a = 1;\n' > s.js
monolith --no-metadata --quiet page.html
