int helper_twice(void);
__attribute__((visibility("hidden"))) int outer_hidden(void) { return 42; }
int outer_twice_next(void) { return helper_twice(); }
