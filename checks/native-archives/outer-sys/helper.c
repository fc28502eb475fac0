int inner_next(void);
int helper_twice(void) { return 2 * inner_next(); }
