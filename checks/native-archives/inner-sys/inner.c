static int counter;
int inner_next(void) { return ++counter; }
