/* Reads for handlers; see reads.h. */
#include "reads.h"

static struct release_by
by(const struct call *c)
{
	return (
	    struct release_by){ call_api(c)->door.db, call_shown(c), &call_api(c)->standby };
}

bool
reads_open(
    struct task *t, struct call *c, const struct reads_ask *ask, struct reads *r, struct err *e)
{
	struct release_by who = by(c);

	return release_open(t, &who, ask, r, e);
}

bool
reads_days(struct task *t, struct call *c, const struct reads *r, reads_day_fn *each, void *arg,
    struct err *e)
{
	struct release_by who = by(c);

	return release_days(t, &who, r, each, arg, e);
}

bool
reads_registers(struct task *t, struct call *c, const struct reads *r, reads_register_fn *each,
    void *arg, struct err *e)
{
	struct release_by who = by(c);

	return release_registers(t, &who, r, each, arg, e);
}

bool
reads_billings(struct task *t, struct call *c, const struct reads *r, reads_billing_fn *each,
    void *arg, struct err *e)
{
	struct release_by who = by(c);

	return release_billings(t, &who, r, each, arg, e);
}

bool
reads_rates(
    struct task *t, struct call *c, const struct reads *r, struct rates *to, struct err *e)
{
	struct release_by who = by(c);

	return rates_read(t, &who, r, to, e);
}

/* ---- as the writers of files take them ---- */

void
reads_out_register(struct out_register *to, const struct read_register *x,
    const struct zone *zone, const char *tdu)
{
	*to = (struct out_register){ .zone = zone,
		.tdu = tdu,
		.day = x->day,
		.load = x->load,
		.channel = x->channel,
		.created_s = x->created,
		.start_wh = x->start_wh,
		.end_wh = x->end_wh,
		.wh = x->wh,
		.status = x->status };
	str_copy(to->esiid, sizeof to->esiid, x->esiid);
}

void
reads_out_billing(struct out_billing *to, const struct read_billing *x, const struct zone *zone,
    const char *tdu)
{
	*to = (struct out_billing){ .zone = zone,
		.tdu = tdu,
		.start_date = x->start_date,
		.end_date = x->end_date,
		.load = x->load,
		.channel = x->channel,
		.created_s = x->created,
		.wh = x->wh,
		.metered_w = x->metered_w,
		.billed_w = x->billed_w,
		.metered_va = x->metered_va,
		.billed_va = x->billed_va,
		.amount = x->amount,
		.currency = x->currency,
		.items = x->items,
		.status = x->status };
	str_copy(to->esiid, sizeof to->esiid, x->esiid);
}
