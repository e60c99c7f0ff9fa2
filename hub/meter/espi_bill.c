/* Usage summaries, from bills; see espi_out.h. */
#include <inttypes.h>

#include "meter/espi_out.h"

enum { UOM_WH = 72, UOM_W = 38, ITEM_OTHER = 10, TEN_THOUSANDTHS = 10000, ITEMS_MOST = 100 };

/* 12.5 as hundred-thousandths; false when it is no decimal of at most five places. */
static bool
amount_read(struct str s, int64_t *n)
{
	bool minus = s.len > 0 && s.at[0] == '-';
	struct str whole, part;
	int64_t a, b = 0, scale = 100000;

	if (minus)
		s = (struct str){ s.at + 1, s.len - 1 };
	if (!str_cut(s, '.', &whole, &part))
		part = STR("");
	for (size_t i = 0; i < part.len; i++)
		scale /= 10;
	if (part.len > 5 || whole.len > 9 || !str_int64(whole, &a) ||
	    (part.len > 0 && !str_int64(part, &b)))
		return false;
	*n = a * 100000 + b * scale;
	*n = minus ? -*n : *n;
	return true;
}

/* One line of the bill; what has no amount is not given out. */
static int64_t
put_item(struct buf *b, struct str item)
{
	struct str name, value;
	int64_t n;

	if (!str_cut(item, '=', &name, &value) || !amount_read(str_trim(value), &n))
		return 0;
	buf_fmt(b, "<costAdditionalDetailLastPeriod><amount>%" PRId64 "</amount><note>", n);
	espi_text(b, str_first(str_trim(name), 256));
	buf_fmt(
	    b, "</note><itemKind>%d</itemKind></costAdditionalDetailLastPeriod>", ITEM_OTHER);
	return n;
}

static void
put_costs(struct buf *to, const struct espi_bill *x)
{
	AUTO(buf) lines = BUF(64 * 1024);
	struct str rest = x->items, item;
	bool more = rest.len > 0;
	int64_t sum = 0;

	for (int i = 0; more && i < ITEMS_MOST; i++) {
		more = str_cut(rest, ';', &item, &rest);
		sum += put_item(&lines, item);
	}
	buf_fmt(to,
	    "<billLastPeriod>%" PRId64 "</billLastPeriod>"
	    "<costAdditionalLastPeriod>%" PRId64 "</costAdditionalLastPeriod>",
	    x->amount * 10, sum);
	if (buf_ok(&lines))
		buf_str(to, buf_view(&lines));
	if (x->currency != 0)
		buf_fmt(to, "<currency>%u</currency>", x->currency);
}

static void
put_measured(struct buf *b, const char *name, int64_t at_s, int uom, int64_t value)
{
	buf_fmt(b,
	    "<%s><powerOfTenMultiplier>0</powerOfTenMultiplier><timeStamp>%" PRId64
	    "</timeStamp><uom>%d</uom><value>%" PRId64 "</value></%s>",
	    name, at_s, uom, value, name);
}

void
espi_put_bill(struct espi_out *o, const struct espi_point *p, const struct espi_bill *x,
    const struct espi_stamps *at)
{
	int64_t start_s = zone_day_start(p->zone, x->first),
		end_s = zone_day_start(p->zone, x->last + 1);
	char id[UUID_SIZE];

	espi_bill_named(o, id, p, x);
	if (!espi_entry_open(o, id))
		return;
	espi_link(o, "self", "espi-entry/UsageSummary", "%s/UsagePoint/%s/UsageSummary/%s",
	    o->under, p->id, id);
	espi_link(o, "up", "espi-feed/UsageSummary", "%s/UsagePoint/%s/UsageSummary", o->under,
	    p->id);
	espi_entry_content(o, "Usage summary", at);
	buf_fmt(o->to,
	    "<UsageSummary " ESPI_NS "><billingPeriod><duration>%" PRId64
	    "</duration><start>%" PRId64 "</start></billingPeriod>",
	    end_s - start_s, start_s);
	if (x->cost)
		put_costs(o->to, x);
	put_measured(o->to, "overallConsumptionLastPeriod", end_s, UOM_WH, x->wh);
	put_measured(o->to, "currentBillingPeriodOverAllConsumption", end_s, UOM_WH, x->wh);
	if (x->demand_w > 0)
		put_measured(o->to, "peakDemand", end_s, UOM_W, x->demand_w);
	buf_fmt(o->to,
	    "<qualityOfReading>%d</qualityOfReading><statusTimeStamp>%" PRId64
	    "</statusTimeStamp><commodity>1</commodity></UsageSummary>",
	    x->estimated ? 8 : 0, at->updated);
	espi_entry_close(o);
}
