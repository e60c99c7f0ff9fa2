/*
 * Reading the feed. The parser tells elements as they come; struct entry is what is known of
 * the open <entry>, and when it closes it becomes a row of the table of its kind. Which element
 * means what depends on three things only: whether we are inside an entry's content, what
 * resource the content holds, and, for times, whether an IntervalReading is open.
 */
#include <stdlib.h>
#include <string.h>

#include "unpack/feed.h"

#define ATOM_SPACE "http://www.w3.org/2005/Atom"
#define ESPI_SPACE "http://naesb.org/espi"

enum { NAME_BYTES = 120, FIELD_BYTES = 40, STAMP_BYTES = 40 };

static const struct {
	const char *name;
	enum kind kind;
} resources[] = {
	{ "UsagePoint", KIND_POINT },
	{ "MeterReading", KIND_METER },
	{ "ReadingType", KIND_TYPE },
	{ "IntervalBlock", KIND_BLOCK },
};

static const char *const type_fields[TYPE_FIELDS] = {
	[TYPE_UOM] = "uom",
	[TYPE_POWER] = "powerOfTenMultiplier",
	[TYPE_FLOW] = "flowDirection",
	[TYPE_LENGTH] = "intervalLength",
	[TYPE_ACCUMULATION] = "accumulationBehaviour",
	[TYPE_COMMODITY] = "commodity",
	[TYPE_KIND] = "kind",
	[TYPE_QUALITY] = "defaultQuality",
};

/* ---- entries ---- */

static void
entry_begin(struct espi *s, const struct xml_element *x)
{
	memset(&s->entry, 0, sizeof(s->entry));
	s->entry.depth = x->depth;
	s->entry.line = (uint32_t)x->line;
	s->in_interval = s->in_delivery_point = false;
}

static bool
entry_link(struct espi *s, const struct xml_element *x, struct err *e)
{
	struct entry *n = &s->entry;
	struct str rel = str_trim(xml_attribute(x, "rel"));
	struct str href = str_trim(xml_attribute(x, "href"));
	struct str *to = NULL;

	if (str_is(rel, "self"))
		to = &n->self;
	else if (str_is(rel, "up"))
		to = &n->up;
	else if (!str_is(rel, "related"))
		return true;
	else if (n->related_n == ESPI_RELATED_MOST)
		return err(e, ERR_TOO_BIG, "line %u: more than %d related links in an entry",
		    n->line, ESPI_RELATED_MOST);
	else
		to = &n->related[n->related_n++];
	return feed_keep(s, to, href, XML_TEXT_MOST, e);
}

static bool
entry_point(struct espi *s, struct err *e)
{
	const struct entry *n = &s->entry;
	struct point *p = list_add(&s->points, e);
	uint32_t at = (uint32_t)s->points.n - 1;
	bool ok = p != NULL && feed_link(s, KIND_POINT, at, n->self, "/MeterReading", e);

	for (uint32_t i = 0; ok && i < n->related_n; i++)
		ok = feed_link(s, KIND_POINT, at, n->related[i], "", e);
	if (ok)
		*p = n->point;
	return ok;
}

static bool
entry_meter(struct espi *s, struct err *e)
{
	const struct entry *n = &s->entry;
	struct meter *m = list_add(&s->meters, e);
	uint32_t at = (uint32_t)s->meters.n - 1;
	size_t bytes = n->related_n * sizeof(*m->related);
	bool ok = m != NULL && feed_link(s, KIND_METER, at, n->self, "/IntervalBlock", e);

	for (uint32_t i = 0; ok && i < n->related_n; i++)
		ok = feed_link(s, KIND_METER, at, n->related[i], "", e);
	if (!ok)
		return false;
	m->up = n->up;
	m->line = n->line;
	if (n->related_n == 0)
		return true;
	m->related = arena_get(s->text, bytes);
	if (m->related == NULL)
		return err(
		    e, ERR_TOO_BIG, "more than %d bytes of links and names", ESPI_TEXT_BYTES);
	memcpy(m->related, n->related, bytes);
	m->related_n = n->related_n;
	return true;
}

static bool
entry_type(struct espi *s, struct err *e)
{
	struct type *t = list_add(&s->types, e);

	if (t == NULL)
		return false;
	*t = s->entry.type;
	t->line = s->entry.line;
	return feed_link(s, KIND_TYPE, (uint32_t)s->types.n - 1, s->entry.self, "", e);
}

static bool
entry_block(struct espi *s, struct err *e)
{
	const struct entry *n = &s->entry;
	struct block *b = list_add(&s->blocks, e);

	if (b == NULL)
		return false;
	*b = (struct block){ n->up, n->self, n->updated, n->line };
	return true;
}

