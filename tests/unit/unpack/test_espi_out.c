/*
 * Green Button out, in: what the hub writes is parsed as every stranger's feed is, and gives
 * the days that it was made of. Schemas of others are asked when BUSBAR_ESPI_XSD names a folder
 * with greenbutton.xsd.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "meter/espi_out.h"
#include "meter/format_espi.h"
#include "meter/out_put.h"
#include "meter/xml.h"
#include "unpack/espi.h"

enum { TEXT_MOST = 32 * 1024 * 1024, DAYS = 64, PREMISES = 4, PIECE = 3000 };

static uint64_t seed = UINT64_C(88172645463325252);

static uint64_t
any(uint64_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (seed * UINT64_C(2685821657736338717) >> 33) % below;
}

static struct days {
	const struct zone *zone;
	unsigned n, seen;
	struct day day[DAYS];
} made;

/* ---- out ---- */

static bool
have(const struct days *all, const struct day *d)
{
	for (unsigned i = 0; i < all->n; i++)
		if (esiid_same(all->day[i].esiid, d->esiid) && all->day[i].day == d->day &&
		    all->day[i].channel == d->channel &&
		    all->day[i].interval_s == d->interval_s)
			return true;
	return false;
}

static void
fill(struct day *d)
{
	static const uint8_t methods[] = { 0, 0, 7, 8, 9, 10, 17, 19, 99 };
	int64_t scale = INT64_C(10) << any(30);
	bool gaps = any(2) == 0;

	for (unsigned i = 0; i < d->n; i++) {
		if (gaps && any(5) == 0) {
			d->status[i] = STATUS_MISSING;
			continue;
		}
		d->wh[i] = (int64_t)any((uint64_t)scale);
		d->method[i] = methods[any(nitems(methods))];
		switch (d->method[i]) {
		case 0:
			d->status[i] = "AAE"[any(3)];
			break;
		case 8:
		case 9:
			d->status[i] = 'E';
			break;
		case 99:
			d->status[i] = 'Q';
			break;
		default:
			d->status[i] = 'A';
		}
	}
}

static void
make(struct days *all, const struct zone *z)
{
	static const uint32_t intervals[] = { 900, 900, 900, 300, 1800, 3600 };
	static const int32_t changes[] = { 20520, 20758 }; /* 2026-03-08, 2026-11-01 */

	*all = (struct days){ .zone = z };
	while (all->n < DAYS) {
		struct day *d = &all->day[all->n];

		*d = (struct day){ .interval_s = intervals[any(nitems(intervals))],
			.channel = (uint8_t)any(2),
			.day = any(4) == 0 ? changes[any(2)] : 20600 + (int32_t)any(40),
			.created_s = INT64_C(1790000000) + (int64_t)any(10000000),
			.shape = STR("") };
		d->esiid.head = 44372;
		d->esiid.rest = all->n * PREMISES / DAYS + 7;
		d->n = (uint16_t)day_slots(z, d->day, d->interval_s);
		if (have(all, d))
			continue;
		fill(d);
		day_count(d);
		all->n++;
	}
}

static void
write_feed(const struct days *all, struct buf *b)
{
	struct out_file f = { .to = b, .name = "test", .made_s = 1795331289 };

	/* version 5 of urn:busbar:green-button in the space of URLs */
	assert_true(uuid_read(STR("6e6e7dac-5276-5a64-9dfe-bed8b0276600"), &f.space));
	out_espi.begin(&f);
	for (unsigned i = 0; i < all->n; i++) {
		struct out_day o = { .d = &all->day[i], .zone = all->zone, .tdu = "T" };

		esiid_write(o.esiid, o.d->esiid);
		out_espi.day(&f, &o);
	}
	out_espi.end(&f);
	assert_true(buf_ok(b));
}

/* ---- in ---- */

static bool
take(void *self, struct str bytes, struct err *e)
{
	(void)e;
	buf_str(self, bytes);
	return true;
}

static void
on_fault(void *self, const struct fault *f)
{
	char text[FAULT_TEXT];

	(void)self;
	fault_text(text, sizeof(text), f);
	fail_msg("%s", text);
}

