/* The files of a run: the same every time, read by the hub without a word, with the test
 * persons in them. */
#include "synth_help.h"

#include <dirent.h>

#include "meter/format.h"
#include "meter/lse.h"

static struct synth
small(int days, unsigned threads)
{
	/* over the autumn change of 2026-11-01 */
	return (struct synth){ .meters = 120,
		.from = civil_day(2026, 10, 30),
		.days = days,
		.seed = 11,
		.kinds = SYNTH_ALL,
		.threads = threads };
}

static int
listed(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* Every file of a/<utility> has the same bytes in b/<utility>; returns how many. */
static unsigned
same_files(const char *a, const char *b, const char *part)
{
	unsigned n = 0;

	for (unsigned t = 0; t < TDUS; t++) {
		char dir[128];
		struct dirent **entry;
		int entries;

		snprintf(dir, sizeof dir, "%s/%s/%s", folder, a, tdus[t].name);
		entries = scandir(dir, &entry, listed, alphasort);
		assert_true(entries > 0);
		for (int i = 0; i < entries; i++) {
			char path[512];
			AUTO(buf) x = BUF(WHOLE_MOST);
			AUTO(buf) y = BUF(WHOLE_MOST);

			if (strstr(entry[i]->d_name, part) != NULL) {
				snprintf(path, sizeof path, "%s/%s", dir, entry[i]->d_name);
				read_whole(&x, path);
				snprintf(path, sizeof path, "%s/%s/%s/%s", folder, b,
				    tdus[t].name, entry[i]->d_name);
				read_whole(&y, path);
				assert_true(str_eq(buf_view(&x), buf_view(&y)));
				n++;
			}
			free(entry[i]);
		}
		free(entry);
	}
	return n;
}

static void
the_same_seed_gives_the_same_bytes_with_any_number_of_threads(void **state)
{
	(void)state;
	make_files("one", small(3, 1));
	make_files("four", small(3, 4));
	/* reference 7, register 3, interval files 3 and corrections 2 for five senders */
	assert_int_equal(same_files("one", "four", ""), 4 * 10 + 5 * 5);
}

static void
a_day_made_alone_is_the_day_of_a_longer_run(void **state)
{
	struct synth alone = small(1, 2);

	(void)state;
	make_files("long", small(3, 2));
	alone.from = civil_day(2026, 11, 1);
	make_files("alone", alone);
	assert_int_equal(same_files("alone", "long", "IntervalData"), 5);
	assert_int_equal(same_files("alone", "long", "register-20261101"), 4);
}

struct told {
	struct rules rules;
	unsigned days, slots_100, faults;
	char first[256];
};

static void
told_fault(void *self, const struct fault *f)
{
	struct told *t = self;

	if (t->faults++ == 0)
		snprintf(t->first, sizeof t->first,
		    "line %llu column %u: %s, found %s, expected %s",
		    (unsigned long long)f->line, f->column, rule_rows[f->rule].code, f->found,
		    f->expected);
}

static void
told_day(void *self, const struct day *d)
{
	struct told *t = self;
	struct fault fault[RULES];
	unsigned n = validate_day(&t->rules, d, civil_day(2026, 12, 1), fault);

	t->days++;
	t->slots_100 += d->n == 100;
	for (unsigned i = 0; i < n; i++)
		told_fault(t, &fault[i]);
}

static void
told_row(void *self, const struct row *r)
{
	(void)r;
	((struct told *)self)->days++;
}

static void
read_as_hub(const char *path, struct told *t)
{
	struct err e;
	AUTO(buf) whole = BUF(WHOLE_MOST);
	struct reading reading = { .zone = zone_get("America/Chicago", &e),
		.rules = &t->rules,
		.today = civil_day(2026, 12, 1) };
	struct sink sink = { t, told_day, told_row, told_fault };
	const struct format *f;
	struct reader *r;

	*t = (struct told){ 0 };
	rules_presets(&t->rules);
	read_whole(&whole, path);
	f = format_sniff(buf_view(&whole), &e);
	assert_non_null(f);
	r = reader_new(f, &reading, &sink, &e);
	assert_non_null(r);
	reader_feed(r, buf_view(&whole), true);
	reader_free(&r);
}

static void
the_hub_reads_every_file_without_a_fault(void **state)
{
	unsigned blocks_100 = 0, files = 0;

	(void)state;
	make_files("read", small(3, 2));
	for (unsigned t = 0; t < TDUS; t++) {
		char dir[128];
		struct dirent **entry;
		int entries;

		snprintf(dir, sizeof dir, "%s/read/%s", folder, tdus[t].name);
		entries = scandir(dir, &entry, listed, alphasort);
		for (int i = 0; i < entries; i++) {
			char path[512];
			struct told told;
			struct str duns;

			if (strstr(entry[i]->d_name, ".lse") != NULL)
				assert_true(lse_name(str_of(entry[i]->d_name), &duns));
			snprintf(path, sizeof path, "%s/%s", dir, entry[i]->d_name);
			read_as_hub(path, &told);
			if (told.faults > 0)
				fail_msg("%s: %s", path, told.first);
			assert_true(told.days > 0);
			blocks_100 += told.slots_100;
			files++;
			free(entry[i]);
		}
		free(entry);
	}
	assert_int_equal(files, 4 * 10 + 5 * 5);
	assert_true(blocks_100 >= 4 * 120);
}

/* How often the text stands in the utility's file of that kind. */
static unsigned
count(const char *run, const char *file, const char *text)
{
	char path[256];
	AUTO(buf) whole = BUF(WHOLE_MOST);
	const char *p;
	unsigned n = 0;

	snprintf(path, sizeof path, "%s/%s/oncor/%s", folder, run, file);
	read_whole(&whole, path);
	buf_byte(&whole, '\0');
	for (p = whole.at; (p = strstr(p, text)) != NULL; p++)
		n++;
	return n;
}

static void
the_test_persons_are_customers_and_the_bad_login_is_not(void **state)
{
	/* peninsulacleanenergy.com, data-connect: test identifiers */
	static const struct {
		const char *file, *text;
		unsigned times;
	} cases[] = {
		{ "00-05-customer-20261030-001.csv",
		    "\n111111111-1,Residential Test Customer,RESIDENTIAL,111-111-1111,"
		    "uapi-test-residential@example.com,"
		    "\"333 W EL CAMINO REAL STE 600, SUNNYVALE CA "
		    "94087\",EN,10443729000000053,",
		    1 },
		{ "00-05-customer-20261030-001.csv",
		    "\n222222222-2,Commercial Test Customer,BUSINESS,222-222-2222,"
		    "uapi-test-commercial@example.com,"
		    "\"333 W EL CAMINO REAL STE 700, SUNNYVALE CA 94087\",EN,"
		    "10443729000000066;10443729000000079;10176999000000092;10443729000000105,",
		    1 },
		{ "00-06-occupancy-20261030-001.csv", ",111111111-1,", 1 },
		{ "00-06-occupancy-20261030-001.csv", ",222222222-2,", 4 },
		{ "00-05-customer-20261030-001.csv", "333333333-3", 0 },
		{ "00-05-customer-20261030-001.csv", "333-333-3333", 0 },
		{ "00-05-customer-20261030-001.csv", "badlogin", 0 },
		{ "00-05-customer-20261030-001.csv", "STE 800", 0 },
		/* spans of the samples begin 24 months before the first day */
		{ "00-04-rep-20261030-001.csv", "\n10443729000000001,90001,2024-10-30,", 1 },
		{ "00-06-occupancy-20261030-001.csv",
		    "\n10443729000000001,500000000-1,2024-10-30,", 1 },
	};

	(void)state;
	make_files("persons", small(1, 1));
	for (size_t i = 0; i < nitems(cases); i++)
		if (count("persons", cases[i].file, cases[i].text) != cases[i].times)
			fail_msg("%s: not %u times: %s", cases[i].file, cases[i].times,
			    cases[i].text);
}

static void
samples_are_lines_for_a_shell(void **state)
{
	static const char *const lines[] = {
		"SAMPLE_ESIID_1='10443729000000001'\n",
		"SAMPLE_METER_1='100000000SE'\n",
		"SAMPLE_REP_1='90001'\n",
		"SAMPLE_ESIID_4='10443729000000040'\n",
		"CUSTOMER1_EMAIL='ada.merriweather@example.com'\n",
		"CUSTOMER1_ACCOUNT='500000000-1'\n",
		"CUSTOMER2_ESIID='10443729000000027'\n",
		"BUSINESS1_ESIID='10443729000000040'\n",
		"TEST_COMMERCIAL_PHONE='222-222-2222'\n",
	};
	AUTO(buf) b = BUF(64 * 1024);
	struct err e;

	(void)state;
	assert_true(synth_samples(&b, &e));
	for (size_t i = 0; i < nitems(lines); i++)
		if (!str_has(buf_view(&b), str_of(lines[i])))
			fail_msg("no line %s", lines[i]);
	buf_reset(&b);
	synth_reps(&b);
	assert_true(str_starts(
	    buf_view(&b), "certificate,code,name\n90001,REP1,Bluebonnet Synthetic Energy\n"));
}

static void
what_cannot_be_made_is_told(void **state)
{
	struct synth early = small(1, 1), none = small(1, 1);
	struct synth_sum sum;
	struct err e;

	(void)state;
	early.out = none.out = folder;
	early.from = civil_day(2016, 12, 31);
	assert_false(synth_run(&early, &sum, &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_string_equal(e.text, "the first day must be 2017-01-01 or later");
	none.out = "/nonexistent/folder";
	assert_false(synth_run(&none, &sum, &e));
	assert_string_equal(
	    e.text, "cannot make /nonexistent/folder: No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_bytes_with_any_number_of_threads),
		cmocka_unit_test(a_day_made_alone_is_the_day_of_a_longer_run),
		cmocka_unit_test(the_hub_reads_every_file_without_a_fault),
		cmocka_unit_test(the_test_persons_are_customers_and_the_bad_login_is_not),
		cmocka_unit_test(samples_are_lines_for_a_shell),
		cmocka_unit_test(what_cannot_be_made_is_told),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
