int program_answer(int question);

int asks_from_c(int question) { return program_answer(question) + 1; }
