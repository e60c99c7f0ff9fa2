/*
 * What a reader tells, as text, for the fuzz targets of formats: the same bytes must give the
 * same text whether they come in one piece or in many, and everything told must be in order.
 */
#ifndef FUZZ_TOLD_H
#define FUZZ_TOLD_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "meter/format.h"

enum { TOLD_MOST_BYTES = 64 * 1024 * 1024, PIECE_MOST = 200 };

struct told {
	const struct format *format;
	const struct zone *zone;
	struct rules rules;
	struct buf text;
	unsigned days, rows, faults, structure;
	void (*also)(const struct told *t, const struct day *d); /* may be NULL */
};

static inline void
told_words(const char *words)
{
	for (; *words != '\0'; words++)
		assert((unsigned char)*words >= 0x20 && *words != 0x7f);
}

static inline void
told_fault(void *self, const struct fault *f)
{
	struct told *t = self;

	assert(f->severity >= SEV_QUARANTINE && f->rule < RULES);
	told_words(f->found);
	told_words(f->expected);
	assert(f->expected[0] != '\0');
	t->faults++;
	t->structure += f->rule == RULE_STRUCTURE;
	buf_fmt(&t->text, "%llu:%u %d %s|%s\n", (unsigned long long)f->line, f->column, f->rule,
	    f->found, f->expected);
}

static inline void
told_day(void *self, const struct day *d)
{
	struct told *t = self;
	static struct day again;

	assert(d->n > 0 && d->n == day_slots(t->zone, d->day, d->interval_s));
	again = *d;
	day_count(&again);
	assert(again.estimated == d->estimated && again.missing == d->missing &&
	       again.total_wh == d->total_wh);
	for (unsigned i = 0; i < d->n; i++) {
		assert(d->wh[i] >= 0);
		assert(d->status[i] != STATUS_MISSING || (d->wh[i] == 0 && d->method[i] == 0));
	}
	t->days++;
	buf_fmt(&t->text, "%llu %d %u %lld %lld\n", (unsigned long long)d->line, d->day,
	    d->channel, (long long)d->created_s, (long long)d->total_wh);
	buf_add(&t->text, d->wh, d->n * sizeof(d->wh[0]));
	buf_add(&t->text, d->status, d->n);
	if (t->also != NULL)
		t->also(t, d);
}

static inline void
told_value(struct told *t, const struct column *col, const struct value *v)
{
	bool text = col->type <= COL_CHOICE || col->type == COL_LIST;

	assert(!v->null || !col->required);
	if (v->null) {
		buf_byte(&t->text, '-');
		return;
	}
	assert(text == (v->text.at != NULL));
	if (text) {
		assert(v->text.len > 0 && str_utf8(v->text));
		for (size_t i = 0; i < v->text.len; i++)
			assert((unsigned char)v->text.at[i] >= 0x20 && v->text.at[i] != 0x7f);
		buf_str(&t->text, v->text);
	} else {
		assert(v->number >= 0 || (col->type != COL_TIME && col->type != COL_INT &&
					     col->type != COL_KWH && col->type != COL_MILLI));
		buf_fmt(&t->text, "%lld", (long long)v->number);
	}
}

static inline void
told_row(void *self, const struct row *r)
{
	struct told *t = self;

	assert(r->n == t->format->column_count && r->line > 2);
	t->rows++;
	for (size_t i = 0; i < r->n; i++) {
		buf_byte(&t->text, ' ');
		told_value(t, &t->format->columns[i], &r->value[i]);
	}
	buf_byte(&t->text, '\n');
}

/* seed 0: in one piece. Each piece is memory of its own, gone when the next comes. */
static inline void
told_read(struct told *t, struct str text, uint64_t seed)
{
	struct sink sink = { t, told_day, told_row, told_fault };
	struct reading reading = { .rules = &t->rules, .received_s = 1795331289 };
	struct reader *r;
	bool last = false;

	rules_presets(&t->rules);
	t->zone = reading.zone = zone_get("America/Chicago", NULL);
	t->text = (struct buf)BUF(TOLD_MOST_BYTES);
	assert(t->zone != NULL);
	r = reader_new(t->format, &reading, &sink, NULL);
	while (!last) {
		size_t n = text.len;
		char *piece;

		if (seed != 0) {
			seed = code_hash64(&seed, sizeof(seed), 1) | 1;
			n = seed % PIECE_MOST < n ? seed % PIECE_MOST : n;
		}
		piece = malloc(n + 1);
		assert(piece != NULL);
		memcpy(piece, text.at, n);
		text = (struct str){ text.at + n, text.len - n };
		last = text.len == 0;
		reader_feed(r, (struct str){ piece, n }, last);
		free(piece);
	}
	reader_free(&r);
	assert(buf_ok(&t->text));
}

/* Whole and in pieces; leaves the counts of the first in *t. */
static inline void
told_both(struct told *t, struct str text)
{
	struct told again = { .format = t->format };

	told_read(t, text, 0);
	told_read(&again, text, text.len * 2 + 1);
	assert(str_eq(buf_view(&t->text), buf_view(&again.text)));
	buf_auto(&t->text);
	buf_auto(&again.text);
}

#endif
