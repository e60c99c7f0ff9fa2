/* Reads LSE text in pieces of any size and keeps what the reader tells, for the tests beside
 * it. */
#ifndef TEST_LSE_HELP_H
#define TEST_LSE_HELP_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/kwh.h"
#include "meter/lse.h"
#include "meter/lse_state.h"

enum { TOLD_MOST_BYTES = 64 * 1024 * 1024, FILE_MOST_BYTES = 4 * 1024 * 1024 };

/* 2026-11-22T07:08:09Z */
#define TEST_RECEIVED_S INT64_C(1795331289)

struct told {
	struct buf text; /* a line for each fault and each loaded block, in their order */
	unsigned days, faults;
	void (*also)(void *self, const struct day *d);
	void *self;
};

static void
told_fault(void *self, const struct fault *f)
{
	struct told *t = self;
	char line[FAULT_TEXT];

	t->faults++;
	fault_text(line, sizeof(line), f);
	buf_fmt(&t->text, "%s\n", line);
}

static void
told_register(struct buf *b, bool has, int64_t wh)
{
	char kwh[KWH_SIZE];

	kwh_write(kwh, wh);
	buf_c(b, has ? kwh : "none");
}

static void
told_day(void *self, const struct day *d)
{
	struct told *t = self;
	char esiid[ESIID_SIZE], date[CIVIL_DATE_SIZE], created[CIVIL_STAMP_SIZE], kwh[KWH_SIZE];

	t->days++;
	esiid_write(esiid, d->esiid);
	civil_date(date, d->day);
	civil_stamp(created, d->created_s);
	kwh_write(kwh, d->total_wh);
	buf_fmt(&t->text,
	    "%" PRIu64 ": loaded %s %s %s: %u x %" PRIu32
	    " s, %s kWh, %u estimated, %u missing, ",
	    d->line, esiid, d->channel == CHANNEL_LOAD ? "load" : "generation", date, d->n,
	    d->interval_s, kwh, d->estimated, d->missing);
	if (d->has_start || d->has_stop) {
		buf_c(&t->text, "register ");
		told_register(&t->text, d->has_start, d->start_wh);
		buf_c(&t->text, " to ");
		told_register(&t->text, d->has_stop, d->stop_wh);
	} else {
		buf_c(&t->text, "no register");
	}
	buf_fmt(&t->text, ", created %s, shape \"" STR_FMT "\"\n", created, STR_ARG(d->shape));
	if (t->also != NULL)
		t->also(t->self, d);
}

/* Feeds `text` in pieces of that size, each in memory of its own, so that a reader that looks
 * past a piece or back into one is seen by the sanitizer. */
static void
tell_lse(struct told *t, const struct rules *rules, struct str text, size_t piece)
{
	struct sink sink = { .self = t, .day = told_day, .fault = told_fault };
	struct reading r = { .zone = zone_get("America/Chicago", NULL),
		.rules = rules,
		.received_s = TEST_RECEIVED_S };
	void *state = malloc(format_lse.state_bytes);

	assert_non_null(r.zone);
	assert_non_null(state);
	t->text.max = TOLD_MOST_BYTES;
	format_lse.open(state, &r, &sink);
	while (text.len > 0) {
		size_t len = text.len < piece ? text.len : piece;
		char *copy = malloc(len);

		assert_non_null(copy);
		memcpy(copy, text.at, len);
		format_lse.feed(state, (struct str){ copy, len }, false);
		free(copy);
		text.at += len;
		text.len -= len;
	}
	format_lse.feed(state, STR(""), true);
	format_lse.close(state);
	free(state);
	assert_true(buf_ok(&t->text));
}

static void
file_read(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		fail_msg("cannot read %s", path);
	b->max = FILE_MOST_BYTES;
	do {
		char *to = buf_room(b, 65536);

		assert_non_null(to);
		n = fread(to, 1, 65536, f);
		buf_grew(b, n);
	} while (n > 0);
	(void)fclose(f);
}

/* Prints both texts when they differ; true when they do not. */
static bool
same_text(const char *what, struct str got, struct str want)
{
	size_t i = 0, line = 1;

	if (str_eq(got, want))
		return true;
	for (; i < got.len && i < want.len && got.at[i] == want.at[i]; i++)
		line += got.at[i] == '\n';
	print_error("%s: differs at byte %zu, line %zu\n--- expected\n" STR_FMT
		    "\n--- got\n" STR_FMT "\n",
	    what, i, line, STR_ARG(want), STR_ARG(got));
	return false;
}

#endif
