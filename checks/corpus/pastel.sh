pastel --color-mode off format hex cornflowerblue
pastel --color-mode off mix red blue | pastel --color-mode off format rgb
pastel --force-color gradient red yellow -n 4 | pastel --color-mode off format hsl
