/* The address by which a shared object is known to those who want something done when it goes, and what does that then, as the last of all:
   without it `dlclose` would leave `atexit` with functions that are gone. */

extern void __cxa_finalize(void *);

__attribute__((visibility("hidden"))) void *const __dso_handle = (void *)&__dso_handle;

static void finalize(void) { __cxa_finalize((void *)&__dso_handle); }

__attribute__((used, section(".fini_array.00000"))) static void (*const last)(void) = finalize;