static void
on_day(void *self, const struct day *d)
{
	struct days *all = self;

	for (unsigned k = 0; k < all->n; k++) {
		struct day want = all->day[k];

		if (!esiid_same(want.esiid, d->esiid) || want.day != d->day ||
		    want.channel != d->channel || want.interval_s != d->interval_s)
			continue;
		for (unsigned i = 0; i < want.n; i++)
			if (want.status[i] == STATUS_ESTIMATED && want.method[i] == 0)
				want.method[i] = 8;
		assert_true(want.created_s == d->created_s);
		assert_true(day_same(&want, d));
		assert_true(want.total_wh == d->total_wh);
		all->seen++;
		return;
	}
	fail_msg("a day that was not written");
}

static void
read_feed(struct days *all, struct str xml)
{
	AUTO(buf) lines = BUF(TEXT_MOST);
	struct err e = { .text = "" };
	struct unpack_sink to = { &lines, take };
	struct sink sink = { .self = all, .day = on_day, .fault = on_fault };
	struct rules rules;
	struct reading reading = { .zone = all->zone, .rules = &rules, .received_s = 1 };
	AUTO_PTR(espi) s = espi_new(TEXT_MOST, &e);
	AUTO_PTR(reader) r = NULL;

	rules_presets(&rules);
	assert_non_null(s);
	for (size_t at = 0; at < xml.len; at += PIECE) {
		size_t len = xml.len - at < PIECE ? xml.len - at : PIECE;

		if (!espi_piece(s, (struct str){ xml.at + at, len }, &e))
			fail_msg("%s", e.text);
	}
	if (!espi_write(s, &to, &e))
		fail_msg("%s", e.text);
	r = reader_new(&format_espi, &reading, &sink, &e);
	assert_non_null(r);
	reader_feed(r, buf_view(&lines), true);
}

static void
what_is_written_reads_back_as_it_was(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 20; k++) {
		AUTO(buf) b = BUF(TEXT_MOST);

		make(&made, zone_get(k % 2 == 0 ? "America/Chicago" : "America/Denver", NULL));
		write_feed(&made, &b);
		read_feed(&made, buf_view(&b));
		assert_int_equal(made.seen, made.n);
	}
}

/* ---- the feed as a whole ---- */

static unsigned
count(struct str text, const char *part)
{
	size_t len = strlen(part);
	unsigned n = 0;

	for (size_t i = 0; i + len <= text.len; i++)
		n += memcmp(text.at + i, part, len) == 0;
	return n;
}

/* Every resource once, whatever days lead to it: self links and ids are all different. */
static void
each_resource_is_told_once(void **state)
{
	AUTO(buf) b = BUF(TEXT_MOST);
	unsigned entries;

	(void)state;
	make(&made, zone_get("America/Chicago", NULL));
	write_feed(&made, &b);
	entries = count(buf_view(&b), "<entry>");
	assert_int_equal(count(buf_view(&b), "<UsagePoint "), PREMISES);
	assert_int_equal(count(buf_view(&b), "<LocalTimeParameters "), 1);
	assert_int_equal(count(buf_view(&b), "<ReadingType "), 8); /* 2 channels, 4 lengths */
	assert_int_equal(count(buf_view(&b), "<IntervalBlock "), DAYS);
	for (const char *p = b.at;
	     (p = memmem(p, (size_t)(b.at + b.len - p), "<id>", 4)) != NULL; p++) {
		char id[4 + 9 + 36 + 1];

		memcpy(id, p, sizeof(id) - 1);
		id[sizeof(id) - 1] = '\0';
		assert_int_equal(count(buf_view(&b), id), 1);
		entries--;
	}
	assert_int_equal(entries, UINT32_MAX); /* the feed itself has one, too */
}

static void
schemas_of_others_accept_it(void **state)
{
	const char *folder = getenv("BUSBAR_ESPI_XSD");
	char path[] = "/tmp/busbar-espi-XXXXXX", command[1024];
	AUTO(buf) b = BUF(TEXT_MOST);
	int fd;

	(void)state;
	if (folder == NULL)
		skip();
	make(&made, zone_get("America/Chicago", NULL));
	write_feed(&made, &b);
	fd = mkstemp(path);
	assert_true(fd >= 0 && write(fd, b.at, b.len) == (ssize_t)b.len);
	close(fd);
	(void)snprintf(command, sizeof(command),
	    "xmllint --nonet --noout --schema '%s/greenbutton.xsd' %s", folder, path);
	assert_int_equal(system(command), 0);
	unlink(path);
}

