/* A Green Button feed as lines: what ties entries together, and what refuses a feed. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "meter/xml.h"
#include "unpack/crc.h"
#include "unpack/espi.h"
#include "unpack/sort.h"

enum { TEXT_MOST = 8 * 1024 * 1024 };

static bool
take(void *self, struct str bytes, struct err *e)
{
	(void)e;
	buf_str(self, bytes);
	return true;
}

/* Lines, or "!" and the fault. */
static void
lines_of(struct buf *told, struct str xml, size_t piece, int64_t xml_most_bytes)
{
	struct err e = { .code = ERR_NONE };
	AUTO_PTR(espi) s = espi_new(xml_most_bytes, &e);
	struct unpack_sink sink = { told, take };
	bool ok = true;

	assert_non_null(s);
	for (; ok && xml.len > 0; xml = (struct str){ xml.at + piece, xml.len - piece }) {
		piece = piece < xml.len ? piece : xml.len;
		ok = espi_piece(s, (struct str){ xml.at, piece }, &e);
	}
	if (!ok || !espi_write(s, &sink, &e)) {
		buf_reset(told);
		buf_fmt(told, "!%s", e.text);
	}
	buf_byte(told, '\0');
	assert_true(buf_ok(told));
}

static void
read_file(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char piece[4096];
	ssize_t n;

	assert_true(fd >= 0);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(b, piece, (size_t)n);
	close(fd);
}

static void
sample_feeds_give_their_lines_in_pieces_of_any_size(void **state)
{
	static const char *const samples[][2] = {
		{ "data/espi/good/two-channels.xml", "data/espi/good/two-channels.lines" },
		{ "data/espi/good/any-order.xml", "data/espi/good/any-order.lines" },
		{ "data/espi/bad/readings.xml", "data/espi/bad/readings.lines" },
	};
	static const size_t pieces[] = { 1, 7, 4096, SIZE_MAX };

	(void)state;
	for (size_t i = 0; i < nitems(samples); i++)
		for (size_t p = 0; p < nitems(pieces); p++) {
			AUTO(buf) xml = BUF(TEXT_MOST);
			AUTO(buf) want = BUF(TEXT_MOST);
			AUTO(buf) told = BUF(TEXT_MOST);

			read_file(samples[i][0], &xml);
			read_file(samples[i][1], &want);
			buf_byte(&want, '\0');
			lines_of(&told, buf_view(&xml), pieces[p], TEXT_MOST);
			assert_string_equal(told.at, want.at);
		}
}

#define FEED(inside)                                                                        \
	"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:e='http://naesb.org/espi'>" inside \
	"</feed>"
#define READ(start)                                                                   \
	"<e:IntervalReading><e:timePeriod><e:start>" start                            \
	"</e:start><e:duration>900</e:duration></e:timePeriod><e:value>1</e:value></" \
	"e:IntervalReading>"
#define BLOCK(up, inside)                                                        \
	"<entry><link rel='up' href='" up "'/><content><e:IntervalBlock>" inside \
	"</e:IntervalBlock></content></entry>"
#define METER(self, links)                                \
	"<entry><link rel='self' href='" self "'/>" links \
	"<content><e:MeterReading/></content></entry>"
#define RELATED(href) "<link rel='related' href='" href "'/>"

/* clang-format off */
static const struct {
	const char *xml, *gives;
} cases[] = {
	/* nothing in it */
	{ FEED(""), "espi\t1\nend\t0\n" },
	{ "<entry xmlns='http://www.w3.org/2005/Atom'/>", "espi\t1\nend\t0\n" },
	/* sorted by meter reading, then time; equal starts in the order of the feed */
	{ FEED(METER("m1", RELATED("b1")) METER("m2", "")
	       BLOCK("m2/IntervalBlock", READ("3") READ("1")) BLOCK("b1", READ("2") READ("2") "<!-- -->\n" READ("-5"))
	       BLOCK("m2/IntervalBlock", READ("2"))),
	  "espi\t1\n"
	  "series\t1\t0\t\t\t\t\t\t\t\t\t\t\t\nread\t-5\t900\t1\t\t2\t0\nread\t2\t900\t1\t\t1\t0\nread\t2\t900\t1\t\t1\t0\n"
	  "series\t1\t0\t\t\t\t\t\t\t\t\t\t\t\nread\t1\t900\t1\t\t1\t0\nread\t2\t900\t1\t\t2\t0\nread\t3\t900\t1\t\t1\t0\nend\t6\n" },
	/* the first quality of several counts; text is made fit for a line */
	{ FEED(METER("m", RELATED("b") "<link rel='up' href='p'/>")
	       "<entry><title>a&#9;b&#10;&#127;c</title><link rel='related' href='p'/><content><e:UsagePoint/></content></entry>"
	       BLOCK("b", "<e:IntervalReading><e:ReadingQuality><e:quality>9</e:quality></e:ReadingQuality><e:ReadingQuality><e:quality>x</e:quality></e:ReadingQuality>"
	                  "<e:timePeriod><e:start>1</e:start><e:duration>900</e:duration></e:timePeriod><e:value>-7</e:value></e:IntervalReading>")),
	  "espi\t1\nseries\t1\t0\t\ta b  c\t\t\t\t\t\t\t\t\t\nread\t1\t900\t-7\t9\t1\t0\nend\t1\n" },
	/* not a feed */
	{ "<html/>", "!line 1: the root element is html, expected an Atom feed" },
	{ "<feed/>", "!line 1: the root element is feed, expected an Atom feed" },
	{ "<ServiceStatus xmlns='http://naesb.org/espi'/>", "!line 1: the root element is ServiceStatus, expected an Atom feed" },
	{ FEED("<entry><content><e:MeterReading/><e:IntervalBlock/></content></entry>"), "!line 1: IntervalBlock beside another resource in one entry" },
	{ FEED("<entry>"), "!line 1: Opening and ending tag mismatch: entry line 1 and feed" },
};
/* clang-format on */

