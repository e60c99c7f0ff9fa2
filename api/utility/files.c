/* /api/v2/files: the exports that authorizations and meters link to. */
#include <stdlib.h>
#include <time.h>

#include "utility.h"

enum { NOT_PAGED = INT32_MAX };

struct exporting {
	struct utility_ask ask;
	struct answer a;
	struct out_file file;
	const struct out_format *out;
	const struct zone *zone;
	char tdu[41];
};

static bool
put_day(struct task *t, void *arg, const struct out_day *o, struct err *e)
{
	struct exporting *x = arg;

	(void)t;
	x->out->day(&x->file, o);
	return answer_more(&x->a, e);
}

static bool
put_bill(struct task *t, void *arg, const struct read_billing *b, struct err *e)
{
	struct exporting *x = arg;
	struct out_billing row;

	(void)t;
	if (b->end_date < x->ask.from || b->end_date > x->ask.to)
		return true;
	str_copy(x->tdu, sizeof x->tdu, b->tdu);
	reads_out_billing(&row, b, x->zone, x->tdu);
	out_billing_csv(answer_to(&x->a), &row);
	return answer_more(&x->a, e);
}

static bool
put_meter(struct task *t, struct call *c, struct exporting *x, const struct utility_meter *m,
    struct err *e)
{
	struct reads r;
	bool none;

	x->zone = utility_zone(m, e);
	if (x->zone == NULL ||
	    !utility_open(t, c, m, x->ask.kind, m->first_day, m->last_day, &r, &none, e))
		return false;
	if (none)
		return true;
	return x->out != NULL ? reads_days(t, c, &r, put_day, x, e)
			      : reads_billings(t, c, &r, put_bill, x, e);
}

static bool
give(struct task *t, struct call *c, struct exporting *x, const char *kind, struct err *e)
{
	struct utility_meter m;
	struct timespec now;

	if (!utility_plan(t, c, kind, NOT_PAGED, NOT_PAGED, &x->ask, e))
		return false;
	if (x->ask.from_s != DB_STAMP_NONE || x->ask.to_s != DB_STAMP_NONE)
		return err(e, ERR_USAGE,
		    "a file holds whole days: expected start and end as "
		    "days (2026-04-21)");
	answer_begin(&x->a, c, "text/csv; charset=utf-8; header=present");
	if (x->out != NULL) {
		clock_gettime(CLOCK_REALTIME, &now);
		x->file = (struct out_file){
			.to = answer_to(&x->a), .name = "intervals", .made_s = now.tv_sec
		};
		x->out->begin(&x->file);
	} else {
		out_billing_csv_begin(answer_to(&x->a));
	}
	while (utility_plan_next(&x->ask, &m))
		if (!put_meter(t, c, x, &m, e))
			return false;
	if (x->out != NULL)
		x->out->end(&x->file);
	return answer_more(&x->a, e) && answer_send(t, &x->a, 200, e);
}

static bool
give_file(struct task *t, struct call *c, const char *kind, const char *format, struct err *e)
{
	struct exporting *x = calloc(1, sizeof *x);
	bool ok;

	if (x == NULL)
		return err(e, ERR_BUSY, "no memory for reads");
	x->a.fd = -1;
	x->out = format != NULL ? out_format_named(format) : NULL;
	ok = give(t, c, x, kind, e);
	answer_auto(&x->a);
	utility_ask_auto(&x->ask);
	free(x);
	return ok;
}

bool
utility_intervals_csv(struct task *t, struct call *c, struct err *e)
{
	return give_file(t, c, "interval", "csv", e);
}

bool
utility_bills_csv(struct task *t, struct call *c, struct err *e)
{
	return give_file(t, c, "billing", NULL, e);
}
