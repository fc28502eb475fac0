/* The main thread's stack, for std, which asks for it at each start.

   glibc's pthread_getattr_np reads /proc/self/maps for the main thread: the longer, the more files a program has. All that it takes from
   there is where the stack's mapping ends, which the kernel tells by other means: create_elf_tables and bprm in Linux put a null pointer at
   the very end, and below it the text that AT_EXECFN names. Whatever is not as expected is left to glibc: other threads, code on a stack
   of its own, a stack without a limit or with a high one (glibc then looks where the next mapping ends), programs that another loader put
   together. */

typedef unsigned long word;

struct limit {
  word now, most;
};

extern void *__libc_stack_end __attribute__((weak));
extern word getauxval(word);
extern word strlen(const char *);
extern int getrlimit(int, struct limit *);
extern word pthread_self(void);
extern int pthread_getattr_np(word, void *);
extern int pthread_attr_init(void *);
extern int pthread_attr_setstack(void *, void *, word);
extern int pthread_attr_setguardsize(void *, word);
extern int pthread_attr_destroy(void *);

enum { AT_PAGESZ = 6, AT_EXECFN = 31, RLIMIT_STACK = 3 };

/* The kernel leaves at least 128 MB below the stack's end free of other mappings. */
static const word HIGHEST_LIMIT = 64UL << 20;

__attribute__((visibility("hidden"))) int dyrust__getattr_np(word thread, void *attributes) {
  word page = getauxval(AT_PAGESZ), name = getauxval(AT_EXECFN);
  struct limit limit;
  if (page == 0 || name == 0 || &__libc_stack_end == 0 || thread != pthread_self() || getrlimit(RLIMIT_STACK, &limit) != 0 ||
      limit.now > HIGHEST_LIMIT)
    return pthread_getattr_np(thread, attributes);
  word end = name + strlen((const char *)name) + 1 + sizeof(void *), here = (word)&limit, first = (word)__libc_stack_end;
  if (end % page != 0 || here >= end || here < end - limit.now || first >= end || first < here)
    return pthread_getattr_np(thread, attributes);
  /* From here as in glibc: what the kernel put above the first frame does not count. */
  word top = (first & -page) + page;
  if (limit.now <= end - top)
    return pthread_getattr_np(thread, attributes);
  word size = (limit.now - (end - top)) & -page;
  int failed = pthread_attr_init(attributes);
  if (failed)
    return failed;
  if (pthread_attr_setstack(attributes, (void *)(top - size), size) == 0 && pthread_attr_setguardsize(attributes, 0) == 0)
    return 0;
  pthread_attr_destroy(attributes);
  return pthread_getattr_np(thread, attributes);
}
