/* Judgements that need what came before: estimates for days in a row, register reads of the
 * same day, and a whole file whose use jumped. They ask only for what could matter: days that
 * hold estimates, days of which the utility has registers, a sample of the meters. */
#include "days.h"

#include <stdlib.h>

/* ---- estimate streaks: asked only for days that hold estimates ---- */

struct history_row {
	int32_t series, estimated_days;
};
static const struct db_field history_fields[] = { DB_INT4(history_row, series),
	DB_INT4(history_row, estimated_days) };

/* reads.history() looks no further back; it stops where the runs end, which is soon for most.
 */
enum { BACK_MOST_DAYS = 400 };

static int
by_day_and_series(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a;
	const struct item *y = *(const struct item *const *)b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->series > y->series) - (x->series < y->series);
}

/* Items of one day, sorted by series, each once. */
static bool
streaks_of_day(struct task *t, struct days *d, struct item **item, int32_t *series, size_t n,
    struct err *e)
{
	struct loading *l = d->l;
	int64_t days = l->rules.of[RULE_ESTIMATES].threshold;
	struct history_row row;
	AUTO_PTR(rows) rows = NULL;

	for (size_t i = 0; i < n; i++)
		series[i] = item[i]->series;
	rows = db_rows(t, l->conn, SQL_DAYS_HISTORY,
	    ARGS(P_INT4S(series, n), P_DATE(item[0]->day), P_INT4(BACK_MOST_DAYS)), e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, history_fields, &row)) {
		struct item key = { .series = row.series, .day = item[0]->day };
		struct item *k = &key, **hit;
		struct fault f = fault_at(RULE_ESTIMATES, &l->rules, 0, 0);

		hit = bsearch(&k, item, n, sizeof *item, by_day_and_series);
		if (hit == NULL || row.estimated_days + 1 < days)
			continue;
		fault_found(&f, "%d days in a row", row.estimated_days + 1);
		fault_expected(&f, "fewer than %lld", (long long)days);
		findings_flag(&l->findings, &f, (*hit)->series, (*hit)->day, (*hit)->line);
	}
	return true;
}

static bool
has_estimates(struct days *d, const struct item *i)
{
	(void)d;
	return i->estimated > 0;
}

static bool
has_register(struct days *d, const struct item *i)
{
	const struct day_fact *f = day_fact_of(d, i->day, NULL);

	return f != NULL && f->registers && i->missing == 0;
}

/* The stored items to ask about, by day and series; of several versions the last one. */
static size_t
items_that(struct days *d, struct batch *b,
    bool (*wanted)(struct days *d, const struct item *i), struct item **item)
{
	size_t n = 0;

	/* order keeps versions of a day together, in the order of the file */
	for (size_t i = 0; i < b->n; i++) {
		struct item *next = &b->item[b->order[i]];

		if (next->state == ITEM_DROP || !wanted(d, next))
			continue;
		if (n > 0 && item[n - 1]->series == next->series &&
		    item[n - 1]->day == next->day)
			n--;
		item[n++] = next;
	}
	qsort(item, n, sizeof *item, by_day_and_series);
	return n;
}

bool
judge_streaks(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	struct item **item;
	int32_t *series;
	bool ok = true;

	if (d->l->rules.of[RULE_ESTIMATES].severity == SEV_OFF)
		return true;
	item = calloc(b->n + 1, sizeof *item);
	series = calloc(b->n + 1, sizeof *series);
	if (item == NULL || series == NULL)
		ok = err(e, ERR_BUSY, "out of memory");
	for (size_t n = ok ? items_that(d, b, has_estimates, item) : 0, from = 0, to;
	     ok && from < n; from = to) {
		for (to = from; to < n && item[to]->day == item[from]->day; to++)
			;
		ok = streaks_of_day(t, d, item + from, series, to - from, e);
	}
	free(item);
	free(series);
	return ok;
}

/* ---- register reads that came before the intervals ---- */

struct register_row {
	int32_t series, day;
	int64_t wh;
};
static const struct db_field register_fields[] = { DB_INT4(register_row, series),
	DB_DATE(register_row, day), DB_INT8(register_row, wh) };

static void
against_register(
    struct days *d, struct item *const *item, size_t n, const struct register_row *row)
{
	struct item key = { .series = row->series, .day = row->day }, *k = &key, **hit;
	struct fault f = fault_at(RULE_REGISTER, &d->l->rules, 0, 0);
	int64_t off;