static bool
entry_end(struct espi *s, struct err *e)
{
	s->entry.depth = 0;
	switch (s->entry.kind) {
	case KIND_POINT:
		return entry_point(s, e);
	case KIND_METER:
		return entry_meter(s, e);
	case KIND_TYPE:
		return entry_type(s, e);
	case KIND_BLOCK:
		return entry_block(s, e);
	case KIND_OTHER:
		break;
	}
	return true;
}

/* ---- interval readings ---- */

static bool
whole_number(struct str s, int64_t least, int64_t most, int64_t *n)
{
	bool below = s.len > 0 && s.at[0] == '-';

	if (below)
		s = (struct str){ s.at + 1, s.len - 1 };
	if (!str_int64(s, n))
		return false;
	*n = below ? -*n : *n;
	return *n >= least && *n <= most;
}

/* A text that is not what it should be spoils this reading, not the feed. */
static bool
interval_bad(struct espi *s, enum what what, struct str found, struct err *e)
{
	if (s->now.bad != NONE)
		return true;
	return feed_bad(s, what, found, s->now.line, &s->now.bad, e);
}

static bool
interval_text(struct espi *s, struct str name, struct str text, struct err *e)
{
	struct interval *i = &s->now;
	const int64_t value_most = INT64_C(1) << 47; /* the schema's Int48 */
	int64_t n = 0;

	text = str_trim(text);
	if (str_is(name, "start")) {
		i->has_start = whole_number(text, -value_most, value_most, &i->start_s);
		return i->has_start || interval_bad(s, WHAT_START, text, e);
	}
	if (str_is(name, "duration")) {
		i->has_duration = whole_number(text, 0, UINT32_MAX, &n);
		i->duration_s = i->has_duration ? (uint32_t)n : 0;
		return i->has_duration || interval_bad(s, WHAT_DURATION, text, e);
	}
	if (str_is(name, "value")) {
		i->has_value = whole_number(text, -value_most, value_most, &i->value);
		return i->has_value || interval_bad(s, WHAT_VALUE, text, e);
	}
	if (str_is(name, "quality") && !i->has_quality) {
		i->has_quality = whole_number(text, 0, UINT8_MAX, &n);
		i->quality = i->has_quality ? (uint8_t)n : 0;
		return i->has_quality || interval_bad(s, WHAT_QUALITY, text, e);
	}
	return true;
}

static bool
interval_end(struct espi *s, struct err *e)
{
	struct interval *i = &s->now, *to;
	enum what lacks = !i->has_start	     ? WHAT_START
			  : !i->has_duration ? WHAT_DURATION
					     : WHAT_VALUE;

	s->in_interval = false;
	if (!(i->has_start && i->has_duration && i->has_value) &&
	    !interval_bad(s, lacks, STR(""), e))
		return false;
	to = list_add(&s->intervals, e);
	if (to == NULL)
		return false;
	if (!i->has_start)
		i->start_s = INT64_MIN; /* sorts before the others of its meter */
	i->seq = (uint32_t)s->intervals.n;
	i->owner = (uint32_t)s->blocks.n; /* of the entry that is open now */
	*to = *i;
	return true;
}

/* ---- what the parser calls ---- */

static bool
content_start(struct espi *s, const struct xml_element *x, struct err *e)
{
	struct entry *n = &s->entry;
	bool ours = x->space.len == 0 || str_is(x->space, ESPI_SPACE);

	if (x->depth > n->content_depth + 1) {
		if (n->kind == KIND_BLOCK && str_is(x->name, "IntervalReading")) {
			s->in_interval = true;
			s->now = (struct interval){ .line = (uint32_t)x->line, .bad = NONE };
		}
		/* the schema begins it small, utilities write it large */
		if (n->kind == KIND_POINT && str_ieq(x->name, STR("ServiceDeliveryPoint")))
			s->in_delivery_point = true;
		return true;
	}
	for (size_t i = 0; ours && i < nitems(resources); i++) {
		if (!str_is(x->name, resources[i].name))
			continue;
		if (n->kind != KIND_OTHER && n->kind != resources[i].kind)
			return err(e, ERR_BAD_FILE,
			    "line %llu: %s beside another resource in one entry",
			    (unsigned long long)x->line, resources[i].name);
		n->kind = resources[i].kind;
	}
	return true;
}

