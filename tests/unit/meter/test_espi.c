/* The lines of busbar-unpack espi: days and faults, as text. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "meter/format_espi.h"

#define RECEIVED INT64_C(1800000000)

/* Slots from the first that is not missing: Wh, status unless A, /method unless 0. */
static void
on_day(void *self, const struct day *d)
{
	struct buf *b = self;
	char esiid[ESIID_SIZE], day[CIVIL_DATE_SIZE];
	unsigned missing = 0;

	esiid_write(esiid, d->esiid);
	civil_date(day, d->day);
	buf_fmt(b, "%s %u %s n%u x%us c%" PRId64 " @%" PRIu64 " e%u m%u t%" PRId64 ":", esiid,
	    d->channel, day, d->n, d->interval_s, d->created_s, d->line, d->estimated,
	    d->missing, d->total_wh);
	for (unsigned i = 0; i < d->n; i++) {
		if (d->status[i] == STATUS_MISSING) {
			assert_int_equal(d->wh[i], 0);
			missing++;
			continue;
		}
		buf_fmt(b, " %u=%" PRId64, i, d->wh[i]);
		if (d->status[i] != STATUS_ACTUAL)
			buf_byte(b, d->status[i]);
		if (d->method[i] != 0)
			buf_fmt(b, "/%u", d->method[i]);
	}
	assert_int_equal(missing, d->missing);
	assert_false(d->has_start || d->has_stop);
	buf_byte(b, '\n');
}

static void
on_fault(void *self, const struct fault *f)
{
	struct buf *b = self;
	char esiid[ESIID_SIZE] = "", day[CIVIL_DATE_SIZE] = "";

	if (f->esiid.head != 0)
		esiid_write(esiid, f->esiid);
	if (f->day != DAY_NONE)
		civil_date(day, f->day);
	assert_true(f->severity >= SEV_QUARANTINE);
	buf_fmt(b, "%" PRIu64 " %s [%s %s %d] %s | %s\n", f->line, rule_rows[f->rule].code,
	    esiid, day, f->channel, f->found, f->expected);
}

static void
read_lines(struct buf *told, struct str text, size_t piece)
{
	struct sink sink = { told, on_day, NULL, on_fault };
	struct rules rules;
	struct reading reading = { .zone = zone_get("America/Chicago", NULL),
		.rules = &rules,
		.received_s = RECEIVED };

	rules_presets(&rules);
	AUTO_PTR(reader) r = reader_new(&format_espi, &reading, &sink, NULL);
	for (; text.len > piece; text = (struct str){ text.at + piece, text.len - piece })
		reader_feed(r, (struct str){ text.at, piece }, false);
	reader_feed(r, text, true);
	buf_byte(told, '\0');
}

#define E17		    "10443720001234567"
#define LOAD_1H		    "series\t9\t20\t" E17 "\t\t\t72\t0\t1\t3600\t4\t1\t12\t0\n"
#define IN_SERIES(lines, n) "espi\t1\n" LOAD_1H lines "end\t" n "\n"
#define TYPE_IS(type, gives)                                      \
	{                                                         \
		"espi\t1\nseries\t9\t20\t" E17 "\t\t\t" type      \
		"\nread\t1795154400\t3600\t1\t\t30\t0\nend\t1\n", \
		    gives                                         \
	}
#define TYPE_BAD(found, expected) "20 field [" E17 "  -1] " found " | " expected "\n"

/* Local midnights of Chicago: 2026-11-20 06:00Z = 1795154400, 2026-11-21 06:00Z = 1795240800,
 * 2026-03-08 06:00Z = 1772949600 (23 hours), 2026-11-01 05:00Z = 1793509200 (25 hours). */
