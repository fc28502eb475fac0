echo abc | sd b X
echo 'price 12' > f
sd '(\d+)' '$1$1' f
cat f
