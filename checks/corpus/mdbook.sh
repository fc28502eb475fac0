export HOME=$PWD
mdbook init --force --ignore none --title Book book > /dev/null 2>&1
printf '# Chapter\n\nA *word* and `code`.\n' > book/src/chapter_1.md
mdbook build book > /dev/null 2>&1
grep -o '<p>A <em>word</em> and <code>code</code>.</p>' book/book/chapter_1.html
grep -c '"Book"\|Book' book/book/index.html
printf '# A\n\n```rust\nassert!(true);\n```\n' > book/src/chapter_1.md
mdbook build book > /dev/null 2>&1 && grep -c 'class="language-rust"' book/book/chapter_1.html
