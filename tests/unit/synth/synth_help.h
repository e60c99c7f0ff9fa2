/* A folder of its own for each test, and files read whole. */
#ifndef TEST_SYNTH_HELP_H
#define TEST_SYNTH_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <unistd.h>

#include <cmocka.h>

#include "synth/run.h"

enum { WHOLE_MOST = 64 << 20 };

static char folder[64];

static inline int
make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/synth-test-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static inline int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline int
remove_folder(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void
make_files(const char *name, struct synth s)
{
	char path[128];
	struct synth_sum sum;
	struct err e;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	s.out = path;
	if (!synth_run(&s, &sum, &e))
		fail_msg("%s", e.text);
}

static inline void
read_whole(struct buf *to, const char *path)
{
	FILE *f = fopen(path, "re");
	char piece[4096];
	size_t n;

	if (f == NULL)
		fail_msg("cannot open %s", path);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(to, piece, n);
	fclose(f);
	assert_true(buf_ok(to));
}

#endif
