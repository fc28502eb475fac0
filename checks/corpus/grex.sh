grex a aa aaa
grex --digits --repetitions '2024-01-02' '1999-12-31'
grex --escape 'ä€' 'ä'
