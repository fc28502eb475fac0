int rust_add(int a, int b);
int outer_sum(const int *values, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) sum = rust_add(sum, values[i]);
    return sum;
}
