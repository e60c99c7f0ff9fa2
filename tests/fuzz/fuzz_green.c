/*
 * The query of a Green Button resource: what is taken has values of its kind, says the same
 * when its names are spelt otherwise, and gives days in order. And text of others in XML: it is
 * well formed whatever it was.
 */
#include <assert.h>
#include <string.h>

#include "espi/espi.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const struct zone *zone;

static bool
times_ok(const struct espi_ask *a)
{
	return a->start >= 1 && a->most >= 1 && a->start <= ESPI_ENTRIES_ALL &&
	       a->most <= ESPI_ENTRIES_ALL && a->start + a->most > 0;
}

static void
days_are_of_it(const struct espi_ask *a)
{
	int32_t first, last;

	espi_ask_days(a, zone, &first, &last);
	if (a->published_min != DB_STAMP_NONE)
		assert(zone_day_start(zone, first) >= a->published_min || a->from != DAY_NONE);
	if (a->published_max != DB_STAMP_NONE && last > civil_day(1, 1, 2))
		assert(zone_day_start(zone, last + 1) <= a->published_max);
}

/* Capitals and hyphens change nothing. */
static void
spelt_otherwise(struct form *f, const struct espi_ask *want)
{
	struct espi_ask again;
	struct err e;

	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->at[i].name.len; k++) {
			char *c = (char *)f->at[i].name.at + k;

			if (*c >= 'a' && *c <= 'z')
				*c = (char)(*c - 'a' + 'A');
			else if (*c == '-')
				*c = '_';
		}
	assert(espi_ask_read(f, &again, &e));
	assert(want->published_min == again.published_min &&
	       want->published_max == again.published_max);
	assert(
	    want->updated_min == again.updated_min && want->updated_max == again.updated_max);
	assert(want->start == again.start && want->most == again.most &&
	       want->as_of == again.as_of);
	assert(want->from == again.from && want->to == again.to && want->apart == again.apart);
}

static void
text_is_well_formed(struct str s)
{
	AUTO(buf) b = BUF(1 << 20);

	espi_text(&b, s);
	assert(buf_ok(&b) && (b.len == 0 || str_utf8(buf_view(&b))));
	for (size_t i = 0; i < b.len; i++) {
		unsigned char c = (unsigned char)b.at[i];

		assert(c >= 0x20 && c != '<' && c != '>' && c != '"' && c != 0x7f);
		if (c == '&')
			assert(memcmp(b.at + i, "&lt;", 4) == 0 ||
			       memcmp(b.at + i, "&gt;", 4) == 0 ||
			       memcmp(b.at + i, "&amp;", 5) == 0 ||
			       memcmp(b.at + i, "&quot;", 6) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct form f;
	struct str text = { (const char *)bytes, size };
	struct espi_ask a;
	struct err e;

	if (zone == NULL)
		zone = zone_get("America/Chicago", NULL);
	text_is_well_formed(text);
	if (!form_parse(&f, text, &e))
		return 0;
	if (!espi_ask_read(&f, &a, &e)) {
		assert(e.code == ERR_USAGE && e.text[0] != '\0');
		return 0;
	}
	assert(times_ok(&a));
	days_are_of_it(&a);
	spelt_otherwise(&f, &a);
	return 0;
}