static bool
on_start(void *self, const struct xml_element *x, struct err *e)
{
	struct espi *s = self;
	struct entry *n = &s->entry;

	if (x->depth == 1 && !(str_is(x->space, ATOM_SPACE) &&
				 (str_is(x->name, "feed") || str_is(x->name, "entry"))))
		return err(e, ERR_BAD_FILE,
		    "line %llu: the root element is " STR_FMT ", expected an Atom feed",
		    (unsigned long long)x->line, STR_ARG(x->name));
	if (n->depth == 0) {
		if (str_is(x->name, "entry"))
			entry_begin(s, x);
		return true;
	}
	if (n->content_depth != 0)
		return content_start(s, x, e);
	if (x->depth == n->depth + 1 && str_is(x->name, "content"))
		n->content_depth = x->depth;
	if (x->depth == n->depth + 1 && str_is(x->name, "link"))
		return entry_link(s, x, e);
	return true;
}

static bool
content_end(struct espi *s, const struct xml_element *x, struct str text, struct err *e)
{
	struct entry *n = &s->entry;

	text = str_trim(text);
	if (s->in_interval && str_is(x->name, "IntervalReading"))
		return interval_end(s, e);
	if (s->in_interval)
		return interval_text(s, x->name, text, e);
	if (s->in_delivery_point && str_ieq(x->name, STR("ServiceDeliveryPoint")))
		s->in_delivery_point = false;
	else if (s->in_delivery_point && str_is(x->name, "name"))
		return feed_keep(s, &n->point.name, text, NAME_BYTES, e);
	else if (s->in_delivery_point && str_is(x->name, "customerAgreement"))
		return feed_keep(s, &n->point.agreement, text, NAME_BYTES, e);
	for (size_t i = 0; n->kind == KIND_TYPE && i < TYPE_FIELDS; i++)
		if (x->depth == n->content_depth + 2 && str_is(x->name, type_fields[i]))
			return feed_keep(s, &n->type.field[i], text, FIELD_BYTES, e);
	return true;
}

static bool
on_end(void *self, const struct xml_element *x, struct str text, struct err *e)
{
	struct espi *s = self;
	struct entry *n = &s->entry;

	if (n->depth == 0)
		return true;
	if (x->depth == n->depth)
		return entry_end(s, e);
	if (n->content_depth != 0 && x->depth > n->content_depth)
		return content_end(s, x, text, e);
	if (x->depth == n->content_depth)
		n->content_depth = 0;
	else if (x->depth == n->depth + 1 && str_is(x->name, "title"))
		return feed_keep(s, &n->point.title, str_trim(text), NAME_BYTES, e);
	else if (x->depth == n->depth + 1 && str_is(x->name, "updated"))
		return feed_keep(s, &n->updated, str_trim(text), STAMP_BYTES, e);
	return true;
}

/* ---- the interface ---- */

struct espi *
espi_new(int64_t xml_most_bytes, struct err *e)
{
	struct espi *s = calloc(1, sizeof(*s));
	struct xml_sink sink = { s, on_start, on_end };

	if (s == NULL || (s->text = arena_new(ESPI_TEXT_BYTES)) == NULL ||
	    (s->xml = xml_new(&sink, e)) == NULL) {
		espi_free(&s);
		err(e, ERR_BUG, "no memory for a feed");
		return NULL;
	}
#define LIST(type, count, words) \
	(struct list){ .item_bytes = sizeof(struct type), .most = count, .of = words }
	s->points = LIST(point, ESPI_ENTRIES_MOST, "usage points");
	s->meters = LIST(meter, ESPI_ENTRIES_MOST, "meter readings");
	s->types = LIST(type, ESPI_ENTRIES_MOST, "reading types");
	s->blocks = LIST(block, ESPI_ENTRIES_MOST, "interval blocks");
	s->intervals = LIST(interval, ESPI_READINGS_MOST, "interval readings");
	s->bads = LIST(bad, ESPI_BAD_MOST, "damaged readings");
	s->links = LIST(link, ESPI_LINKS_MOST, "links");
#undef LIST
	s->xml_most_bytes = xml_most_bytes;
	return s;
}

void
espi_free(struct espi **at)
{
	struct espi *s = *at;

	if (s == NULL)
		return;
	struct list *lists[] = { &s->points, &s->meters, &s->types, &s->blocks, &s->intervals,
		&s->bads, &s->links };
	for (size_t i = 0; i < nitems(lists); i++)
		free(lists[i]->at);
	xml_free(&s->xml);
	arena_free(&s->text);
	free(s);
	*at = NULL;
}

bool
espi_piece(void *self, struct str bytes, struct err *e)
{
	struct espi *s = self;

	s->xml_bytes += (int64_t)bytes.len;
	if (s->xml_bytes > s->xml_most_bytes)
		return err(e, ERR_TOO_BIG, "more than %lld bytes of XML, which is the most",
		    (long long)s->xml_most_bytes);
	return xml_feed(s->xml, bytes, false, e);
}
