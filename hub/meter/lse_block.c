/*
 * The life of an LSE block: what is known of it, what is told when something is wrong, and how
 * it is given to the sink when it is over.
 */
#include <string.h>

#include "meter/lse_state.h"
#include "meter/out_put.h"

enum { DAY_S = 86400 };

/* ---- faults ---- */

void
lse_forget(struct lse *l)
{
	l->esiid = (struct esiid){ 0 };
	l->date = DAY_NONE;
	l->channel = -1;
	l->got = 0;
	l->want = 0;
	l->code = 0;
	l->complete = false;
	l->seen = 0;
	memset(l->marked, 0, sizeof(l->marked));
}

struct fault
lse_fault(const struct lse *l, enum rule rule, const char *at)
{
	uint32_t column = at == NULL ? 0 : (uint32_t)(at - l->row.at + 1);
	struct fault f = fault_at(rule, l->r.rules, l->line, column);

	f.esiid = l->esiid;
	f.day = l->date;
	f.channel = l->channel;
	return f;
}

/* What cannot be loaded is never told as less than a rejection, whatever the utility has set.
 */
static void
tell(struct lse *l, struct fault *f)
{
	if (f->severity < SEV_QUARANTINE)
		f->severity = SEV_REJECT;
	l->s.fault(l->s.self, f);
	l->where = LSE_LOST;
	lse_forget(l);
}

static void
tell_cut(struct lse *l, const char *at)
{
	struct fault f = lse_fault(l, RULE_STRUCTURE, at);

	fault_found(&f, "file ends inside the block");
	if (l->want > 0)
		fault_expected(&f, "%u intervals", l->want);
	else
		fault_expected(&f, "a whole block");
	tell(l, &f);
}

void
lse_stray(struct lse *l)
{
	const char *p = l->row.at, *end = p + l->row.len;
	struct fault f;

	while (p < end && lse_blank(*p))
		p++;
	f = lse_fault(l, RULE_STRUCTURE, p);
	fault_quote(&f, (struct str){ p, (size_t)(end - p) });
	fault_expected(&f, "00000001, the first row of a block");
	tell(l, &f);
}

bool
lse_reject(struct lse *l, struct fault *f, bool at_end)
{
	if (l->complete && l->got == l->want) {
		/* all of the block is there: what is wrong lies behind it */
		lse_deliver(l);
		lse_stray(l);
	} else if (l->cut && at_end) {
		tell_cut(l, l->row.at + l->row.len);
	} else {
		tell(l, f);
	}
	return false;
}

void
lse_set_interval(struct lse *l, uint32_t interval_s)
{
	if (l->slots_day != l->date || l->slots_interval_s != interval_s) {
		l->slots_day = l->date;
		l->slots_interval_s = interval_s;
		l->slots = day_slots(l->r.zone, l->date, interval_s);
	}
	l->day.interval_s = interval_s;
	l->want = l->slots;
}

/* ---- the end of a block ---- */

/* Puts together the shape from the parts of rows 2 to 4 when one of them is new. */
static bool
shape_ready(struct lse *l)
{
	static const struct str no_row2 = { ",,,,,,,,", 8 };
	struct str part2 = { l->part2.text, l->part2.len }, part3 = l->part3,
		   part4 = { l->part4.text, l->part4.len };
	bool empty = true;
	char *p = l->shape;
	size_t len;

	if (!l->shape_stale && l->seen == l->shape_seen)
		return true;
	if ((l->seen & LSE_SEEN_2) == 0)
		part2 = no_row2;
	if ((l->seen & LSE_SEEN_3) == 0)
		part3.len = 0;
	if ((l->seen & LSE_SEEN_4) == 0)
		part4.len = 0;
	len = part2.len + part3.len + part4.len + 2;
	if (len > SHAPE_MOST)
		return false;
	p = put_str(p, part2);
	*p++ = ',';
	p = put_str(p, part3);
	*p++ = ',';
	put_str(p, part4);
	for (size_t i = 0; i < len; i++)
		empty &= l->shape[i] == ',';
	l->day.shape = (struct str){ l->shape, empty ? 0 : len };
	l->shape_seen = l->seen;
	l->shape_stale = false;
	return true;
}

static void
tell_marks(struct lse *l)
{
	for (unsigned i = 0; i < LSE_MARKS; i++) {
		struct fault *f = &l->mark[i];
		char first[FAULT_FOUND];

		if (l->marked[i] == 0 || f->severity == SEV_OFF)
			continue;
		memcpy(first, f->found, sizeof(first));
		fault_found(f, "%.*s in %u interval%s", FAULT_QUOTED, first, l->marked[i],
		    l->marked[i] == 1 ? "" : "s");
		l->s.fault(l->s.self, f);
	}
}

void
lse_deliver(struct lse *l)
{
	struct day *d = &l->day;

	if (!shape_ready(l)) {
		struct fault f = lse_fault(l, RULE_TOO_LONG, NULL);

		f.line = d->line;
		fault_found(&f, "a block whose rows 2 to 4 say more than fits");
		fault_expected(&f, "at most %d bytes besides the readings", SHAPE_MOST);
		tell(l, &f);
		return;
	}
	tell_marks(l);
	d->n = (uint16_t)l->want;
	if ((l->seen & LSE_SEEN_4) == 0)
		d->created_s = l->r.received_s;
	day_count(d);
	l->s.day(l->s.self, d);
	l->where = LSE_BETWEEN;
	lse_forget(l);
}

static void
tell_count(struct lse *l)
{
	struct fault f = lse_fault(l, RULE_COUNT, NULL);
	int day_s = zone_day_s(l->r.zone, l->date);
	const char *kind = day_s < DAY_S   ? "a spring"
			   : day_s > DAY_S ? "an autumn"
					   : "an ordinary";
	char date[CIVIL_DATE_SIZE];

	civil_date(date, l->date);
	f.line = l->day.line;
	fault_found(&f, "%llu interval%s", (unsigned long long)l->got, l->got == 1 ? "" : "s");
	fault_expected(&f, "%u: %s is %s day in %s", l->want, date, kind, zone_name(l->r.zone));
	tell(l, &f);
}

void
lse_finish(struct lse *l, bool file_ends)
{
	if (l->where != LSE_INSIDE)
		return;
	if (l->got == l->want && l->want > 0)
		lse_deliver(l);
	else if (file_ends && l->got < l->want && (l->cut || l->got == 0))
		tell_cut(l, l->cut ? l->row.at + l->row.len : NULL);
	else
		tell_count(l);
}
