printf '<html><body><p class="x">hi <b>there</b></p><a href="/y">z</a></body></html>' > page.html
htmlq --text .x < page.html
htmlq --attribute href a < page.html
htmlq --pretty body < page.html