/* clang-format off */
static const struct {
	const char *text, *gives;
} cases[] = {
	/* two days, a gap, statuses by quality */
	{ IN_SERIES("read\t1795154400\t3600\t100\t\t30\t1795200000\n"
	            "read\t1795158000\t3600\t200\t8\t31\t1795200009\n"
	            "read\t1795237200\t3600\t300\t19\t32\t1795200001\n"
	            "read\t1795240800\t3600\t7\t99\t33\t0\n", "4"),
	  E17 " 0 2026-11-20 n24 x3600s c1795200009 @30 e1 m21 t600: 0=100 1=200E/8 23=300/19\n"
	  E17 " 0 2026-11-21 n24 x3600s c1800000000 @33 e0 m23 t7: 0=7Q/99\n" },
	{ IN_SERIES("read\t1795154400\t3600\t1\t7\t30\t0\n" "read\t1795158000\t3600\t1\t9\t30\t0\n"
	            "read\t1795161600\t3600\t1\t10\t30\t0\n" "read\t1795165200\t3600\t1\t11\t30\t0\n"
	            "read\t1795168800\t3600\t1\t12\t30\t0\n" "read\t1795172400\t3600\t1\t13\t30\t0\n"
	            "read\t1795176000\t3600\t1\t14\t30\t0\n" "read\t1795179600\t3600\t1\t15\t30\t0\n"
	            "read\t1795183200\t3600\t1\t16\t30\t0\n" "read\t1795186800\t3600\t1\t17\t30\t0\n"
	            "read\t1795190400\t3600\t1\t18\t30\t0\n", "11"),
	  E17 " 0 2026-11-20 n24 x3600s c1800000000 @30 e3 m13 t11: 0=1/7 1=1E/9 2=1/10 3=1/11 4=1E/12 5=1/13 6=1/14 7=1E/15 8=1/16 9=1/17 10=1/18\n" },
	/* days of 23 and 25 hours: slots follow true time */
	{ IN_SERIES("read\t1772953200\t3600\t1\t\t30\t1\n" "read\t1772956800\t3600\t3\t\t30\t1\n"
	            "read\t1773028800\t3600\t23\t\t30\t1\n" "read\t1773032400\t3600\t5\t\t30\t1\n"
	            "read\t1793595600\t3600\t25\t\t30\t1\n", "5"),
	  E17 " 0 2026-03-08 n23 x3600s c1 @30 e0 m20 t27: 1=1 2=3 22=23\n"
	  E17 " 0 2026-03-09 n24 x3600s c1 @30 e0 m23 t5: 0=5\n"
	  E17 " 0 2026-11-01 n25 x3600s c1 @30 e0 m24 t25: 24=25\n" },
	/* kWh and mWh; generation; 5 minutes; the default quality; the ESI ID in a title */
	{ "espi\t1\nseries\t9\t20\tHouse\tESI ID: " E17 "\t\t72\t3\t19\t300\t\t\t\t17\n"
	  "read\t1795154400\t300\t2\t\t30\t1\nread\t1795154700\t300\t3\t9\t30\t1\nend\t2\n",
	  E17 " 1 2026-11-20 n288 x300s c1 @30 e1 m286 t5000: 0=2000/17 1=3000E/9\n" },
	{ "espi\t1\nseries\t9\t20\t\t\t" E17 "\t72\t-3\t1\t900\t\t\t\t\n"
	  "read\t1795154400\t900\t2000\t\t30\t1\nread\t1795240800\t900\t2001\t\t31\t1\nend\t2\n",
	  E17 " 0 2026-11-20 n96 x900s c1 @30 e0 m95 t2: 0=2\n"
	  "31 too-precise [" E17 " 2026-11-21 0] 2001 | whole watt-hours\n" },
	/* the next series has days of its own */
	{ "espi\t1\n" LOAD_1H "read\t1795154400\t3600\t1\t\t30\t1\n"
	  "series\t9\t20\t" E17 "\t\t\t72\t0\t19\t3600\t4\t1\t12\t0\nread\t1795158000\t3600\t2\t\t40\t1\nend\t2\n",
	  E17 " 0 2026-11-20 n24 x3600s c1 @30 e0 m23 t1: 0=1\n"
	  E17 " 1 2026-11-20 n24 x3600s c1 @40 e0 m23 t2: 1=2\n" },
	/* a fault costs its local day, once, and nothing else */
	{ IN_SERIES("read\t1795154400\t3600\t1\t\t30\t1\n" "read\t1795158000\t3600\t-1\t\t31\t1\n"
	            "read\t1795161600\t3600\t-2\t\t32\t1\n" "read\t1795240800\t3600\t5\t\t33\t1\n", "4"),
	  "31 negative [" E17 " 2026-11-20 0] -1 | a value of 0 or more\n"
	  E17 " 0 2026-11-21 n24 x3600s c1 @33 e0 m23 t5: 0=5\n" },
	{ IN_SERIES("read\t1795154400\t3600\t1\t\t30\t1\n" "read\t1795154400\t3600\t1\t\t31\t1\n", "2"),
	  "31 duplicate-interval [" E17 " 2026-11-20 0] 1795154400 | each start once\n" },
	{ IN_SERIES("read\t1795154401\t3600\t1\t\t31\t1\n", "1"),
	  "31 field [" E17 " 2026-11-20 0] 1795154401 | a start that is a whole number of intervals after local midnight\n" },
	{ IN_SERIES("read\t1795154400\t900\t1\t\t31\t1\n", "1"),
	  "31 field [" E17 " 2026-11-20 0] 900 | a duration that is the intervalLength of the ReadingType\n" },
	{ IN_SERIES("read\t1795154400\t3600\t1000000000001\t\t31\t1\n", "1"),
	  "31 field [" E17 " 2026-11-20 0] 1000000000001 | at most 1 TWh\n" },
	{ IN_SERIES("read\t-1\t3600\t1\t\t31\t1\n" "read\t253402300800\t3600\t1\t\t32\t1\n", "2"),
	  "31 field [" E17 "  0] -1 | a start in seconds since 1970, before the year 10000\n"
	  "32 field [" E17 "  0] 253402300800 | a start in seconds since 1970, before the year 10000\n" },
	/* what the XML could not tell */
	{ IN_SERIES("read\t1795154400\t3600\t1\t\t30\t1\n" "bad\t1795158000\t31\tvalue\t\n"
	            "bad\t1795244400\t32\tquality\tgood\n", "3"),
	  "31 null-interval [" E17 " 2026-11-20 0]  | a value that is a whole number\n"
	  "32 field [" E17 " 2026-11-21 0] good | a quality code from 0 to 255\n" },
	{ IN_SERIES("bad\t1795158000\t31\tvalue\tx\n" "bad\t1795161600\t32\tvalue\ty\n", "2"),
	  "31 field [" E17 " 2026-11-20 0] x | a value that is a whole number\n" },
	{ IN_SERIES("bad\t\t31\tstart\tnoon\n" "read\t1795154400\t3600\t1\t\t30\t1\n", "2"),
	  "31 field [" E17 "  0] noon | a start in whole seconds\n"
	  E17 " 0 2026-11-20 n24 x3600s c1 @30 e0 m23 t1: 0=1\n" },
	{ "espi\t1\nbad\t\t50\tlink\tx/IntervalBlock\nbad\t\t60\tupdated\ttoday\nend\t0\n",
	  "50 field [  -1] x/IntervalBlock | an up link that is a related link of a MeterReading\n"
	  "60 field [  -1] today | an updated time such as 2026-11-22T07:08:09Z\n"
	  "0 structure [  -1] a feed without IntervalReading that can be used | interval data of Green Button\n" },
	/* a series that cannot be used: one fault, its readings are passed over */
	{ "espi\t1\nseries\t9\t20\tHouse\t12\t\t72\t0\t1\t3600\t4\t1\t12\t0\n"
	  "read\t1795154400\t3600\t1\t\t30\t1\nbad\t1\t2\tvalue\tx\n" LOAD_1H "read\t1795154400\t3600\t1\t\t40\t1\nend\t3\n",
	  "9 esiid-shape [  -1] House | an ESI ID as name of the ServiceDeliveryPoint or title of the UsagePoint\n"
	  E17 " 0 2026-11-20 n24 x3600s c1 @40 e0 m23 t1: 0=1\n" },
	{ "espi\t1\nseries\t9\t0\t" E17 "\t\t\t\t\t\t\t\t\t\t\nread\t1795154400\t3600\t1\t\t30\t1\nend\t1\n",
	  "9 structure [" E17 "  -1] none | a related link to a ReadingType of the feed\n" },
	TYPE_IS("38\t0\t1\t3600\t4\t1\t12\t0", TYPE_BAD("38", "uom 72 (Wh)")),
	TYPE_IS("\t0\t1\t3600\t4\t1\t12\t0", TYPE_BAD("", "uom 72 (Wh)")),
	TYPE_IS("72\t7\t1\t3600\t4\t1\t12\t0", TYPE_BAD("7", "powerOfTenMultiplier -3 to 6")),
	TYPE_IS("72\t-4\t1\t3600\t4\t1\t12\t0", TYPE_BAD("-4", "powerOfTenMultiplier -3 to 6")),
	TYPE_IS("72\t0\t4\t3600\t4\t1\t12\t0", TYPE_BAD("4", "flowDirection 1 (delivered) or 19 (received)")),
	TYPE_IS("72\t0\t1\t86400\t4\t1\t12\t0", TYPE_BAD("86400", "intervalLength 300, 900, 1800 or 3600 s")),
	TYPE_IS("72\t0\t1\t3600\t1\t1\t12\t0", TYPE_BAD("1", "accumulationBehaviour 4 (delta data)")),
	TYPE_IS("72\t0\t1\t3600\t4\t7\t12\t0", TYPE_BAD("7", "commodity 1 or 2 (electricity)")),
	TYPE_IS("72\t0\t1\t3600\t4\t1\t37\t0", TYPE_BAD("37", "kind 12 (energy)")),
	TYPE_IS("72\t0\t1\t3600\t4\t1\t12\tx", TYPE_BAD("x", "defaultQuality 0 to 255")),
	/* the text itself */
	{ "", "0 structure [  -1] the end of the text | an end line\n" },
	{ "espi\t2\n", "0 structure [  -1] espi?2 | a line of busbar-unpack espi\n" },
	{ "espi\t1\nend\t1\n", "0 structure [  -1] end?1 | a line of busbar-unpack espi\n" },
	{ "espi\t1\n" LOAD_1H "read\t1795154400\t3600\t1\t\t30\t1\n", "0 structure [  -1] the end of the text | an end line\n" },
	{ "espi\t1\n" LOAD_1H "read\t1795154400\n", "0 structure [  -1] read?1795154400 | a line of busbar-unpack espi\n" },
	{ "espi\t1\nend\t0\nend\t0\n",
	  "0 structure [  -1] a feed without IntervalReading that can be used | interval data of Green Button\n"
	  "0 structure [  -1] end?0 | a line of busbar-unpack espi\n" },
};
/* clang-format on */

static void
lines_give_days_and_exact_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) told = BUF(64 * 1024);

		read_lines(&told, str_of(cases[i].text), SIZE_MAX / 2);
		assert_string_equal(told.at, cases[i].gives);
	}
}

static void
pieces_of_one_byte_give_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) told = BUF(64 * 1024);

		read_lines(&told, str_of(cases[i].text), 1);
		assert_string_equal(told.at, cases[i].gives);
	}
}

static void
line_without_end_is_given_up(void **state)
{
	AUTO(buf) text = BUF(64 * 1024);
	AUTO(buf) told = BUF(64 * 1024);

	(void)state;
	buf_c(&text, "espi\t1\n");
	for (unsigned i = 0; i < 3000; i++)
		buf_byte(&text, 'x');
	read_lines(&told, buf_view(&text), 100);
	assert_string_equal(told.at,
	    "0 structure [  -1] a line that is too long | a line of busbar-unpack espi\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_give_days_and_exact_faults),
		cmocka_unit_test(pieces_of_one_byte_give_the_same),
		cmocka_unit_test(line_without_end_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
