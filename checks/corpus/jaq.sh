echo '{"a": [1, 2.5, {"b": "c"}]}' | jaq -c '.a[2].b, (.a[:2] | add), keys'
seq 5 | jaq -s 'map(. * 2) | {sum: add, max: max}'
echo '"2024-03-05T06:07:08Z"' | jaq fromdate
echo '"test"' | jaq 'test("^t.*t$"), ascii_upcase, @base64'