/* Who does not know the hub's space cannot make the id of an ESI ID, nor test one that he
 * guesses. */
static void
ids_are_of_the_space(void **state)
{
	struct espi_point p = { .esiid = "10443720001234567",
		.zone = zone_get("America/Chicago", NULL) };
	struct uuid space = { { 1 } };
	struct espi_out o = espi_to(NULL, space, "");
	char first[UUID_SIZE];

	(void)state;
	espi_point_named(&o, &p);
	memcpy(first, p.id, sizeof first);
	assert_int_equal(first[14], '5');
	espi_point_named(&o, &p);
	assert_string_equal(p.id, first);
	o.space.at[15] = 1;
	espi_point_named(&o, &p);
	assert_string_not_equal(p.id, first);
}

static void
text_of_others_is_escaped(void **state)
{
	AUTO(buf) b = BUF(1024);

	(void)state;
	espi_text(&b, STR("a<b>&\"c' \x01\x7f\xff \xef\xbf\xbe \xc3\xa9 ]]>"));
	buf_byte(&b, '\0');
	assert_string_equal(b.at, "a&lt;b&gt;&amp;&quot;c' ??? ? \xc3\xa9 ]]&gt;");
}

/* Pages put together are the whole. */
static void
pages_are_all_of_it(void **state)
{
	struct espi_point p = { .esiid = "10443720001234567",
		.zone = zone_get("America/Chicago", NULL) };
	struct uuid space = { { 1 } };
	AUTO(buf) all = BUF(TEXT_MOST);
	AUTO(buf) parts = BUF(TEXT_MOST);
	struct espi_series s[7];

	(void)state;
	for (int64_t from = 0; from <= 9; from += 3) {
		struct espi_out o = espi_to(from == 0 ? &all : &parts, space, "");

		if (from > 0) {
			o.first = from - 2;
			o.most = 3;
		}
		espi_point_named(&o, &p);
		for (unsigned i = 0; i < nitems(s); i++) {
			s[i] = espi_series_of(i % 2, i < 4 ? 900 : 3600, 0);
			espi_series_named(&o, &p, &s[i]);
			espi_put_meter_reading(&o, &p, &s[i], NULL);
		}
		assert_int_equal(o.seen, 7);
		assert_int_equal(o.put, from == 0 ? 7 : from == 9 ? 1 : 3);
	}
	assert_int_equal(all.len, parts.len);
	assert_memory_equal(all.at, parts.at, all.len);
}

/* El Paso goes by Mountain time; a zone without summer time has no rules. */
static void
zones_have_their_rules(void **state)
{
	static const struct {
		const char *zone, *says;
	} cases[] = {
		{ "America/Chicago",
		    "<dstEndRule>B40E2000</dstEndRule><dstOffset>3600</dstOffset>"
		    "<dstStartRule>360E2000</dstStartRule><tzOffset>-21600</tzOffset>" },
		{ "America/Denver",
		    "<dstEndRule>B40E2000</dstEndRule><dstOffset>3600</dstOffset>"
		    "<dstStartRule>360E2000</dstStartRule><tzOffset>-25200</tzOffset>" },
		{ "America/Phoenix",
		    "<dstEndRule>FFFFFFFF</dstEndRule><dstOffset>0</dstOffset>"
		    "<dstStartRule>FFFFFFFF</dstStartRule><tzOffset>-25200</tzOffset>" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) b = BUF(TEXT_MOST);
		struct espi_out o = espi_to(&b, (struct uuid){ { 1 } }, "");
		struct espi_point p = { .esiid = "10443720001234567",
			.zone = zone_get(cases[i].zone, NULL) };

		espi_point_named(&o, &p);
		espi_put_local_time(&o, &p);
		assert_int_equal(count(buf_view(&b), cases[i].says), 1);
	}
}

