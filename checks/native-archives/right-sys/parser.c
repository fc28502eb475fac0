static int value = 2;

int right_parse(void) { return value; }
