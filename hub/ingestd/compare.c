/*
 * Blocks for whose series and day something is stored already, or stood earlier in the file.
 * Current is the version with the highest (created, load, line); the roll-ups move by the
 * difference between what was current before and after. A block that says just what the current
 * version says, with the same creation time, is not stored again.
 */
#include <stdlib.h>
#include <string.h>

#include "days.h"

struct current { /* the version to compare with */
	int64_t created_s;
	int32_t series, day;
	struct str data;
	bool same_load;
	const struct item *item; /* of this batch, or NULL: stored */
};

struct compare {
	struct days *d;
	struct batch *b;
	struct current *stored; /* sorted by series, day */
	size_t n;
	struct day *was, *is;
	struct err e;
	bool ok;
};

struct current_row {
	int32_t series, day, load, line;
	int64_t created;
	struct str data;
};
static const struct db_field current_fields[] = { DB_INT4(current_row, series),
	DB_DATE(current_row, day), DB_STAMP(current_row, created), DB_INT4(current_row, load),
	DB_INT4(current_row, line), DB_BYTES(current_row, data) };

static int
by_key(const void *a, const void *b)
{
	const struct current *x = a, *y = b;

	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

/* ---- in the work pool ---- */

static bool
weigh(struct compare *c, struct rollup_day *r, struct str data, uint8_t channel,
    struct day *day, int sign)
{
	uint32_t shape;
	struct weight w;

	if (!day_unpack(data, day, &shape, &c->e))
		return false;
	w = (struct weight){ .total_wh = day->total_wh,
		.n = day->n,
		.estimated = day->estimated,
		.missing = day->missing,
		.channel = channel };
	day_reasons(day, w.reason);
	rollup_weigh(r, &w, sign);
	return true;
}

/* The item replaces the current version in the roll-ups. */
static bool
replace(
    struct compare *c, struct rollup_day *r, const struct current *cur, const struct item *i)
{
	uint8_t channel = (uint8_t)((uint32_t)i->series % CHANNELS);

	if (!weigh(c, r, cur->data, channel, c->was, -1) ||
	    !weigh(c, r, item_packed(c->b, i), channel, c->is, 1))
		return false;
	r->changed += day_changed(c->was, c->is);
	return true;
}

static void
note(struct compare *c, enum rule rule, const struct item *i, const char *found)
{
	struct loading *l = c->d->l;
	struct fault f = fault_at(rule, &l->rules, i->line, 0);

	if (f.severity == SEV_OFF)
		return;
	fault_found(&f, "%s", found);
	findings_flag(&l->findings, &f, i->series, i->day, i->line);
}

/* A whole file sent again would fill pages: only what stands twice in one file is listed. */
static void
repeated(struct compare *c, const struct current *cur, const struct item *i)
{
	struct loading *l = c->d->l;
	struct fault f = fault_at(RULE_REPEATED, &l->rules, i->line, 0);

	if (f.severity == SEV_OFF)
		return;
	f.day = i->day;
	fault_found(&f, "twice in this file");
	if (cur->same_load)
		findings_note(&l->findings, &f);
	else
		l->findings.by_rule[RULE_REPEATED]++;
}

/* Was counted when it was read; the acknowledgement counts what is stored. */
static void
drop(struct loading *l, struct item *i)
{
	i->state = ITEM_DROP;
	l->unchanged++;
	l->meter_days--;
	l->intervals -= i->n - i->missing;
	l->estimated -= i->estimated;
}

static bool
against(struct compare *c, struct current *cur, struct item *i)
{
	struct rollup_day *r = rollup_of(&c->d->rollup, i->day, &c->e);
	struct str packed = item_packed(c->b, i);

	if (r == NULL)
		return false;
	if (cur->created_s == i->created_s && str_eq(cur->data, packed)) {
		drop(c->d->l, i);
		repeated(c, cur, i);
		return true;
	}
	if (cur->same_load)
		note(c, RULE_OVERLAP, i, "other content earlier in this file");
	/* a later line or load wins at the same creation time, an older revision never */
	if (i->created_s < cur->created_s)
		return true;
	if (!replace(c, r, cur, i))
		return false;
	*cur = (struct current){ i->created_s, i->series, i->day, packed, true, i };
	return true;
}

/* All items of one series and day, order[from..to), in the order of the file. */
static bool
group(struct compare *c, size_t from, size_t to)
{
	struct item *first = &c->b->item[c->b->order[from]];
	struct current key = { .series = first->series, .day = first->day };
	struct current *stored =
	    c->n == 0 ? NULL : bsearch(&key, c->stored, c->n, sizeof *c->stored, by_key);
	struct current cur = stored != NULL ? *stored : key;
	bool have = stored != NULL;

	for (size_t i = from; i < to; i++) {
		struct item *item = &c->b->item[c->b->order[i]];

		if (item->state == ITEM_DROP)
			continue;
		if (have) {
			if (!against(c, &cur, item))
				return false;
			continue;
		}
		if (item->state == ITEM_CHECK) {
			/* the utility has rows of this day, this meter has none */
			struct rollup_day *r = rollup_of(&c->d->rollup, item->day, &c->e);

			if (r == NULL)
				return false;
			count_first(c->d, item, r);
		}
		cur = (struct current){ item->created_s, item->series, item->day,
			item_packed(c->b, item), true, item };
		have = true;
	}
	return true;
}

static void
compare_work(void *arg)
{
	struct compare *c = arg;
	struct batch *b = c->b;
	size_t to;

	c->ok = false;
	for (size_t from = 0; from < b->n; from = to) {
		const struct item *first = &b->item[b->order[from]];
		bool check = false;

		for (to = from; to < b->n; to++) {
			const struct item *i = &b->item[b->order[to]];

			if (i->series != first->series || i->day != first->day)
				break;
			check |= i->state == ITEM_CHECK;
		}
		if (check && !group(c, from, to))
			return;
	}
	c->ok = true;
}

/* ---- asking ---- */

static size_t
keys_of(const struct batch *b, int32_t *series, int32_t *day)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct item *item = &b->item[b->order[i]];

		if (item->state != ITEM_CHECK ||
		    (n > 0 && series[n - 1] == item->series && day[n - 1] == item->day))
			continue;
		series[n] = item->series;
		day[n++] = item->day;
	}
	return n;
}

