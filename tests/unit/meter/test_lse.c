/* The LSE reader against files made by hand: good ones, bad ones, and bent ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <glob.h>

#include "lse_help.h"

static struct rules presets;

/* Each file of the folder says what its .says file says, however it is cut in pieces. */
static void
check_folder(const char *pattern, size_t least)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 7, 1000 };
	unsigned wrong = 0;
	glob_t files;

	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= least);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		AUTO(buf) text = { 0 };
		AUTO(buf) says = { 0 };
		char path[256];
		struct str stem = str_of(files.gl_pathv[i]);

		stem.len -= strlen(".lse");
		(void)snprintf(path, sizeof(path), STR_FMT ".says", STR_ARG(stem));
		file_read(files.gl_pathv[i], &text);
		file_read(path, &says);
		for (size_t k = 0; k < nitems(pieces); k++) {
			struct told t = { 0 };

			tell_lse(&t, &presets, buf_view(&text), pieces[k]);
			wrong += !same_text(path, buf_view(&t.text), buf_view(&says));
			buf_auto(&t.text);
		}
	}
	globfree(&files);
	assert_int_equal(wrong, 0);
}

static void
good_files_are_read_as_their_says_files_tell(void **state)
{
	(void)state;
	check_folder("data/lse/good/*.lse", 9);
}

static void
bad_files_say_where_and_what_and_lose_no_good_block(void **state)
{
	(void)state;
	check_folder("data/lse/bad/*.lse", 70);
}

