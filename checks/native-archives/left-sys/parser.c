static int value = 1;

int left_parse(void) { return value; }