/* The rows stay alive while their bytes are compared. */
static struct rows *
stored_versions(struct task *t, struct compare *c, const int32_t *series, const int32_t *day,
    size_t n, struct err *e)
{
	struct rows *rows = db_rows(
	    t, c->d->l->conn, SQL_DAYS_CURRENT, ARGS(P_INT4S(series, n), P_DATES(day, n)), e);
	struct current_row row;

	if (rows == NULL)
		return NULL;
	c->stored = calloc(rows_count(rows) + 1, sizeof *c->stored);
	while (c->stored != NULL && ROWS_NEXT(rows, current_fields, &row))
		c->stored[c->n++] = (struct current){ row.created, row.series, row.day,
			row.data, row.load == c->d->l->load, NULL };
	if (c->stored != NULL)
		qsort(c->stored, c->n, sizeof *c->stored, by_key);
	return rows;
}

static bool
compare_with(struct task *t, struct compare *c, int32_t *series, int32_t *day, struct err *e)
{
	AUTO_PTR(rows) rows = stored_versions(t, c, series, day, keys_of(c->b, series, day), e);

	if (rows == NULL)
		return false;
	if (c->stored == NULL || c->was == NULL || c->is == NULL)
		return err(e, ERR_BUSY, "out of memory");
	if (!work_run(t, compare_work, c, e))
		return false;
	if (!c->ok && e != NULL)
		*e = c->e;
	return c->ok;
}

bool
compare_batch(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	struct compare c = { .d = d,
		.b = b,
		.was = calloc(1, sizeof(struct day)),
		.is = calloc(1, sizeof(struct day)) };
	int32_t *series = calloc(b->n + 1, sizeof *series);
	int32_t *day = calloc(b->n + 1, sizeof *day);
	bool ok;

	if (series == NULL || day == NULL)
		ok = err(e, ERR_BUSY, "out of memory");
	else
		ok = compare_with(t, &c, series, day, e);
	free(series);
	free(day);
	free(c.stored);
	free(c.was);
	free(c.is);
	return ok;
}