	hit = bsearch(&k, item, n, sizeof *item, by_day_and_series);
	if (hit == NULL)
		return;
	off = (*hit)->total_wh - row->wh;
	if (off <= d->l->rules.of[RULE_REGISTER].threshold &&
	    -off <= d->l->rules.of[RULE_REGISTER].threshold)
		return;
	fault_found(&f, "%lld Wh", (long long)(*hit)->total_wh);
	fault_expected(&f, "%lld Wh by the register", (long long)row->wh);
	findings_flag(&d->l->findings, &f, (*hit)->series, (*hit)->day, (*hit)->line);
}

static bool
ask_registers(
    struct task *t, struct days *d, struct item **item, int32_t *key, size_t n, struct err *e)
{
	struct register_row row;
	AUTO_PTR(rows) rows = NULL;

	for (size_t i = 0; i < n; i++) {
		key[i] = item[i]->series;
		key[n + i] = item[i]->day;
	}
	rows = db_rows(
	    t, d->l->conn, SQL_DAYS_REGISTERS, ARGS(P_INT4S(key, n), P_DATES(key + n, n)), e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, register_fields, &row))
		against_register(d, item, n, &row);
	return true;
}

bool
judge_registers(struct task *t, struct days *d, struct batch *b, struct err *e)
{
	struct item **item;
	int32_t *key;
	size_t n;
	bool ok = true;

	if (d->l->rules.of[RULE_REGISTER].severity == SEV_OFF)
		return true;
	item = calloc(b->n + 1, sizeof *item);
	key = calloc(2 * b->n + 1, sizeof *key);
	if (item == NULL || key == NULL)
		ok = err(e, ERR_BUSY, "out of memory");
	else if ((n = items_that(d, b, has_register, item)) > 0)
		ok = ask_registers(t, d, item, key, n, e);
	free(item);
	free(key);
	return ok;
}

/* ---- the file as a whole ---- */

struct total_row {
	int32_t series;
	int64_t total_wh;
};
static const struct db_field total_fields[] = { DB_INT4(total_row, series),
	DB_INT8(total_row, total_wh) };

/* A jump is a hundredfold, or a fall to a hundredth, of a day that was not near zero. */
static bool
jumped(int64_t was_wh, int64_t is_wh)
{
	return was_wh > 1000 && (is_wh / 100 >= was_wh || is_wh <= was_wh / 100);
}

static bool
shift_of_day(
    struct task *t, struct days *d, int32_t day, int64_t *jumps, int64_t *asked, struct err *e)
{
	int32_t series[SAMPLE_MOST];
	struct total_row row;
	size_t n = 0;
	AUTO_PTR(rows) rows = NULL;

	for (size_t i = 0; i < d->samples; i++)
		if (d->sample[i].day == day)
			series[n++] = d->sample[i].series;
	if (n == 0)
		return true;
	rows =
	    db_rows(t, d->l->conn, SQL_DAYS_TOTALS, ARGS(P_INT4S(series, n), P_DATE(day)), e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, total_fields, &row))
		for (size_t i = 0; i < d->samples; i++)
			if (d->sample[i].day == day && d->sample[i].series == row.series) {
				*asked += 1;
				*jumps += jumped(row.total_wh, d->sample[i].total_wh);
				break;
			}
	return true;
}

bool
judge_file(struct task *t, struct days *d, struct err *e)
{
	enum { SAMPLE_LEAST = 30, DAYS_MOST = 8 };
	struct loading *l = d->l;
	int64_t jumps = 0, asked = 0;

	loading_hold(l, RULE_FILE_FOREIGN, l->foreign, l->records);
	loading_hold(l, RULE_FILE_FUTURE, l->future, l->records);
	if (l->rules.of[RULE_FILE_SHIFT].severity == SEV_OFF || l->meter_days < 100)
		return true;
	for (size_t i = 0; i < d->facts && i < DAYS_MOST; i++)
		if (!shift_of_day(t, d, d->fact[i].day, &jumps, &asked, e))
			return false;
	if (asked >= SAMPLE_LEAST)
		loading_hold(l, RULE_FILE_SHIFT, jumps * 100, asked * 100);
	return true;
}
