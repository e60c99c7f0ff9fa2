/* Names, text and links of Green Button feeds; see espi_out.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "meter/espi_out.h"

enum { FLOW_DELIVERED = 1, FLOW_RECEIVED = 19, NAME_SIZE = 256 };

struct espi_out
espi_to(struct buf *b, struct uuid space, const char *root)
{
	return (struct espi_out){
		.to = b, .space = space, .root = root, .first = 1, .most = INT64_MAX
	};
}

void
espi_named(const struct espi_out *o, char to[UUID_SIZE], const char *fmt, ...)
{
	char name[NAME_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	uuid_write(to, uuid_of(o->space, str_of(name)));
}

void
espi_point_named(const struct espi_out *o, struct espi_point *p)
{
	espi_named(o, p->id, "UsagePoint/%s", p->esiid);
	espi_named(o, p->zone_id, "LocalTimeParameters/%s", zone_name(p->zone));
}

struct espi_series
espi_series_of(unsigned channel, uint32_t interval_s, unsigned currency)
{
	static const uint32_t lengths[] = { 300, 900, 1800, 3600, 86400 };
	bool received = channel == CHANNEL_GENERATION;
	unsigned i = 0;

	while (i + 1 < nitems(lengths) && lengths[i] != interval_s)
		i++; /* no reader lets others in */
	return (struct espi_series){ .flow = received ? FLOW_RECEIVED : FLOW_DELIVERED,
		.interval_s = interval_s,
		.currency = currency,
		.bit =
		    1u << (((currency != 0 ? 2u : 0u) + received) * (unsigned)nitems(lengths) +
			   i),
		.title = received ? "Electricity received" : "Electricity delivered" };
}

void
espi_series_named(const struct espi_out *o, const struct espi_point *p, struct espi_series *s)
{
	espi_named(o, s->id, "MeterReading/%s/%u/%u", p->esiid, s->flow, s->interval_s);
	if (s->currency == 0)
		espi_named(o, s->type_id, "ReadingType/%u/%u", s->flow, s->interval_s);
	else
		espi_named(
		    o, s->type_id, "ReadingType/%u/%u/%u", s->flow, s->interval_s, s->currency);
}

void
espi_block_named(const struct espi_out *o, char to[UUID_SIZE], const struct espi_point *p,
    const struct espi_series *s, int32_t day)
{
	char date[CIVIL_DATE_SIZE];

	civil_date(date, day);
	espi_named(o, to, "IntervalBlock/%s/%u/%u/%s", p->esiid, s->flow, s->interval_s, date);
}

void
espi_bill_named(const struct espi_out *o, char to[UUID_SIZE], const struct espi_point *p,
    const struct espi_bill *x)
{
	char first[CIVIL_DATE_SIZE], last[CIVIL_DATE_SIZE];

	civil_date(first, x->first);
	civil_date(last, x->last);
	espi_named(o, to, "UsageSummary/%s/%s/%s", p->esiid, first, last);
}

unsigned
espi_currency(struct str code)
{
	static const struct {
		const char *code;
		unsigned number;
	} known[] = { { "USD", 840 }, { "CAD", 124 }, { "MXN", 484 }, { "EUR", 978 } };

	for (size_t i = 0; i < nitems(known); i++)
		if (str_is(code, known[i].code))
			return known[i].number;
	return 0;
}

void
espi_text(struct buf *b, struct str s)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		struct str rest = { s.at + i, s.len - i };
		unsigned char c = (unsigned char)s.at[i];

		n = str_utf8_char(rest);
		if (n == 0 || c < 0x20 || c == 0x7f) {
			n = n == 0 ? 1 : n;
			buf_byte(b, '?');
		} else if (n == 3 && c == 0xef && (unsigned char)s.at[i + 1] == 0xbf &&
			   (unsigned char)s.at[i + 2] >= 0xbe) {
			buf_byte(b, '?'); /* U+FFFE and U+FFFF */
		} else if (c == '<') {
			buf_c(b, "&lt;");
		} else if (c == '>') {
			buf_c(b, "&gt;");
		} else if (c == '&') {
			buf_c(b, "&amp;");
		} else if (c == '"') {
			buf_c(b, "&quot;");
		} else {
			buf_add(b, rest.at, n);
		}
	}
}

void
espi_link(struct espi_out *o, const char *rel, const char *kind, const char *fmt, ...)
{
	char path[ESPI_HREF_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	buf_fmt(
	    o->to, "<link rel=\"%s\" type=\"%s\" href=\"%s%s\"/>\n", rel, kind, o->root, path);
}

void
espi_link_text(struct espi_out *o, const char *rel, const char *kind, struct str href)
{
	buf_fmt(o->to, "<link rel=\"%s\" type=\"%s\" href=\"", rel, kind);
	espi_text(o->to, href);
	buf_c(o->to, "\"/>\n");
}

void
espi_feed_open(struct espi_out *o, const char *id, const char *title, int64_t updated_s)
{
	char updated[CIVIL_STAMP_SIZE];

	civil_stamp(updated, updated_s);
	buf_fmt(o->to,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
	    "<id>urn:uuid:%s</id>\n<title>%s</title>\n<updated>%s</updated>\n",
	    id, title, updated);
}

void
espi_feed_close(struct espi_out *o)
{
	buf_c(o->to, "</feed>\n");
}

bool
espi_over(const struct espi_out *o)
{
	return o->put >= o->most;
}

bool
espi_entry_open(struct espi_out *o, const char *id)
{
	o->seen++;
	if (o->seen < o->first || espi_over(o))
		return false;
	o->put++;
	buf_fmt(o->to, "%s\n<id>urn:uuid:%s</id>\n",
	    o->alone ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<entry xmlns=\"http://www.w3.org/2005/Atom\">"
		     : "<entry>",
	    id);
	return true;
}

void
espi_entry_content(struct espi_out *o, const char *title, const struct espi_stamps *s)
{
	char published[CIVIL_STAMP_SIZE] = ESPI_LAYOUT_STAMP,
	     updated[CIVIL_STAMP_SIZE] = ESPI_LAYOUT_STAMP;

	if (s != NULL) {
		civil_stamp(published, s->published);
		civil_stamp(updated, s->updated);
	}
	buf_fmt(o->to,
	    "<title>%s</title>\n<published>%s</published>\n<updated>%s</updated>\n"
	    "<content type=\"application/xml\">",
	    title, published, updated);
}

void
espi_entry_close(struct espi_out *o)
{
	buf_c(o->to, "</content>\n</entry>\n");
}
