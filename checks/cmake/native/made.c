int made_by_cmake(void) { return 42; }
