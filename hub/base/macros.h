/*
 * Small things that every layer uses: cleanup at the end of a block, array length, attributes.
 */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

/* AUTO(buf) b = {0}; releases b by buf_auto(&b) when the block ends, however it ends. */
#define AUTO(type) __attribute__((cleanup(type##_auto))) struct type
/* AUTO_PTR(arena) a = arena_new(…); releases by arena_free(&a), which also sets a to NULL. */
#define AUTO_PTR(type) __attribute__((cleanup(type##_free))) struct type *
/* AUTO_FD fd = open(…); closes by fd_auto when it is not negative. */
#define AUTO_FD __attribute__((cleanup(fd_auto))) int

#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define MUST_USE	  __attribute__((warn_unused_result))

void fd_auto(int *fd); /* close without touching errno; base/macros.c */

#endif