static void
feeds_give_lines_or_exact_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) told = BUF(TEXT_MOST);

		lines_of(&told, str_of(cases[i].xml), SIZE_MAX, TEXT_MOST);
		assert_string_equal(told.at, cases[i].gives);
	}
}

static void
related_links_of_an_entry_have_their_limit(void **state)
{
	(void)state;
	for (unsigned n = ESPI_RELATED_MOST; n <= ESPI_RELATED_MOST + 1; n++) {
		AUTO(buf) xml = BUF(TEXT_MOST);
		AUTO(buf) told = BUF(TEXT_MOST);

		buf_c(&xml, "<feed xmlns='http://www.w3.org/2005/Atom'>\n<entry>");
		for (unsigned i = 0; i < n; i++)
			buf_c(&xml, RELATED("x"));
		buf_c(&xml, "</entry></feed>");
		lines_of(&told, buf_view(&xml), 4096, TEXT_MOST);
		assert_string_equal(told.at,
		    n > ESPI_RELATED_MOST ? "!line 2: more than 1024 related links in an entry"
					  : "espi\t1\nend\t0\n");
	}
}

static void
damaged_readings_have_their_limit(void **state)
{
	AUTO(buf) xml = BUF(TEXT_MOST);
	AUTO(buf) told = BUF(TEXT_MOST);

	(void)state;
	buf_c(&xml, "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:e='http://naesb.org/espi'>"
		    "<entry><content><e:IntervalBlock>");
	for (unsigned i = 0; i <= ESPI_BAD_MOST; i++)
		buf_c(&xml, "<e:IntervalReading/>");
	buf_c(&xml, "</e:IntervalBlock></content></entry></feed>");
	lines_of(&told, buf_view(&xml), 65536, TEXT_MOST);
	assert_string_equal(told.at, "!more than 10000 damaged readings");
}

static void
xml_has_its_limit(void **state)
{
	AUTO(buf) told = BUF(TEXT_MOST);

	(void)state;
	lines_of(&told, str_of(FEED("")), 10, (int64_t)sizeof(FEED("")) - 1);
	assert_string_equal(told.at, "espi\t1\nend\t0\n");
	buf_reset(&told);
	lines_of(&told, str_of(FEED("")), 10, 20);
	assert_string_equal(told.at, "!more than 20 bytes of XML, which is the most");
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
sorting_orders_every_permutation_of_seven(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < 7 * 7 * 7 * 7 * 7 * 7 * 7; code++) {
		uint32_t v[7], rest = code, sum = 0, after = 0;

		for (size_t i = 0; i < nitems(v); i++, rest /= 7) {
			v[i] = rest % 7;
			sum += 1u << (4 * v[i]) % 31;
		}
		sort_items(v, nitems(v), sizeof(v[0]), by_number);
		for (size_t i = 0; i < nitems(v); i++) {
			assert_true(i == 0 || v[i - 1] <= v[i]);
			after += 1u << (4 * v[i]) % 31;
		}
		assert_int_equal(sum, after); /* the same items, not merely in order */
	}
	sort_items(NULL, 0, 4, by_number);
}

static void
crc_is_that_of_gzip(void **state)
{
	const char text[] = "123456789"; /* the check value of the CRC catalogues */

	(void)state;
	assert_int_equal(crc_gzip(0, text, 9), 0xcbf43926);
	assert_int_equal(crc_gzip(crc_gzip(0, text, 4), text + 4, 5), 0xcbf43926);
	assert_int_equal(crc_gzip(0, "", 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_feeds_give_their_lines_in_pieces_of_any_size),
		cmocka_unit_test(feeds_give_lines_or_exact_faults),
		cmocka_unit_test(related_links_of_an_entry_have_their_limit),
		cmocka_unit_test(damaged_readings_have_their_limit),
		cmocka_unit_test(xml_has_its_limit),
		cmocka_unit_test(sorting_orders_every_permutation_of_seven),
		cmocka_unit_test(crc_is_that_of_gzip),
	};

	xml_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