static void
good_and_bad_files_are_told_apart_from_others_by_their_first_bytes(void **state)
{
	static const struct {
		const char *head;
		bool lse;
	} cases[] = {
		{ "00000001,10443720000000001,4,", true },
		{ "\xef\xbb\xbf"
		  "00000001,1",
		    true },
		{ "\r\n 00000001,1", true },
		{ "00000002,1000", true },
		{ "10000000,0.1", true },
		{ "00000001", false },
		{ "00000007,", false },
		{ "ESIID,USAGE_DATE", false },
		{ "<?xml version", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(format_lse.sniff(str_of(cases[i].head)), cases[i].lse);
}

static void
names_follow_the_rule_or_not(void **state)
{
	static const struct {
		const char *name, *duns;
		bool ok;
	} cases[] = {
		{ "1039940674000IntervalData20260902073717001.lse", "1039940674000", true },
		{ "007924772IntervalData20260902073717001.lse.gz", "007924772", true },
		{ "007924772AMS20260902073717001.LSE", "007924772", true },
		{ "007924772IntervalData20260902073717001.lse.csv", "007924772", false },
		{ "007924772IntervalData20260902073717001.CSV.lse", "007924772", false },
		{ "007924772IntervalData20260902073717001.txt", "007924772", false },
		{ "007924772IntervalData20260902073717.lse", "007924772", false },
		{ "007924772IntervalData20261302073717001.lse", "007924772", false },
		{ "00792477220260902073717001.lse", "", false },
		{ "00792477IntervalData20260902073717001.lse", "", false },
		{ "IntervalData20260902073717001.lse", "", false },
		{ "007924772IntervalData20260902073717001", "007924772", false },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct str duns;

		if (lse_name(str_of(cases[i].name), &duns) != cases[i].ok)
			fail_msg("%s", cases[i].name);
		if (!str_is(duns, cases[i].duns))
			fail_msg("%s: DUNS " STR_FMT, cases[i].name, STR_ARG(duns));
	}
}

static void
a_line_that_is_too_long_costs_its_block_only(void **state)
{
	static const size_t pieces[] = { SIZE_MAX, 1000, 65536, 65537 };
	AUTO(buf) good = { 0 };
	AUTO(buf) text = BUF(1 << 20);

	(void)state;
	file_read("data/lse/good/normal.lse", &good);
	buf_str(&text, buf_view(&good));
	buf_c(
	    &text, "00000001,10443720000000002,4,20260901000000,20260901235959,Y,N\n10000000,");
	for (unsigned i = 0; i < 65537 - 9; i++)
		buf_byte(&text, ' ');
	buf_c(&text, "\n");
	buf_str(&text, buf_view(&good));
	/* 65536 bytes are not too long */
	buf_c(&text, "00000003,");
	for (unsigned i = 0; i < 65536 - 9; i++)
		buf_byte(&text, ' ');
	buf_c(&text, "\n");
	assert_true(buf_ok(&text));
	for (size_t k = 0; k < nitems(pieces); k++) {
		struct told t = { 0 };
		struct str got;

		tell_lse(&t, &presets, buf_view(&text), pieces[k]);
		got = buf_view(&t.text);
		assert_int_equal(t.days, 2);
		assert_int_equal(t.faults, 2);
		assert_true(str_has(got,
		    STR("\n7:0: too-long: found \"a line of more than 65536 bytes\", expected "
			"shorter lines\n8: loaded ")));
		assert_true(
		    str_has(got, STR("\n13:1: structure: found \"00000003,                     "
				     "          "
				     "...\", expected 00000001, the first row of a block\n")) ||
		    str_has(
			got, STR("\n13:1: structure: found \"00000003,\", expected 00000001")));
		buf_auto(&t.text);
	}
}

static void
nulls_and_negatives_load_where_the_utility_allows_them(void **state)
{
	AUTO(buf) text = BUF(1 << 16);
	struct rules mild = presets;
	struct told t = { 0 };

	(void)state;
	assert_true(rules_set(&mild, STR("null-interval"), STR("flag"), 0));
	assert_true(rules_set(&mild, STR("negative"), STR("off"), 0));
	buf_c(&text, "00000001,10443720000000001,4,20260901000000,20260901235959,Y,N\n"
		     "00000002,,,,,,,3600,,,,,\n10000000,,,,-1.500,E,,,,,");
	for (unsigned i = 0; i < 20; i++)
		buf_c(&text, "0.100,A,,");
	buf_c(&text, ",,,\n");
	tell_lse(&t, &mild, buf_view(&text), SIZE_MAX);
	assert_true(same_text("allowed", buf_view(&t.text),
	    STR("3:10: null-interval: found \"nothing in 3 intervals\", expected a value; zero "
		"is "
		"written as 0\n"
		"1: loaded 10443720000000001 load 2026-09-01: 24 x 3600 s, 0.500 kWh, 1 "
		"estimated, 3 missing, no register, created 2026-11-22T07:08:09Z, shape "
		"\"\"\n")));
	buf_auto(&t.text);
}

static void
keep_severity(void *self, const struct fault *f)
{
	*(enum severity *)self = f->severity;
}

static void
no_day(void *self, const struct day *d)
{
	(void)self;
	(void)d;
	fail_msg("a block that cannot be read was loaded");
}

static void
what_cannot_be_read_is_rejected_however_mild_the_rule(void **state)
{
	static const struct {
		const char *word;
		enum severity told;
	} cases[] = {
		{ "off", SEV_REJECT },
		{ "flag", SEV_REJECT },
		{ "quarantine", SEV_QUARANTINE },
		{ "reject", SEV_REJECT },
		{ "hold", SEV_HOLD },
	};
	static struct lse l;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct rules rules = presets;
		enum severity told = SEV_OFF;
		struct sink sink = { .self = &told, .day = no_day, .fault = keep_severity };
		struct reading r = { .zone = zone_get("America/Chicago", NULL),
			.rules = &rules };

		assert_true(rules_set(&rules, STR("field"), str_of(cases[i].word), 0));
		format_lse.open(&l, &r, &sink);
		format_lse.feed(&l, STR("00000001,10443720000000001,9,\n"), true);
		assert_int_equal(told, cases[i].told);
	}
}

/* Three blocks, one bit of the second turned: the first and the third load, the second is
 * loaded or told of. Its last byte, the line end, belongs to the third. */
static void
a_turned_bit_never_costs_another_block(void **state)
{
	AUTO(buf) text = BUF(1 << 16);
	AUTO(buf) block = { 0 };
	size_t from, to;

	(void)state;
	file_read("data/lse/good/normal.lse", &block);
	buf_str(&text, buf_view(&block));
	from = text.len;
	buf_str(&text, buf_view(&block));
	to = text.len - 1;
	buf_str(&text, buf_view(&block));
	for (size_t i = from; i < to; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct told t = { 0 };

			text.at[i] = (char)(text.at[i] ^ 1 << bit);
			tell_lse(&t, &presets, buf_view(&text), SIZE_MAX);
			text.at[i] = (char)(text.at[i] ^ 1 << bit);
			if (t.days < 2 || t.days + t.faults < 3 || t.days > 3 ||
			    !str_starts(buf_view(&t.text), "1: loaded"))
				fail_msg("byte %zu bit %u: " STR_FMT, i - from, bit,
				    STR_ARG(buf_view(&t.text)));
			buf_auto(&t.text);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_files_are_read_as_their_says_files_tell),
		cmocka_unit_test(bad_files_say_where_and_what_and_lose_no_good_block),
		cmocka_unit_test(
		    good_and_bad_files_are_told_apart_from_others_by_their_first_bytes),
		cmocka_unit_test(names_follow_the_rule_or_not),
		cmocka_unit_test(a_line_that_is_too_long_costs_its_block_only),
		cmocka_unit_test(nulls_and_negatives_load_where_the_utility_allows_them),
		cmocka_unit_test(what_cannot_be_read_is_rejected_however_mild_the_rule),
		cmocka_unit_test(a_turned_bit_never_costs_another_block),
	};

	rules_presets(&presets);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
