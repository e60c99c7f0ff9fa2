/*
 * LSE out: the block as it came in, with the shape's parts back in their rows. A slot without a
 * value is an empty triple, which readers of the format refuse: the hub has no value to give.
 */
#include "meter/lse.h"
#include "meter/out_put.h"

enum { DAY_S = 86400, HEAD_MOST = 512, TRIPLE_MOST = WH_DIGITS_MOST + 4 };

static void
begin(struct out_file *f)
{
	(void)f;
}

/* The shape cut at its places; all empty when it is empty. See lse.h. */
struct shape {
	struct str before; /* multiplier, offset, pulse multiplier, pulse offset */
	struct str behind; /* unit, basic, zones, population, weight */
	struct str descriptor, origin;
};

/* The first n fields with the commas between them; *s is what is behind. */
static struct str
take_fields(struct str *s, unsigned n)
{
	size_t i = 0;
	struct str taken;

	for (; i < s->len; i++)
		if (s->at[i] == ',' && --n == 0)
			break;
	taken = str_first(*s, i);
	if (i < s->len)
		i++;
	*s = (struct str){ s->at + i, s->len - i };
	return taken;
}

static struct shape
shape_of(struct str s)
{
	struct shape shape = { .before = STR(",,,"),
		.behind = STR(",,,,"),
		.descriptor = STR(""),
		.origin = STR("") };
	size_t i;

	if (s.len == 0)
		return shape;
	shape.before = take_fields(&s, 4);
	shape.behind = take_fields(&s, 5);
	for (i = s.len; i > 0 && s.at[i - 1] != ','; i--)
		;
	shape.origin = (struct str){ s.at + i, s.len - i };
	shape.descriptor = str_first(s, i > 0 ? i - 1 : 0);
	return shape;
}

static char *
put_header(char *p, const struct out_day *o)
{
	int64_t start_s = (int64_t)o->d->day * DAY_S;

	p = put_lit(p, "00000001,");
	p = put_str(p, str_of(o->esiid));
	p = o->d->channel == CHANNEL_GENERATION ? put_lit(p, ",1,") : put_lit(p, ",4,");
	p = put_local14(p, start_s);
	*p++ = ',';
	p = put_local14(p, start_s + DAY_S - 1);
	return put_lit(p, ",Y,N\n");
}

static char *
put_registers(char *p, const struct day *d, const struct shape *s)
{
	p = put_lit(p, "00000002,");
	if (d->has_start)
		p = put_kwh(p, d->start_wh);
	*p++ = ',';
	if (d->has_stop)
		p = put_kwh(p, d->stop_wh);
	*p++ = ',';
	p = put_str(p, s->before);
	*p++ = ',';
	p = put_number(p, d->interval_s);
	*p++ = ',';
	p = put_str(p, s->behind);
	return put_lit(p, "\n");
}

static char *
put_created(char *p, const struct out_day *o, const struct shape *s)
{
	p = put_lit(p, "00000003,");
	p = put_str(p, s->descriptor);
	p = put_lit(p, "\n00000004,");
	p = put_local14(p, zone_local_s(o->zone, o->d->created_s));
	*p++ = ',';
	p = put_str(p, s->origin);
	return put_lit(p, "\n");
}

static char *
put_triples(char *p, const struct day *d)
{
	p = put_lit(p, "10000000,");
	for (unsigned i = 0; i < d->n; i++) {
		if (d->status[i] == STATUS_MISSING) {
			p = put_lit(p, ",,,");
			continue;
		}
		p = put_kwh(p, d->wh[i]);
		*p++ = ',';
		*p++ = d->status[i];
		p = put_lit(p, ",,");
	}
	return put_lit(p, "\n");
}

static void
day(struct out_file *f, const struct out_day *o)
{
	const struct day *d = o->d;
	struct buf *b = f->to;
	struct shape s = shape_of(d->shape);
	char *start = buf_room(b, HEAD_MOST + d->shape.len + (size_t)d->n * TRIPLE_MOST);
	char *p = start;

	if (start == NULL)
		return;
	p = put_header(p, o);
	p = put_registers(p, d, &s);
	p = put_created(p, o, &s);
	p = put_triples(p, d);
	buf_grew(b, (size_t)(p - start));
}

const struct out_format out_lse = {
	.name = "lse",
	.help = "LodeStar Enhanced interval file",
	.media_type = "text/plain; charset=utf-8",
	.begin = begin,
	.day = day,
	.end = out_end_plain,
};