/* Blocks of 23, 24 and 25 hours; costs beside values; a summary with what a bill has. */
static void
entries_of_the_api(void **state)
{
	static const struct {
		int32_t day;
		const char *interval;
	} days[] = { { 20520, "<duration>82800</duration><start>1772949600</start>" },
		{ 20521, "<duration>86400</duration><start>1773032400</start>" },
		{ 20758, "<duration>90000</duration><start>1793509200</start>" } };
	const struct zone *z = zone_get("America/Chicago", NULL);
	struct price all_day = { .first = 0, .last = 30000, .to_min = 1440, .micro = 142500 };
	struct espi_bill bill = { .first = 20520,
		.last = 20521,
		.wh = 612250,
		.demand_w = 7500,
		.cost = true,
		.amount = 841700,
		.currency = 840,
		.items = STR("Energy <& more=49.6;Base charge=-3.55;Text only;Odd=1.234567") };
	struct espi_stamps at = { 1773100000, 1773200000 };
	AUTO(buf) b = BUF(TEXT_MOST);
	struct espi_out o = espi_to(&b, (struct uuid){ { 1 } }, "https://hub.example/r");
	struct espi_point p = { .esiid = "10443720001234567", .zone = z };
	struct espi_series s = espi_series_of(0, 900, 840);
	static struct prices prices;
	static struct day d;

	(void)state;
	assert_true(prices_add(&prices, &all_day, STR("USD")));
	espi_point_named(&o, &p);
	espi_series_named(&o, &p, &s);
	for (size_t i = 0; i < nitems(days); i++) {
		d = (struct day){ .day = days[i].day, .interval_s = 900 };
		d.n = (uint16_t)day_slots(z, d.day, 900);
		memset(d.status, STATUS_ACTUAL, sizeof d.status);
		d.wh[1] = 155;
		d.status[2] = STATUS_MISSING;
		espi_put_block(&o, &p, &s, &d, &prices, &at);
		assert_int_equal(count(buf_view(&b), days[i].interval), 1);
	}
	assert_int_equal(count(buf_view(&b), "<IntervalReading>"), 92 + 96 + 100 - 3);
	assert_int_equal(
	    count(buf_view(&b), "<IntervalReading><cost>2209</cost><timePeriod>"), 3);
	assert_int_equal(count(buf_view(&b), "10443720001234567"), 0);
	buf_reset(&b);
	espi_put_bill(&o, &p, &bill, &at);
	assert_int_equal(
	    count(buf_view(&b),
		"<billingPeriod><duration>169200</duration><start>1772949600</start>"
		"</billingPeriod><billLastPeriod>8417000</billLastPeriod>"
		"<costAdditionalLastPeriod>4605000</costAdditionalLastPeriod>"
		"<costAdditionalDetailLastPeriod><amount>4960000</amount>"
		"<note>Energy &lt;&amp; more</note><itemKind>10</itemKind>"),
	    1);
	assert_int_equal(count(buf_view(&b), "<amount>-355000</amount>"), 1);
	assert_int_equal(count(buf_view(&b), "<uom>38</uom><value>7500</value>"), 1);
	assert_int_equal(
	    count(buf_view(&b), "<statusTimeStamp>1773200000</statusTimeStamp>"), 1);
	buf_reset(&b);
	bill.cost = false;
	espi_put_bill(&o, &p, &bill, &at);
	assert_int_equal(count(buf_view(&b), "currency") + count(buf_view(&b), "bill"), 2);
}

static void
an_empty_feed_is_a_feed(void **state)
{
	AUTO(buf) b = BUF(TEXT_MOST);

	(void)state;
	made.n = 0;
	write_feed(&made, &b);
	buf_byte(&b, '\0');
	assert_string_equal(b.at,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
	    "<id>urn:uuid:37d2b3a0-86c0-596e-8c09-4a64eec50425</id>\n"
	    "<title>Green Button usage</title>\n<updated>2026-11-22T07:08:09Z</updated>\n"
	    "<link rel=\"self\" type=\"espi-feed/Batch\" "
	    "href=\"/espi/1_1/resource/Batch/Bulk/37d2b3a0-86c0-596e-8c09-4a64eec50425\"/>\n"
	    "</feed>\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_reads_back_as_it_was),
		cmocka_unit_test(each_resource_is_told_once),
		cmocka_unit_test(schemas_of_others_accept_it),
		cmocka_unit_test(an_empty_feed_is_a_feed),
		cmocka_unit_test(ids_are_of_the_space),
		cmocka_unit_test(text_of_others_is_escaped),
		cmocka_unit_test(pages_are_all_of_it),
		cmocka_unit_test(zones_have_their_rules),
		cmocka_unit_test(entries_of_the_api),
	};

	xml_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
