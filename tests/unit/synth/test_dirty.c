/*
 * Faulty files: what the generator expects of each is compared with what the readers and the
 * checks of one block say. What hangs on stored state or on other records (who owns a prefix,
 * which premises are known, repetition) is left to the flow test.
 */
#include "synth_help.h"

#include "base/csv.h"
#include "meter/format.h"

static const char *const by_state[] = { "other-utility", "unknown-prefix", "unknown-esiid",
	"overlapping-block", "repeated-block", "estimate-streak", "unknown-rep",
	"unknown-account", "conflict" };

static bool
needs_state(struct str rule)
{
	for (size_t i = 0; i < nitems(by_state); i++)
		if (str_is(rule, by_state[i]))
			return true;
	return false;
}

struct told {
	struct rules rules;
	struct buf faults;
};

static void
told_fault(void *self, const struct fault *f)
{
	struct told *t = self;

	buf_fmt(&t->faults, "%llu,%u,%s,%s\n", (unsigned long long)f->line, f->column,
	    rule_rows[f->rule].code, severity_name(f->severity));
}

static void
told_day(void *self, const struct day *d)
{
	struct told *t = self;
	struct fault fault[RULES];
	unsigned n = validate_day(&t->rules, d, civil_day(2026, 12, 1), fault);

	for (unsigned i = 0; i < n; i++)
		told_fault(t, &fault[i]);
}

static void
told_row(void *self, const struct row *r)
{
	(void)self;
	(void)r;
}

/* What the readers say of a file: "line,column,rule,severity" a line. */
static void
read_as_hub(const char *path, size_t piece, struct buf *said)
{
	struct err e;
	struct told t = { .faults = BUF(1 << 20) };
	AUTO(buf) whole = BUF(WHOLE_MOST);
	struct reading reading = { .zone = zone_get("America/Chicago", &e),
		.rules = &t.rules,
		.today = civil_day(2026, 12, 1) };
	struct sink sink = { &t, told_day, told_row, told_fault };
	const struct format *f;
	struct reader *r;
	struct str head;

	rules_presets(&t.rules);
	read_whole(&whole, path);
	head = buf_view(&whole);
	head.len = head.len < SNIFF_BYTES ? head.len : SNIFF_BYTES;
	f = format_sniff(head, &e);
	if (f == NULL) {
		buf_c(said, "0,0,structure,reject\n");
		return;
	}
	r = reader_new(f, &reading, &sink, &e);
	assert_non_null(r);
	for (size_t at = 0; at < whole.len; at += piece)
		reader_feed(r,
		    (struct str){
			whole.at + at, whole.len - at < piece ? whole.len - at : piece },
		    whole.len - at <= piece);
	reader_free(&r);
	buf_str(said, buf_view(&t.faults));
	buf_auto(&t.faults);
}

/* The lines of expected.faults.csv about a file, without those that need state. */
static void
expected_of(struct str list, struct str file, struct buf *to)
{
	struct str line;

	while (str_cut(list, '\n', &line, &list)) {
		struct str name, rest, field[4];

		str_cut(line, ',', &name, &rest);
		if (!str_eq(name, file))
			continue;
		line = rest;
		for (int i = 0; i < 4; i++)
			str_cut(rest, ',', &field[i], &rest);
		if (!needs_state(field[2]))
			buf_fmt(to, STR_FMT "\n", STR_ARG(line));
	}
}

static bool
read_here(struct str file, struct str state)
{
	/* held ones are judged as a whole; packed ones by another process */
	return str_starts(file, "dirty/") && !str_is(state, "HELD") && !str_ends(file, ".gz") &&
	       !str_ends(file, ".zip") && !str_ends(file, ".zst");
}

static unsigned
compare(const char *tdu, size_t piece)
{
	char path[512];
	AUTO(buf) files = BUF(WHOLE_MOST);
	AUTO(buf) faults = BUF(WHOLE_MOST);
	struct str rest, line;
	unsigned n = 0;

	snprintf(path, sizeof path, "%s/dirty/%s/expected.csv", folder, tdu);
	read_whole(&files, path);
	snprintf(path, sizeof path, "%s/dirty/%s/expected.faults.csv", folder, tdu);
	read_whole(&faults, path);
	rest = buf_view(&files);
	while (str_cut(rest, '\n', &line, &rest)) {
		struct str file, state, tail;
		AUTO(buf) want = BUF(1 << 20);
		AUTO(buf) said = BUF(1 << 20);

		str_cut(line, ',', &file, &tail);
		str_cut(tail, ',', &state, &tail);
		if (!read_here(file, state))
			continue;
		snprintf(path, sizeof path, "%s/dirty/%s/" STR_FMT, folder, tdu, STR_ARG(file));
		expected_of(buf_view(&faults), file, &want);
		read_as_hub(path, piece, &said);
		if (!str_eq(buf_view(&want), buf_view(&said)))
			fail_msg("%s:\nexpected " STR_FMT "said " STR_FMT, path,
			    STR_ARG(buf_view(&want)), STR_ARG(buf_view(&said)));
		n++;
	}
	return n;
}

static int
make_dirty(void **state)
{
	struct synth s = { .meters = 100,
		.from = civil_day(2026, 11, 20),
		.days = 1,
		.seed = 3,
		.kinds = SYNTH_REFERENCE,
		.threads = 1,
		.dirty = true };

	if (make_folder(state) != 0)
		return 1;
	make_files("dirty", s);
	return 0;
}

static void
every_fault_is_found_where_it_was_put(void **state)
{
	(void)state;
	for (unsigned t = 0; t < TDUS; t++) {
		/* nearly all the cases of docs/synth.md */
		assert_true(compare(tdus[t].name, WHOLE_MOST) >= 60);
		assert_true(compare(tdus[t].name, 7) >= 60);
	}
}

static void
a_fault_names_a_file_and_a_rule_that_exist(void **state)
{
	static const char path[] = "/dirty/oncor/expected.faults.csv";
	char whole[128];
	AUTO(buf) faults = BUF(WHOLE_MOST);
	struct str rest, line;
	unsigned n = 0;

	(void)state;
	snprintf(whole, sizeof whole, "%s%s", folder, path);
	read_whole(&faults, whole);
	rest = buf_view(&faults);
	str_cut(rest, '\n', &line, &rest);
	assert_true(str_is(line, "file,line,column,rule,severity"));
	while (str_cut(rest, '\n', &line, &rest)) {
		struct str field[5];
		bool found = false;

		for (int i = 0; i < 5; i++)
			str_cut(line, ',', &field[i], &line);
		for (int i = 0; i < RULES; i++)
			found |= str_is(field[3], rule_rows[i].code);
		assert_true(found);
		n++;
	}
	assert_true(n >= 55);
}

static void
too_few_homes_for_faults_are_told(void **state)
{
	char out[128];
	struct synth s = { .out = out,
		.meters = FIXED_PREMISES,
		.from = civil_day(2026, 11, 20),
		.days = 1,
		.kinds = SYNTH_REFERENCE,
		.dirty = true };
	struct synth_sum sum;
	struct err e;

	(void)state;
	snprintf(out, sizeof out, "%s/few", folder);
	assert_false(synth_run(&s, &sum, &e));
	assert_string_equal(
	    e.text, "--dirty needs more meters: there are too few homes among 9");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_is_found_where_it_was_put),
		cmocka_unit_test(a_fault_names_a_file_and_a_rule_that_exist),
		cmocka_unit_test(too_few_homes_for_faults_are_told),
	};

	return cmocka_run_group_tests(tests, make_dirty, remove_folder);
}
